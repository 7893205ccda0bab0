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

  /// A regular expression found anywhere in the first [#MAX_SEARCHED] characters of the text.
  record Matches(Regex regex) implements Matcher {
    public static Matches of(String regex) {
      return new Matches(Regex.checked(regex));
    }
  }

  record Not(Matcher matcher) implements Matcher {}

  /// Whether the attribute has a text at all.
  record Exists(boolean wanted) implements Matcher {}

  /// A number of at least this.
  record AtLeast(long least) implements Matcher {}

  /// How much of a text is searched: conditions end at 32768 characters, and what names the reason
  /// comes first. Keeps the time of a search bounded.
  int MAX_SEARCHED = 8_192;

  /// The groups that this test bound, or nothing when it failed.
  default Optional<Map<String, String>> test(String text) {
    return switch (this) {
      case Is(var t) -> when(t.equals(text));
      case OneOf(var ts) -> when(ts.contains(text));
      case Matches(var r) -> groups(r.pattern(), text);
      case Not(var m) -> when(m.test(text).isEmpty());
      case Exists(var wanted) -> when(wanted != text.isEmpty());
      case AtLeast(var least) -> when(number(text) >= least);
    };
  }

  /// Whether this test searches a text, which costs more than to compare one.
  default boolean searches() {
    return switch (this) {
      case Matches _ -> true;
      case Not(var m) -> m.searches();
      case Is _, OneOf _, Exists _, AtLeast _ -> false;
    };
  }

  private static Optional<Map<String, String>> when(boolean passed) {
    return passed ? Optional.of(Map.of()) : Optional.empty();
  }

  private static Optional<Map<String, String>> groups(Pattern pattern, String text) {
    String searched = text.length() > MAX_SEARCHED ? text.substring(0, MAX_SEARCHED) : text;
    java.util.regex.Matcher m = pattern.matcher(searched);
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
