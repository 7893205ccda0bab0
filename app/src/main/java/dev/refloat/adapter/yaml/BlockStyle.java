package dev.refloat.adapter.yaml;

import dev.refloat.model.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/// Writes values in the way a document is written already.
///
/// @param step columns by which a mapping is indented below its key
/// @param dash columns by which a list is indented below its key
/// @param eol the line break
record BlockStyle(int step, int dash, String eol) {

  /// What most lines of a document do; 2 and 2 where it shows nothing.
  static BlockStyle of(Syntax root, String eol) {
    Map<Integer, Integer> steps = new HashMap<>();
    Map<Integer, Integer> dashes = new HashMap<>();
    count(root, steps, dashes);
    return new BlockStyle(most(steps), most(dashes), eol);
  }

  private static void count(
      Syntax node, Map<Integer, Integer> steps, Map<Integer, Integer> dashes) {
    switch (node) {
      case Syntax.Mapping m when !m.flow() ->
          m.entries()
              .forEach(
                  e -> {
                    int by = e.value().extent().column() - m.extent().column();
                    if (e.value() instanceof Syntax.Mapping c && !c.flow() && by > 0) {
                      steps.merge(by, 1, Integer::sum);
                    } else if (e.value() instanceof Syntax.Sequence c && !c.flow() && by >= 0) {
                      dashes.merge(by, 1, Integer::sum);
                    }
                    count(e.value(), steps, dashes);
                  });
      case Syntax.Sequence s when !s.flow() -> s.items().forEach(i -> count(i, steps, dashes));
      case Syntax.Mapping _, Syntax.Sequence _, Syntax.Scalar _, Syntax.Alias _ -> {}
    }
  }

  private static int most(Map<Integer, Integer> counts) {
    return counts.entrySet().stream()
        .max(Map.Entry.<Integer, Integer>comparingByValue().thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .orElse(2);
  }

  /// `key: value` with everything below it; no line break at the end.
  void entry(StringBuilder out, String key, Json value, int indent) {
    out.append(YamlText.scalar(key)).append(':');
    below(out, value, indent);
  }

  /// What follows a `key:` at a column.
  void below(StringBuilder out, Json value, int indent) {
    if (!multiline(value)) {
      out.append(' ').append(flow(value, ScalarStyle.PLAIN, false, false));
      return;
    }
    String header = header(value);
    if (!header.isEmpty()) {
      out.append(' ').append(header);
    }
    body(out, value, indent);
  }

  /// The lines under a `key:`, each with a line break before it.
  void body(StringBuilder out, Json value, int indent) {
    switch (value) {
      case Json.Obj o ->
          o.forEach(
              (k, v) -> {
                out.append(eol).repeat(' ', indent + step);
                entry(out, k, v, indent + step);
              });
      case Json.Arr(var items) ->
          items.forEach(
              v -> {
                out.append(eol).repeat(' ', indent + dash).append("- ");
                item(out, v, indent + dash);
              });
      case Json.Str(var s) -> lines(out, s, indent + step);
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  /// What follows a `- ` whose dash is at a column.
  void item(StringBuilder out, Json value, int column) {
    switch (value) {
      case Json.Obj o when o.size() > 0 -> {
        boolean[] first = {true};
        o.forEach(
            (k, v) -> {
              if (!first[0]) {
                out.append(eol).repeat(' ', column + 2);
              }
              first[0] = false;
              entry(out, k, v, column + 2);
            });
      }
      case Json.Arr(var items) when !items.isEmpty() -> {
        boolean first = true;
        for (Json v : items) {
          if (!first) {
            out.append(eol).repeat(' ', column + 2);
          }
          first = false;
          out.append("- ");
          item(out, v, column + 2);
        }
      }
      case Json.Str(var s) when YamlText.literal(s) -> {
        out.append(header(value));
        lines(out, s, column + 2);
      }
      case Json.Obj _,
          Json.Arr _,
          Json.Str _,
          Json.Num _,
          Json.Bool _,
          Json.Null _,
          Json.Missing _ ->
          out.append(flow(value, ScalarStyle.PLAIN, false, false));
    }
  }

  private void lines(StringBuilder out, String s, int indent) {
    for (String line : lines(s)) {
      out.append(eol);
      if (!line.isEmpty()) {
        out.repeat(' ', indent).append(line);
      }
    }
  }

  /// The lines of a block scalar.
  static List<String> lines(String s) {
    return s.lines().toList();
  }

  /// Whether a value takes lines of its own.
  static boolean multiline(Json value) {
    return switch (value) {
      case Json.Obj o -> o.size() > 0;
      case Json.Arr(var items) -> !items.isEmpty();
      case Json.Str(var s) -> YamlText.literal(s);
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> false;
    };
  }

  /// `|`, `|-` or `|+` for a text of several lines; nothing for anything else.
  static String header(Json value) {
    return value instanceof Json.Str(var s)
        ? s.endsWith("\n\n") ? "|+" : s.endsWith("\n") ? "|" : "|-"
        : "";
  }

  /// A value on one line.
  ///
  /// @param style that of the scalar it replaces
  /// @param inFlow whether commas and brackets end a plain text
  /// @param json whether every text must be quoted as in JSON
  static String flow(Json value, ScalarStyle style, boolean inFlow, boolean json) {
    return switch (value) {
      case Json.Str(var s) -> text(s, style, inFlow, json);
      case Json.Num(var digits) -> {
        if (!YamlText.NUMBER.matcher(digits).matches()) {
          throw new IllegalArgumentException("not a number that JSON knows");
        }
        yield digits;
      }
      case Json.Bool b -> b == Json.Bool.TRUE ? "true" : "false";
      case Json.Null _, Json.Missing _ -> "null";
      case Json.Arr(var items) -> {
        StringBuilder out = new StringBuilder("[");
        for (Json item : items) {
          out.append(out.length() > 1 ? ", " : "")
              .append(flow(item, ScalarStyle.PLAIN, true, json));
        }
        yield out.append(']').toString();
      }
      case Json.Obj o -> {
        StringBuilder out = new StringBuilder("{");
        o.forEach(
            (k, v) ->
                out.append(out.length() > 1 ? ", " : "")
                    .append(text(k, ScalarStyle.PLAIN, true, json))
                    .append(": ")
                    .append(flow(v, ScalarStyle.PLAIN, true, json)));
        yield out.append('}').toString();
      }
    };
  }

  static String text(String s, ScalarStyle style, boolean inFlow, boolean json) {
    if (json || style == ScalarStyle.DOUBLE_QUOTED) {
      return YamlText.doubleQuoted(s);
    }
    if (style == ScalarStyle.SINGLE_QUOTED && s.codePoints().allMatch(YamlText::printable)) {
      return "'" + s.replace("'", "''") + "'";
    }
    String written = YamlText.scalar(s);
    boolean plain = written.equals(s);
    return plain && inFlow && s.chars().anyMatch(c -> ",[]{}".indexOf(c) >= 0)
        ? YamlText.doubleQuoted(s)
        : written;
  }
}
