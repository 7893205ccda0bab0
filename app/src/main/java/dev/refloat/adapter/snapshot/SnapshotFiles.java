package dev.refloat.adapter.snapshot;

import dev.refloat.adapter.archive.EntryNames;
import dev.refloat.adapter.archive.TarEntries;
import dev.refloat.adapter.json.MalformedInput;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// The files of a snapshot, whatever they are packed in. Nothing is unpacked to disk; names and
/// links
/// that point out of the snapshot are refused all the same, as a sign of a forged archive.
final class SnapshotFiles {

  /// 10,000 releases with logs of 1,000 failing containers are below 10,000 files.
  static final int MAX_ENTRIES = 100_000;

  /// All files together, unpacked.
  static final long MAX_EXPANDED = 4L * 1024 * 1024 * 1024;

  /// Text packs about tenfold, repetitive objects fiftyfold. Beyond this it is a bomb, once it is
  /// large enough to matter.
  static final int MAX_RATIO = 200;

  private static final long RATIO_MATTERS_FROM = 64L * 1024 * 1024;

  private SnapshotFiles() {}

  /// Visits every file that a snapshot may consist of (JSON, YAML and logs); others are passed
  /// over.
  ///
  /// @throws MalformedInput when the archive is broken, hostile or too large; names the entry
  static void each(Path snapshot, TarEntries.Each each) throws IOException {
    if (Files.isDirectory(snapshot)) {
      folder(snapshot, each);
      return;
    }
    if (!Files.exists(snapshot)) {
      throw new NoSuchFileException(snapshot.toString());
    }
    byte[] head = new byte[512];
    int n;
    try (InputStream in = Files.newInputStream(snapshot)) {
      n = in.readNBytes(head, 0, head.length);
    }
    String name = snapshot.getFileName() == null ? "" : snapshot.getFileName().toString();
    if (n > 3 && head[0] == 'P' && head[1] == 'K') {
      zip(snapshot, each);
    } else if (n > 2 && head[0] == 0x1f && head[1] == (byte) 0x8b) {
      try (InputStream in =
          new GZIPInputStream(new BufferedInputStream(Files.newInputStream(snapshot)), 65536)) {
        packed(name, in, Files.size(snapshot), each);
      } catch (ZipException | java.io.EOFException e) {
        throw new MalformedInput(name, "the archive is broken or cut off");
      }
    } else if (TarEntries.looksLikeTar(head, n)) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(snapshot))) {
        packed(name, in, Files.size(snapshot), each);
      }
    } else if (wanted(name)) {
      try (InputStream in = Files.newInputStream(snapshot)) {
        each.file(name, in);
      }
    } else {
      throw new MalformedInput(
          name, "not a snapshot: a folder, .tgz, .zip, .json or .yaml file is expected");
    }
  }

  private static void folder(Path root, TarEntries.Each each) throws IOException {
    Path real = root.toRealPath();
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        real,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return !dir.equals(real) && dir.getFileName().toString().startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (wanted(file.getFileName().toString())) {
              if (attributes.isSymbolicLink()) {
                if (Files.isDirectory(file)) {
                  return FileVisitResult.CONTINUE;
                }
                checkLink(real, file);
              } else if (!attributes.isRegularFile()) {
                // A named pipe would block for ever.
                return FileVisitResult.CONTINUE;
              }
              files.add(file);
              if (files.size() > MAX_ENTRIES) {
                throw tooMany(root.toString());
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    Budget budget = new Budget(root.toString(), Long.MAX_VALUE);
    for (Path file : files) {
      String name = real.relativize(file).toString().replace('\\', '/');
      try (InputStream in = Files.newInputStream(file)) {
        each.file(name, budget.bound(name, in));
      }
    }
  }

  private static void checkLink(Path root, Path link) throws IOException {
    Path target;
    try {
      target = link.toRealPath();
    } catch (IOException e) {
      throw new MalformedInput(root.relativize(link).toString(), "a link that leads nowhere");
    }
    if (!target.startsWith(root)) {
      throw new MalformedInput(
          root.relativize(link).toString(), "a link that leads out of the snapshot: refused");
    }
    if (!Files.isRegularFile(target)) {
      throw new MalformedInput(
          root.relativize(link).toString(), "a link to something that is no file: refused");
    }
  }

  /// A tar stream, or one packed file.
  private static void packed(String archive, InputStream in, long packedSize, TarEntries.Each each)
      throws IOException {
    BufferedInputStream content = new BufferedInputStream(in, 65536);
    content.mark(1024);
    byte[] head = new byte[512];
    int n = content.readNBytes(head, 0, head.length);
    content.reset();
    Budget budget = new Budget(archive, packedSize);
    if (!TarEntries.looksLikeTar(head, n)) {
      String inner = archive.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
      if (!wanted(inner)) {
        throw new MalformedInput(archive, "packed, but neither a tar archive nor JSON or YAML");
      }
      each.file(inner, budget.bound(inner, content));
      return;
    }
    TarEntries.each(
        archive,
        budget.bound(archive, content),
        MAX_ENTRIES,
        (name, entry) -> {
          if (wanted(name)) {
            budget.at(name);
            each.file(name, entry);
          }
        });
  }

  private static void zip(Path archive, TarEntries.Each each) throws IOException {
    String archiveName = String.valueOf(archive.getFileName());
    ZipLinks.refuse(archive);
    Budget budget = new Budget(archiveName, Files.size(archive));
    try (ZipFile zip = new ZipFile(archive.toFile(), StandardCharsets.UTF_8)) {
      if (zip.size() > MAX_ENTRIES) {
        throw tooMany(archiveName);
      }
      List<ZipEntry> entries = new ArrayList<>();
      zip.stream().forEach(entries::add);
      for (ZipEntry entry : entries) {
        String name = EntryNames.checked(archiveName, entry.getName());
        if (!entry.isDirectory() && wanted(name)) {
          try (InputStream in = zip.getInputStream(entry)) {
            each.file(name, budget.bound(name, in));
          }
        }
      }
    } catch (ZipException | java.io.EOFException e) {
      throw new MalformedInput(archiveName, "the archive is broken or cut off");
    } catch (IllegalArgumentException e) {
      throw new MalformedInput(archiveName, "the archive has entries with unreadable names");
    }
  }

  static MalformedInput tooMany(String archive) {
    return new MalformedInput(archive, "more than " + MAX_ENTRIES + " files: refused as too large");
  }

  /// Whether a file can be part of a snapshot.
  static boolean wanted(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    return !file.startsWith(".")
        && (file.endsWith(".json")
            || file.endsWith(".yaml")
            || file.endsWith(".yml")
            || file.endsWith(".log"));
  }

  /// How much may still be read of all files together.
  private static final class Budget {
    private final String archive;
    private final long packed;
    private long expanded;
    private String current = "";

    Budget(String archive, long packed) {
      this.archive = archive;
      this.packed = packed;
    }

    /// Which entry is being read now.
    void at(String entry) {
      current = entry;
    }

    InputStream bound(String entry, InputStream in) {
      current = entry;
      return new FilterInputStream(in) {
        @Override
        public int read() throws IOException {
          int b = in.read();
          if (b >= 0) {
            spend(1);
          }
          return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
          int n = in.read(buffer, offset, length);
          if (n > 0) {
            spend(n);
          }
          return n;
        }

        @Override
        public long skip(long n) throws IOException {
          // Skipped bytes are unpacked too.
          long skipped = in.skip(n);
          spend(skipped);
          return skipped;
        }

        @Override
        public boolean markSupported() {
          return false;
        }
      };
    }

    private void spend(long bytes) throws MalformedInput {
      expanded += bytes;
      if (expanded > MAX_EXPANDED
          || (expanded > RATIO_MATTERS_FROM && expanded / MAX_RATIO > packed)) {
        throw new MalformedInput(
            archive,
            "unpacks to more than "
                + (expanded / (1024 * 1024))
                + " MiB (at entry "
                + EntryNames.shown(current)
                + "): refused as a bomb");
      }
    }
  }

  /// Where in a path `logs/NAMESPACE/POD/CONTAINER.log` begins; null when it is no such path.
  static @Nullable LogName logName(String name) {
    String[] parts = name.split("/", -1);
    int n = parts.length;
    if (n < 4 || !parts[n - 4].equals("logs") || !parts[n - 1].endsWith(".log")) {
      return null;
    }
    String container = parts[n - 1].substring(0, parts[n - 1].length() - 4);
    boolean previous = container.endsWith(".previous");
    return new LogName(
        parts[n - 3],
        parts[n - 2],
        previous ? container.substring(0, container.length() - 9) : container,
        previous);
  }

  /// What a log file is the log of.
  record LogName(String namespace, String pod, String container, boolean previous) {}
}
