package dev.refloat.adapter.yaml;

import dev.refloat.model.Json;
import java.util.List;
import java.util.regex.Pattern;

/// Writes trees as YAML text in block style, as kubectl does. Texts are quoted wherever any YAML
/// reader could take them for something else.
public final class YamlText {

  /// Texts that need no quotes unless they are [Scalars#ambiguous].
  private static final Pattern BARE =
      Pattern.compile("[A-Za-z0-9_./$(][A-Za-z0-9_./$()@+%=;^~<>, :#'\"!&*|{}\\[\\]`?-]*");

  /// YAML 1.1 readers know dates, times and base 60 numbers.
  private static final Pattern OTHER_READERS =
      Pattern.compile(
          "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[-+]?[0-9][0-9_,.]*(:[0-5]?[0-9])+(\\.[0-9]*)?"
              + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)|[-+]?[0-9][0-9_.,]*");

  static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private YamlText() {}

  /// One document, ending in a newline.
  public static String write(Json tree) {
    StringBuilder out = new StringBuilder();
    node(tree, 0, false, out);
    if (out.charAt(out.length() - 1) != '\n') {
      out.append('\n');
    }
    if (out.charAt(0) == '\n') {
      out.deleteCharAt(0);
    }
    return out.toString();
  }

  /// @param indent of this node
  /// @param inline whether the node begins on the line of a `- `
  private static void node(Json tree, int indent, boolean inline, StringBuilder out) {
    switch (tree) {
      case Json.Obj o when isEmpty(o) -> out.append(lead(out)).append("{}\n");
      case Json.Obj o -> {
        if (!inline) {
          out.append('\n');
        }
        boolean[] first = {inline};
        o.forEach(
            (key, value) -> {
              if (value instanceof Json.Missing) {
                return;
              }
              if (!first[0]) {
                out.repeat(' ', indent);
              }
              first[0] = false;
              out.append(scalar(key)).append(':');
              node(value, value instanceof Json.Arr ? indent : indent + 2, false, out);
            });
      }
      case Json.Arr(var items) when items.isEmpty() -> out.append(lead(out)).append("[]\n");
      case Json.Arr(var items) -> list(items, indent, inline, out);
      case Json.Str(var s) -> text(s, indent, out);
      case Json.Num(var digits) ->
          out.append(lead(out))
              .append(NUMBER.matcher(digits).matches() ? digits : doubleQuoted(digits))
              .append('\n');
      case Json.Bool b ->
          out.append(lead(out)).append(b == Json.Bool.TRUE ? "true" : "false").append('\n');
      case Json.Null _, Json.Missing _ -> out.append(lead(out)).append("null\n");
    }
  }

  private static void list(List<Json> items, int indent, boolean inline, StringBuilder out) {
    if (!inline) {
      out.append('\n');
    }
    boolean first = inline;
    for (Json item : items) {
      if (!first) {
        out.repeat(' ', indent);
      }
      first = false;
      out.append("- ");
      node(item, indent + 2, true, out);
    }
  }

  private static boolean isEmpty(Json.Obj o) {
    boolean[] any = {false};
    o.forEach((_, v) -> any[0] |= !(v instanceof Json.Missing));
    return !any[0];
  }

  /// A space after a colon; nothing after a dash or at the start.
  private static String lead(StringBuilder out) {
    return !out.isEmpty() && out.charAt(out.length() - 1) == ':' ? " " : "";
  }

  private static void text(String s, int indent, StringBuilder out) {
    out.append(lead(out));
    if (literal(s)) {
      out.append(s.endsWith("\n\n") ? "|+" : s.endsWith("\n") ? "|" : "|-").append('\n');
      int width = Math.max(indent, 2);
      s.lines()
          .forEach(
              line -> {
                if (!line.isEmpty()) {
                  out.repeat(' ', width).append(line);
                }
                out.append('\n');
              });
    } else {
      out.append(scalar(s)).append('\n');
    }
  }

  /// Whether a text can stand as a block of lines: several lines, the first not indented, nothing
  /// that a block cannot carry.
  static boolean literal(String s) {
    if (s.indexOf('\n') < 0 || s.startsWith(" ") || s.startsWith("\n") || s.startsWith("\t")) {
      return false;
    }
    if (s.contains(" \n") || s.endsWith(" ")) {
      return false;
    }
    return s.codePoints().allMatch(c -> c == '\n' || printable(c));
  }

  static boolean printable(int c) {
    return (c >= 0x20 && c <= 0x7e)
        || (c >= 0xa0 && c <= 0xd7ff && c != 0x2028 && c != 0x2029)
        || (c >= 0xe000 && c <= 0xfffd && c != 0xfeff)
        || c >= 0x10000;
  }

  static String scalar(String s) {
    if (BARE.matcher(s).matches()
        && !s.endsWith(":")
        && !s.endsWith(" ")
        && !s.contains(": ")
        && !s.contains(" #")
        && !Scalars.ambiguous(s)
        && !OTHER_READERS.matcher(s).matches()) {
      return s;
    }
    return s.codePoints().allMatch(YamlText::printable)
            && (s.indexOf('"') >= 0 || s.indexOf('\\') >= 0)
        ? "'" + s.replace("'", "''") + "'"
        : doubleQuoted(s);
  }

  static String doubleQuoted(String s) {
    StringBuilder out = new StringBuilder(s.length() + 2).append('"');
    for (int i = 0; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (printable(c)) {
            out.appendCodePoint(c);
          } else {
            out.append("\\u").append("%04x".formatted(c));
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
