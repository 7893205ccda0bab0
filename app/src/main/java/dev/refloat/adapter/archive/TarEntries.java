package dev.refloat.adapter.archive;

import dev.refloat.adapter.json.MalformedInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// Reads tar archives as they come: ustar with the long names of GNU and POSIX (pax). Refuses names
/// and links that lead out, and devices.
public final class TarEntries {
  private static final int BLOCK = 512;

  /// Long names and pax headers are held in memory.
  private static final int MAX_HEADER = 64 * 1024;

  private TarEntries() {}

  /// Whether a file begins like a tar archive: the magic of ustar, or a header with a right sum.
  public static boolean looksLikeTar(byte[] head, int length) {
    if (length < BLOCK) {
      return false;
    }
    return (head[257] == 'u' && head[258] == 's' && head[259] == 't' && head[260] == 'a')
        || (head[0] != 0 && sum(head) == octal(head, 148, 8));
  }

  /// Takes the files one by one.
  @FunctionalInterface
  public interface Each {
    /// Takes the next file. The stream is valid during the call only.
    ///
    /// @param name relative, with slashes
    void file(String name, InputStream content) throws IOException;
  }

  /// Visits every file of an archive.
  ///
  /// @param archive names it in errors
  /// @throws MalformedInput when the archive is broken or hostile; names the entry
  public static void each(String archive, InputStream in, int maxEntries, Each each)
      throws IOException {
    byte[] header = new byte[BLOCK];
    String longName = "";
    Map<String, String> pax = new TreeMap<>();
    int entries = 0;
    while (true) {
      int n = in.readNBytes(header, 0, BLOCK);
      if (n == 0 || (n == BLOCK && allZero(header))) {
        return;
      }
      if (n < BLOCK) {
        throw new MalformedInput(archive, "the archive is cut off inside a header");
      }
      if (sum(header) != octal(header, 148, 8)) {
        throw new MalformedInput(archive, "the archive is broken: a header has a wrong checksum");
      }
      if (++entries > maxEntries) {
        throw new MalformedInput(
            archive, "more than " + maxEntries + " files: refused as too large");
      }
      long size = octal(header, 124, 12);
      char type = (char) (header[156] & 0xff);
      if (type == 'L' || type == 'x') {
        byte[] content = heldContent(archive, in, size);
        if (type == 'L') {
          longName = text(content, 0, content.length);
        } else {
          readPax(archive, content, pax);
        }
        continue;
      }
      String name = pax.getOrDefault("path", longName.isEmpty() ? shortName(header) : longName);
      if (pax.containsKey("size")) {
        size = number(archive, pax.get("size"));
      }
      longName = "";
      pax.clear();
      if (size < 0) {
        throw new MalformedInput(archive, "the archive is broken: an entry has no valid size");
      }
      switch (type) {
        case '0', '\0', '7' -> {
          String checked = EntryNames.checked(archive, name);
          Entry entry = new Entry(archive, checked, in, size);
          if (!checked.endsWith("/")) {
            each.file(checked, entry);
          }
          entry.skipRest();
        }
        case '5' -> EntryNames.checked(archive, name);
        case '1', '2' ->
            throw new MalformedInput(
                archive,
                "entry " + EntryNames.shown(name) + " is a link: refused, pack files only");
        case 'g' -> new Entry(archive, name, in, size).skipRest();
        default ->
            throw new MalformedInput(
                archive,
                "entry " + EntryNames.shown(name) + " is neither a file nor a folder: refused");
      }
    }
  }

  private static byte[] heldContent(String archive, InputStream in, long size) throws IOException {
    if (size < 0 || size > MAX_HEADER) {
      throw new MalformedInput(archive, "the archive has a name that is too long");
    }
    byte[] content = in.readNBytes((int) size);
    if (content.length < size) {
      throw new MalformedInput(archive, "the archive is cut off inside a header");
    }
    in.skipNBytes(padding(size));
    return content;
  }

  /// Records of `LENGTH KEY=VALUE\n`.
  private static void readPax(String archive, byte[] content, Map<String, String> into)
      throws MalformedInput {
    int at = 0;
    while (at < content.length) {
      int space = at;
      while (space < content.length && content[space] != ' ') {
        space++;
      }
      long length = number(archive, new String(content, at, space - at, StandardCharsets.UTF_8));
      if (length <= space - at + 1 || at + length > content.length) {
        throw new MalformedInput(
            archive, "the archive is broken: a pax header has no valid length");
      }
      String record =
          new String(content, space + 1, (int) (at + length - space - 2), StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals > 0) {
        into.put(record.substring(0, equals), record.substring(equals + 1));
      }
      at += (int) length;
    }
  }

  private static long number(String archive, String digits) throws MalformedInput {
    try {
      return Long.parseLong(digits.strip());
    } catch (NumberFormatException e) {
      throw new MalformedInput(archive, "the archive is broken: a number is expected in a header");
    }
  }

  private static String shortName(byte[] header) {
    String name = text(header, 0, 100);
    String prefix = header[257] == 'u' && header[263] == '0' ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String text(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  /// -1 when it is no number.
  private static long octal(byte[] header, int from, int length) {
    if ((header[from] & 0x80) != 0) {
      // GNU writes sizes from 8 GiB in binary: too large for any snapshot.
      return -1;
    }
    long value = 0;
    boolean any = false;
    for (int i = from; i < from + length; i++) {
      int c = header[i];
      if (c >= '0' && c <= '7') {
        value = value * 8 + (c - '0');
        any = true;
      } else if (c != ' ' && c != 0) {
        return -1;
      } else if (any) {
        break;
      }
    }
    return value;
  }

  private static long sum(byte[] header) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    return sum;
  }

  private static boolean allZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static long padding(long size) {
    return (BLOCK - size % BLOCK) % BLOCK;
  }

  /// The content of one entry.
  private static final class Entry extends InputStream {
    private final String archive;
    private final String name;
    private final InputStream in;
    private final long size;
    private long left;

    Entry(String archive, String name, InputStream in, long size) {
      this.archive = archive;
      this.name = name;
      this.in = in;
      this.size = size;
      this.left = size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int n = in.read(buffer, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw cutOff();
      }
      left -= n;
      return n;
    }

    void skipRest() throws IOException {
      byte[] waste = new byte[8192];
      while (left > 0) {
        read(waste, 0, waste.length);
      }
      try {
        in.skipNBytes(padding(size));
      } catch (java.io.EOFException e) {
        throw cutOff();
      }
    }

    private MalformedInput cutOff() {
      return new MalformedInput(
          archive, "the archive is cut off inside entry " + EntryNames.shown(name));
    }
  }
}
