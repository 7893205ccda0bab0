package dev.refloat.packaging;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Packs a folder. The same files make the same bytes: names are sorted, all times are the same,
/// and
/// nothing says who packed them.
final class Archives {
  private static final int BLOCK = 512;

  /// Modes of a file that runs and of one that does not.
  private static final int RUNS = 0755;

  private static final int PLAIN = 0644;

  private final Path folder;
  private final String root;
  private final Instant stamp;

  /// @param root the folder's name in the archive
  Archives(Path folder, String root, Instant stamp) {
    this.folder = folder;
    this.root = root;
    this.stamp = stamp;
  }

  void tgz(Path to) throws IOException {
    try (OutputStream out =
        new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(to)), 1 << 16)) {
      for (Path file : files(folder)) {
        byte[] content = Files.readAllBytes(file);
        out.write(header(root + "/" + name(folder, file), mode(file), content.length));
        out.write(content);
        out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
      }
      out.write(new byte[2 * BLOCK]);
    }
  }

  /// POSIX.1-1988 (ustar): a name may be split at a slash into a prefix and 100 bytes.
  private byte[] header(String name, int mode, int size) throws IOException {
    byte[] h = new byte[BLOCK];
    int cut = name.length() <= 100 ? -1 : name.indexOf('/', name.length() - 101);
    if (name.length() > 100 && (cut < 0 || cut > 155)) {
      throw new IOException("the name " + name + " does not fit into a tar archive");
    }
    put(h, 0, name.substring(cut + 1));
    put(h, 100, "%07o\0".formatted(mode));
    put(h, 108, "0000000\0");
    put(h, 116, "0000000\0");
    put(h, 124, "%011o\0".formatted(size));
    put(h, 136, "%011o\0".formatted(stamp.getEpochSecond()));
    put(h, 148, "        ");
    put(h, 156, "0");
    put(h, 257, "ustar\00000");
    put(h, 345, cut < 0 ? "" : name.substring(0, cut));
    int sum = 0;
    for (byte b : h) {
      sum += b & 0xff;
    }
    put(h, 148, "%06o\0 ".formatted(sum));
    return h;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  void zip(Path to) throws IOException {
    List<Path> files = files(folder);
    zip(folder, root + "/", files, to, stamp);
    // Java writes no modes, so that what unzip makes would not run: they go into the central
    // directory (APPNOTE.TXT 4.4.2 and 4.4.15: made by Unix, mode in the high 16 bits).
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(to)).order(ByteOrder.LITTLE_ENDIAN);
    int end = bytes.limit() - 22;
    int at = bytes.getInt(end + 16);
    for (Path file : files) {
      if (bytes.getInt(at) != 0x02014b50) {
        throw new IOException("no entry for " + file + " in the directory of " + to);
      }
      bytes.put(at + 5, (byte) 3);
      bytes.putInt(at + 38, (0100000 | mode(file)) << 16);
      at += 46 + bytes.getShort(at + 28) + bytes.getShort(at + 30) + bytes.getShort(at + 32);
    }
    Files.write(to, bytes.array());
  }

  /// A jar of classes.
  static void jar(Path classes, Path to, Instant stamp) throws IOException {
    zip(classes, "", files(classes), to, stamp);
  }

  private static void zip(Path folder, String prefix, List<Path> files, Path to, Instant stamp)
      throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(to)))) {
      for (Path file : files) {
        ZipEntry entry = new ZipEntry(prefix + name(folder, file));
        entry.setTimeLocal(LocalDateTime.ofInstant(stamp, ZoneOffset.UTC));
        zip.putNextEntry(entry);
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .sorted((a, b) -> name(folder, a).compareTo(name(folder, b)))
          .toList();
    }
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  /// By the name: where this is packed may know no modes.
  private int mode(Path file) {
    String name = name(folder, file);
    return name.startsWith("bin/") || name.equals("lib/tune") ? RUNS : PLAIN;
  }
}
