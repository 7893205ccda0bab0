package dev.refloat.adapter.snapshot;

import dev.refloat.evidence.Inquiry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/// The last lines of a log of any length. Bytes that are no UTF-8 become replacement characters: a
/// log is what a process wrote.
final class LogTail {

  /// A longer line loses its end.
  static final int LINE_BYTES = 16 * 1024;

  private LogTail() {}

  static String of(InputStream in) throws IOException {
    Deque<String> lines = new ArrayDeque<>();
    byte[] buffer = new byte[32 * 1024];
    byte[] line = new byte[LINE_BYTES];
    int length = 0;
    boolean open = false;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      for (int i = 0; i < n; i++) {
        if (buffer[i] == '\n') {
          add(lines, line, length);
          length = 0;
          open = false;
        } else {
          open = true;
          if (length < LINE_BYTES) {
            line[length++] = buffer[i];
          }
        }
      }
    }
    if (open) {
      add(lines, line, length);
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static void add(Deque<String> lines, byte[] line, int length) {
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    if (lines.size() == Inquiry.ContainerLog.TAIL_LINES) {
      lines.removeFirst();
    }
    lines.addLast(new String(line, 0, end, StandardCharsets.UTF_8));
  }
}
