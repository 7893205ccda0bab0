package dev.refloat.adapter.snapshot;

import dev.refloat.adapter.archive.Unpacked;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/// Collects files under a temporary name beside the target, and moves them there when all are
/// complete. Files and folders are readable by their owner only. Closing without moving removes
/// everything.
final class PackWriter implements AutoCloseable {
  private final SnapshotWriter.Pack pack;
  private final Path temporary;
  private final @Nullable OutputStream out;
  private boolean moved;

  /// Writes one file.
  @FunctionalInterface
  interface Content {
    /// Writes the content; the stream is closed by the caller.
    void to(OutputStream stream) throws IOException;
  }

  private PackWriter(SnapshotWriter.Pack pack, Path temporary, @Nullable OutputStream out) {
    this.pack = pack;
    this.temporary = temporary;
    this.out = out;
  }

  static PackWriter open(SnapshotWriter.Pack pack, Path parent, String name) throws IOException {
    String prefix = "." + name + "-";
    return switch (pack) {
      case FOLDER -> new PackWriter(pack, Files.createTempDirectory(parent, prefix), null);
      case TGZ -> {
        Path file = Files.createTempFile(parent, prefix, ".tmp");
        yield new PackWriter(
            pack,
            file,
            new BufferedOutputStream(
                new GZIPOutputStream(Files.newOutputStream(file), 65536), 65536));
      }
      case ZIP -> {
        Path file = Files.createTempFile(parent, prefix, ".tmp");
        yield new PackWriter(
            pack, file, new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file))));
      }
    };
  }

  void bytes(String name, byte[] content) throws IOException {
    switch (pack) {
      case FOLDER -> {
        Path file = temporary.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
      }
      case TGZ -> {
        tarHeader(name, content.length);
        stream().write(content);
        pad(content.length);
      }
      case ZIP -> stream(name, s -> s.write(content));
    }
  }

  /// A file whose size is not known before it is written.
  void stream(String name, Content content) throws IOException {
    switch (pack) {
      case FOLDER -> {
        Path file = temporary.resolve(name);
        Files.createDirectories(file.getParent());
        try (OutputStream s = new BufferedOutputStream(Files.newOutputStream(file))) {
          content.to(s);
        }
      }
      case TGZ -> {
        Path spool = Files.createTempFile(temporary.getParent(), ".spool-", ".tmp");
        try {
          try (OutputStream s = new BufferedOutputStream(Files.newOutputStream(spool))) {
            content.to(s);
          }
          long size = Files.size(spool);
          tarHeader(name, size);
          Files.copy(spool, stream());
          pad(size);
        } finally {
          Files.deleteIfExists(spool);
        }
      }
      case ZIP -> {
        if (out instanceof ZipOutputStream zip) {
          ZipEntry entry = new ZipEntry(name);
          entry.setTime(0); // the same evidence makes the same archive
          zip.putNextEntry(entry);
          content.to(zip);
          zip.closeEntry();
        }
      }
    }
  }

  private OutputStream stream() {
    if (out == null) {
      throw new IllegalStateException("a folder has no stream");
    }
    return out;
  }

  private void tarHeader(String name, long size) throws IOException {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > 100) {
      byte[] terminated = java.util.Arrays.copyOf(utf8, utf8.length + 1);
      stream()
          .write(header("././@LongLink".getBytes(StandardCharsets.UTF_8), terminated.length, 'L'));
      stream().write(terminated);
      pad(terminated.length);
    }
    stream().write(header(utf8, size, '0'));
  }

  private static byte[] header(byte[] name, long size, char type) {
    byte[] h = new byte[512];
    System.arraycopy(name, 0, h, 0, Math.min(name.length, 100));
    put(h, 100, "0000600\0");
    put(h, 108, "0000000\0");
    put(h, 116, "0000000\0");
    put(h, 124, "%011o\0".formatted(size));
    put(h, 136, "00000000000\0");
    put(h, 148, "        ");
    h[156] = (byte) type;
    put(h, 257, "ustar\00000");
    int sum = 0;
    for (byte b : h) {
      sum += b & 0xff;
    }
    put(h, 148, "%06o\0 ".formatted(sum));
    return h;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, header, at, ascii.length);
  }

  private void pad(long size) throws IOException {
    stream().write(new byte[(int) ((512 - size % 512) % 512)]);
  }

  /// Completes the archive and gives it its name.
  void moveTo(Path target, boolean replace) throws IOException {
    if (out != null) {
      if (pack == SnapshotWriter.Pack.TGZ) {
        out.write(new byte[1024]);
      }
      out.close();
    }
    if (Files.isDirectory(target, java.nio.file.LinkOption.NOFOLLOW_LINKS) && replace) {
      Path old =
          Files.createTempDirectory(target.getParent(), "." + target.getFileName() + "-old-");
      Path parked = old.resolve("old");
      Files.move(target, parked);
      try {
        Files.move(temporary, target);
      } catch (IOException e) {
        Files.move(parked, target);
        throw e;
      }
      moved = true;
      Unpacked.remove(old);
      return;
    }
    try {
      if (replace) {
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.move(temporary, target);
      }
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
    moved = true;
  }

  @Override
  public void close() throws IOException {
    if (moved) {
      return;
    }
    try {
      if (out != null) {
        out.close();
      }
    } finally {
      Unpacked.remove(temporary);
    }
  }
}
