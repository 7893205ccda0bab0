package dev.refloat.adapter.yaml;

/// Lines of a text, which end in `\n` or `\r\n`.
final class Lines {
  private Lines() {}

  /// The start of the line that a place is in.
  static int start(String text, int at) {
    return text.lastIndexOf('\n', at - 1) + 1;
  }

  /// The end of the line that a place is in, before its line break.
  static int end(String text, int at) {
    int newline = text.indexOf('\n', at);
    if (newline < 0) {
      return text.length();
    }
    return newline > at && text.charAt(newline - 1) == '\r' ? newline - 1 : newline;
  }

  /// The line break at the end of a line, as the text there has it.
  static String breakAt(String text, int at) {
    int newline = text.indexOf('\n', Math.max(0, at));
    if (newline < 0) {
      newline = text.lastIndexOf('\n');
    }
    return newline > 0 && text.charAt(newline - 1) == '\r' ? "\r\n" : "\n";
  }

  /// The start of the line after the one that a place is in, or the end of the text.
  static int next(String text, int at) {
    int newline = text.indexOf('\n', at);
    return newline < 0 ? text.length() : newline + 1;
  }
}
