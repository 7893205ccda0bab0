package dev.refloat.adapter.json;

import dev.refloat.model.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/// Writes trees as JSON text: fields in their order, numbers as they were read. Control characters
/// are escaped, also those beyond ASCII that drive terminals.
public final class JsonText {
  private static final String HEX = "0123456789abcdef";

  /// What JSON allows as a number. YAML allows more.
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private JsonText() {}

  /// On one line.
  public static String compact(Json tree) {
    StringBuilder out = new StringBuilder();
    try {
      write(tree, out, -1);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return out.toString();
  }

  /// Indented by two spaces, as kubectl does with four.
  public static String pretty(Json tree) {
    StringBuilder out = new StringBuilder();
    try {
      write(tree, out, 0);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory cannot fail", e);
    }
    return out.toString();
  }

  /// On one line.
  public static void writeCompact(Json tree, Appendable out) throws IOException {
    write(tree, out, -1);
  }

  /// Indented by two spaces, starting at a level of indentation.
  public static void writePretty(Json tree, Appendable out, int level) throws IOException {
    write(tree, out, level);
  }

  private static void write(Json tree, Appendable out, int level) throws IOException {
    switch (tree) {
      case Json.Obj o -> object(o, out, level);
      case Json.Arr(var items) -> {
        out.append('[');
        boolean first = true;
        for (Json item : items) {
          separate(out, first, level);
          first = false;
          write(item, out, next(level));
        }
        if (!first) {
          newline(out, level);
        }
        out.append(']');
      }
      case Json.Str(var s) -> quoted(s, out);
      case Json.Num(var digits) -> {
        if (NUMBER.matcher(digits).matches()) {
          out.append(digits);
        } else {
          quoted(digits, out);
        }
      }
      case Json.Bool b -> out.append(b == Json.Bool.TRUE ? "true" : "false");
      case Json.Null _, Json.Missing _ -> out.append("null");
    }
  }

  private static void object(Json.Obj o, Appendable out, int level) throws IOException {
    out.append('{');
    boolean[] first = {true};
    try {
      o.forEach(
          (key, value) -> {
            if (value instanceof Json.Missing) {
              return;
            }
            try {
              separate(out, first[0], level);
              first[0] = false;
              quoted(key, out);
              out.append(level < 0 ? ":" : ": ");
              write(value, out, next(level));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (!first[0]) {
      newline(out, level);
    }
    out.append('}');
  }

  private static int next(int level) {
    return level < 0 ? level : level + 1;
  }

  private static void separate(Appendable out, boolean first, int level) throws IOException {
    if (!first) {
      out.append(',');
    }
    newline(out, next(level));
  }

  private static void newline(Appendable out, int level) throws IOException {
    if (level >= 0) {
      out.append('\n');
      for (int i = 0; i < level; i++) {
        out.append("  ");
      }
    }
  }

  private static void quoted(String s, Appendable out) throws IOException {
    out.append('"');
    int from = 0;
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (plain(c, s, i)) {
        continue;
      }
      out.append(s, from, i);
      from = i + 1;
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default ->
            out.append("\\u")
                .append(HEX.charAt(c >> 12))
                .append(HEX.charAt((c >> 8) & 15))
                .append(HEX.charAt((c >> 4) & 15))
                .append(HEX.charAt(c & 15));
      }
    }
    out.append(s, from, s.length()).append('"');
  }

  private static boolean plain(char c, String s, int i) {
    if (c < 0x20 || c == '"' || c == '\\' || (c >= 0x7f && c <= 0x9f)) {
      return false;
    }
    // Half a surrogate pair has no UTF-8 form; escaped it survives.
    if (Character.isHighSurrogate(c)) {
      return i + 1 < s.length() && Character.isLowSurrogate(s.charAt(i + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return i > 0 && Character.isHighSurrogate(s.charAt(i - 1));
    }
    return c != '\u2028' && c != '\u2029';
  }
}
