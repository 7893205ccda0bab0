package dev.refloat.adapter.git;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `postBuild` of a Flux Kustomization makes of `${VARIABLES}` (fluxcd/pkg/envsubst, and
/// substitute.go of fluxcd/pkg/kustomize). A variable whose value is not known stays as it is
/// written, so that nobody takes it for a value.
///
/// @param values that are known
/// @param hidden names of variables that exist and whose values are encrypted
/// @param open whether there may be variables that the repository does not show
record Substitution(Map<String, String> values, Set<String> hidden, boolean open) {
  private static final int MAX_DEPTH = 8;
  private static final int MAX_TEXT = 1 << 20;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /// What go-yaml would not write without quotes.
  private static final Pattern NOT_PLAIN =
      Pattern.compile("[-?:,\\[\\]{}#&*!|>'\"%@`\\s].*|.*(: | #|:$|\\s$|\\n).*", Pattern.DOTALL);

  Json apply(Json value) {
    return switch (value) {
      case Json.Obj o -> {
        if (!hasVariable(o)) {
          yield o;
        }
        Json.Builder b = Json.builder();
        o.forEach((k, v) -> b.put(text(k, 0), apply(v)));
        yield b.build();
      }
      case Json.Arr(var items) -> new Json.Arr(items.stream().map(this::apply).toList());
      case Json.Str(var s) -> s.contains("${") ? scalar(s) : value;
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> value;
    };
  }

  private static boolean hasVariable(Json value) {
    return switch (value) {
      case Json.Obj o -> o.keys().stream().anyMatch(k -> k.contains("${") || hasVariable(o.get(k)));
      case Json.Arr(var items) -> items.stream().anyMatch(Substitution::hasVariable);
      case Json.Str(var s) -> s.contains("${");
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> false;
    };
  }

  /// Flux fills the variables in as text of a YAML document: what was a text without quotes can
  /// become a number, or a list.
  private Json scalar(String s) {
    String after = text(s, 0);
    if (after.equals(s) || after.contains("${") || NOT_PLAIN.matcher(s).matches()) {
      return new Json.Str(after);
    }
    if (after.isBlank()) {
      return Json.Null.NULL;
    }
    try {
      List<Json> documents = YamlTrees.read("a variable", after);
      return documents.size() == 1 ? documents.getFirst() : new Json.Str(after);
    } catch (MalformedInput e) {
      return new Json.Str(after);
    }
  }

  private String text(String s, int depth) {
    int at = s.indexOf("${");
    if (at < 0 || depth > MAX_DEPTH) {
      return s;
    }
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (at >= 0 && out.length() < MAX_TEXT) {
      if (at > from && s.charAt(at - 1) == '$') {
        // `$${X}` is how `${X}` is written.
        out.append(s, from, at - 1).append("${");
        from = at + 2;
      } else {
        int end = end(s, at + 2);
        if (end < 0) {
          break;
        }
        out.append(s, from, at)
            .append(value(s.substring(at + 2, end), depth).orElse(s.substring(at, end + 1)));
        from = end + 1;
      }
      at = s.indexOf("${", from);
    }
    return out.append(s, from, s.length()).toString();
  }

  private static int end(String s, int from) {
    int open = 1;
    for (int i = from; i < s.length(); i++) {
      if (s.startsWith("${", i)) {
        open++;
      } else if (s.charAt(i) == '}' && --open == 0) {
        return i;
      }
    }
    return -1;
  }

  /// The value of what stands between the braces; nothing when it is not known.
  private Optional<String> value(String inside, int depth) {
    boolean length = inside.startsWith("#");
    Matcher m = NAME.matcher(inside);
    if (!m.find() || m.start() != (length ? 1 : 0)) {
      return Optional.empty();
    }
    String name = m.group();
    String rest = inside.substring(m.end());
    if (hidden.contains(name)) {
      return Optional.empty();
    }
    String known = values.get(name);
    for (String operator : List.of(":=", ":-", "=", "-")) {
      if (rest.startsWith(operator)) {
        return Optional.of(
            known == null || known.isEmpty()
                ? text(rest.substring(operator.length()), depth + 1)
                : known);
      }
    }
    if (known == null && open) {
      return Optional.empty();
    }
    String value = known == null ? "" : known;
    return length
        ? Optional.of(Integer.toString(value.codePointCount(0, value.length())))
        : changed(value, rest);
  }

  private static Optional<String> changed(String value, String how) {
    return switch (how) {
      case "" -> Optional.of(value);
      case "^^" -> Optional.of(value.toUpperCase(Locale.ROOT));
      case ",," -> Optional.of(value.toLowerCase(Locale.ROOT));
      case "^" ->
          Optional.of(
              first(value).toUpperCase(Locale.ROOT) + value.substring(first(value).length()));
      case "," ->
          Optional.of(
              first(value).toLowerCase(Locale.ROOT) + value.substring(first(value).length()));
      default -> how.startsWith("/") ? replaced(value, how.substring(1)) : cut(value, how);
    };
  }

  private static String first(String value) {
    return value.isEmpty() ? "" : value.substring(0, 1);
  }

  private static Optional<String> replaced(String value, String how) {
    boolean all = how.startsWith("/");
    String[] parts = (all ? how.substring(1) : how).split("/", 2);
    if (parts[0].isEmpty()) {
      return Optional.of(value);
    }
    String by = parts.length > 1 ? parts[1] : "";
    return Optional.of(
        all
            ? value.replace(parts[0], by)
            : value.replaceFirst(Pattern.quote(parts[0]), Matcher.quoteReplacement(by)));
  }

  /// `:3` and `:3:2`.
  private static Optional<String> cut(String value, String how) {
    if (!how.startsWith(":")) {
      return Optional.empty();
    }
    try {
      String[] parts = how.substring(1).split(":", 2);
      int from = Math.clamp(Integer.parseInt(parts[0].strip()), 0, value.length());
      int most = parts.length > 1 ? Integer.parseInt(parts[1].strip()) : value.length();
      return Optional.of(
          value.substring(from, Math.clamp((long) from + most, from, value.length())));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
