package dev.refloat.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.IntFunction;

/// What [JsonText] and [YamlText] share: where the text goes, and how a string is quoted so that it
/// stays complete and printing it stays harmless.
///
/// @param asciiOnly whether everything else is escaped
record DataText(Appendable out, Edge edge, boolean asciiOnly) {

  DataText put(CharSequence text) {
    try {
      out.append(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /// In double quotes. Secrets are masked by the caller, because keys are none.
  ///
  /// @param escape of a character that must not stand for itself
  String quoted(String text, IntFunction<String> escape) {
    StringBuilder s = new StringBuilder(text.length() + 2).append('"');
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> s.append("\\\"");
                case '\\' -> s.append("\\\\");
                case '\n' -> s.append("\\n");
                case '\r' -> s.append("\\r");
                case '\t' -> s.append("\\t");
                default -> {
                  if (Edge.unsafe(c) || (asciiOnly && c > 0x7e)) {
                    s.append(escape.apply(c));
                  } else {
                    s.appendCodePoint(c);
                  }
                }
              }
            });
    return s.append('"').toString();
  }

  /// A code unit as a backslash, `u` and four digits, which JSON and YAML both know.
  static String unit(int c) {
    return "\\u" + digits(c, 4);
  }

  static String digits(int c, int width) {
    String digits = Integer.toHexString(c);
    return "0".repeat(width - digits.length()) + digits;
  }
}
