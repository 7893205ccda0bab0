package dev.refloat.adapter.chart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// Packs the files of a chart as Helm does: one folder, called like the chart. The same files give
/// the same bytes.
final class TarWriter {
  private static final int BLOCK = 512;
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_PREFIX = 155;

  private TarWriter() {}

  /// @param files in the order of their names
  static byte[] pack(String folder, Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      for (var e : files.entrySet()) {
        zip.write(header(folder + "/" + e.getKey(), e.getValue().length));
        zip.write(e.getValue());
        zip.write(new byte[(BLOCK - e.getValue().length % BLOCK) % BLOCK]);
      }
      zip.write(new byte[2 * BLOCK]);
    }
    return out.toByteArray();
  }

  private static byte[] header(String path, int size) throws IOException {
    byte[] block = new byte[BLOCK];
    String name = path;
    String prefix = "";
    while (bytes(name) > LONGEST_NAME) {
      int slash = name.indexOf('/');
      if (slash < 0) {
        throw new IOException("a file of the chart has too long a name");
      }
      prefix =
          prefix.isEmpty() ? name.substring(0, slash) : prefix + "/" + name.substring(0, slash);
      name = name.substring(slash + 1);
    }
    if (bytes(prefix) > LONGEST_PREFIX) {
      throw new IOException("a file of the chart has too long a name");
    }
    put(block, 0, name);
    put(block, 100, "0000644");
    put(block, 108, "0000000");
    put(block, 116, "0000000");
    put(block, 124, "%011o".formatted(size));
    put(block, 136, "00000000000");
    put(block, 148, "        ");
    block[156] = '0';
    put(block, 257, "ustar");
    put(block, 263, "00");
    put(block, 345, prefix);
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, 148, "%06o".formatted(sum));
    block[154] = 0;
    block[155] = ' ';
    return block;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
