package dev.refloat.rule;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A test of one attribute. A passed [Matches] binds its named groups.
public sealed interface Matcher {

  record Is(String text) implements Matcher {}

  record OneOf(List<String> texts) implements Matcher {
    public OneOf {
      texts = List.copyOf(texts);
    }
  }

  /// A regular expression found anywhere in the text.
  record Matches(Pattern pattern) implements Matcher {}

  record Not(Matcher matcher) implements Matcher {}

  /// Whether the attribute has a text at all.
  record Exists(boolean wanted) implements Matcher {}

  /// A number of at least this.
  record AtLeast(long least) implements Matcher {}

  /// The groups that this test bound, or nothing when it failed.
  default Optional<Map<String, String>> test(String text) {
    return switch (this) {
      case Is(var t) -> when(t.equals(text));
      case OneOf(var ts) -> when(ts.contains(text));
      case Matches(var p) -> groups(p, text);
      case Not(var m) -> when(m.test(text).isEmpty());
      case Exists(var wanted) -> when(wanted != text.isEmpty());
      case AtLeast(var least) -> when(number(text) >= least);
    };
  }

  private static Optional<Map<String, String>> when(boolean passed) {
    return passed ? Optional.of(Map.of()) : Optional.empty();
  }

  private static Optional<Map<String, String>> groups(Pattern pattern, String text) {
    java.util.regex.Matcher m = pattern.matcher(text);
    if (!m.find()) {
      return Optional.empty();
    }
    Map<String, String> bound = new java.util.LinkedHashMap<>();
    for (String name : pattern.namedGroups().keySet()) {
      String group = m.group(name);
      if (group != null) {
        bound.put(name, group.strip());
      }
    }
    return Optional.of(bound);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return Long.MIN_VALUE;
    }
  }
}
