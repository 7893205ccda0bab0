package dev.refloat.adapter.snapshot;

import dev.refloat.adapter.archive.EntryNames;
import dev.refloat.adapter.json.MalformedInput;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Finds symbolic links in a zip archive. The JDK's ZipFile does not show the Unix mode of an
/// entry,
/// so the central directory is read here.
final class ZipLinks {
  private static final int END = 0x06054b50;
  private static final int ENTRY = 0x02014b50;
  private static final int END_SIZE = 22;
  private static final int ENTRY_SIZE = 46;
  private static final int MAX_COMMENT = 65535;
  private static final int MAX_DIRECTORY = 64 * 1024 * 1024;
  private static final int TYPE_BITS = 0xf000;
  private static final int SYMBOLIC_LINK = 0xa000;

  private ZipLinks() {}

  /// @throws MalformedInput when an entry is a symbolic link
  static void refuse(Path archive) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "r")) {
      int tail = (int) Math.min(file.length(), END_SIZE + MAX_COMMENT);
      ByteBuffer end = read(file, file.length() - tail, tail);
      int at = tail - END_SIZE;
      while (at >= 0 && end.getInt(at) != END) {
        at--;
      }
      if (at < 0) {
        return; // ZipFile says what is wrong with it.
      }
      long size = end.getInt(at + 12) & 0xffffffffL;
      long offset = end.getInt(at + 16) & 0xffffffffL;
      if (size > MAX_DIRECTORY || offset + size > file.length()) {
        return;
      }
      ByteBuffer directory = read(file, offset, (int) size);
      int entry = 0;
      while (entry + ENTRY_SIZE <= size && directory.getInt(entry) == ENTRY) {
        int nameLength = directory.getShort(entry + 28) & 0xffff;
        int extra = directory.getShort(entry + 30) & 0xffff;
        int comment = directory.getShort(entry + 32) & 0xffff;
        int mode = directory.getInt(entry + 38) >>> 16;
        if ((mode & TYPE_BITS) == SYMBOLIC_LINK && entry + ENTRY_SIZE + nameLength <= size) {
          byte[] name = new byte[nameLength];
          directory.get(entry + ENTRY_SIZE, name);
          throw new MalformedInput(
              String.valueOf(archive.getFileName()),
              "entry "
                  + EntryNames.shown(new String(name, StandardCharsets.UTF_8))
                  + " is a link: refused, pack files only");
        }
        entry += ENTRY_SIZE + nameLength + extra + comment;
      }
    }
  }

  private static ByteBuffer read(RandomAccessFile file, long offset, int length)
      throws IOException {
    byte[] bytes = new byte[length];
    file.seek(offset);
    file.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
