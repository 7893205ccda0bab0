package dev.refloat.adapter.catalog;

import dev.refloat.rule.Matcher;
import dev.refloat.rule.Regex;
import dev.refloat.rule.When;
import dev.refloat.signal.SignalKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/// Reads `when`: `{all: […]}`, `{any: […]}`, `{not: …}` or one signal with tests of its attributes.
final class ConditionReader {
  static final List<String> OPERATORS = List.of("all", "any", "not");
  static final List<String> MATCHERS = List.of("matches", "not", "exists", "at-least");

  private final Problems problems;

  ConditionReader(Problems problems) {
    this.problems = problems;
  }

  /// The condition, or nothing when a problem was found in it.
  Optional<When> read(Located node) {
    if (!(node instanceof Located.Fields f) || f.fields().size() != 1) {
      problems.add(
          node.place(),
          "a condition is a mapping with one key: all, any, not or a signal; several conditions"
              + " are written as a list under 'all' or 'any'");
      return Optional.empty();
    }
    Map.Entry<String, Located.Field> only = f.fields().entrySet().iterator().next();
    Located.Field field = only.getValue();
    return switch (only.getKey()) {
      case "all" -> parts(field.value()).map(When.All::new);
      case "any" -> parts(field.value()).map(When.Any::new);
      case "not" -> read(field.value()).map(When.Not::new);
      default -> pattern(only.getKey(), field);
    };
  }

  private Optional<List<When>> parts(Located node) {
    if (!(node instanceof Located.Items(_, var items)) || items.isEmpty()) {
      problems.add(node.place(), "'all' and 'any' take a list of conditions");
      return Optional.empty();
    }
    List<When> parts = new ArrayList<>();
    items.forEach(i -> read(i).ifPresent(parts::add));
    return parts.size() == items.size() ? Optional.of(parts) : Optional.empty();
  }

  private Optional<When> pattern(String word, Located.Field field) {
    Optional<SignalKind> kind = SignalKind.of(word);
    if (kind.isEmpty()) {
      List<String> known = new ArrayList<>(OPERATORS);
      Arrays.stream(SignalKind.values()).map(SignalKind::word).forEach(known::add);
      problems.add(field.key(), "unknown signal '" + word + "'" + Meant.hint(word, known));
      return Optional.empty();
    }
    if (!(field.value() instanceof Located.Fields tests)) {
      problems.add(
          field.value().place(),
          "'" + word + "' takes tests of its attributes as a mapping; {} accepts any");
      return Optional.empty();
    }
    Map<String, Matcher> matchers = new LinkedHashMap<>();
    tests
        .fields()
        .forEach(
            (attribute, test) -> {
              if (!kind.get().attributes().contains(attribute)) {
                unknownAttribute(kind.get(), attribute, test.key());
              } else {
                matcher(test.value()).ifPresent(m -> matchers.put(attribute, m));
              }
            });
    return matchers.size() == tests.fields().size()
        ? Optional.of(new When.Pattern(kind.get(), matchers))
        : Optional.empty();
  }

  private void unknownAttribute(SignalKind kind, String attribute, Place place) {
    problems.add(
        place,
        "unknown signal attribute '"
            + kind.word()
            + "."
            + attribute
            + "'"
            + Meant.hint(
                kind.word() + "." + attribute,
                kind.attributes().stream().map(a -> kind.word() + "." + a).toList()));
  }

  private Optional<Matcher> matcher(Located node) {
    return switch (node) {
      case Located.Text t when !t.empty() -> Optional.of(new Matcher.Is(t.text()));
      case Located.Items(_, var items) -> texts(node, items).map(Matcher.OneOf::new);
      case Located.Fields f when f.fields().size() == 1 -> {
        Map.Entry<String, Located.Field> only = f.fields().entrySet().iterator().next();
        yield operator(only.getKey(), only.getValue());
      }
      case Located.Text _, Located.Fields _ -> {
        problems.add(
            node.place(),
            "a test is a text, a list of texts, or a mapping with one of "
                + String.join(", ", MATCHERS));
        yield Optional.empty();
      }
    };
  }

  private Optional<List<String>> texts(Located node, List<Located> items) {
    List<String> texts = new ArrayList<>();
    for (Located item : items) {
      if (item instanceof Located.Text t && !t.empty()) {
        texts.add(t.text());
      }
    }
    if (texts.isEmpty() || texts.size() != items.size()) {
      problems.add(node.place(), "a list of texts is expected here");
      return Optional.empty();
    }
    return Optional.of(texts);
  }

  private Optional<Matcher> operator(String word, Located.Field field) {
    if (word.equals("not")) {
      return matcher(field.value()).map(Matcher.Not::new);
    }
    String text = field.value() instanceof Located.Text t ? t.text() : "";
    switch (word) {
      case "matches" -> {
        try {
          if (!text.isEmpty()) {
            return Optional.of(new Matcher.Matches(Regex.checked(text)));
          }
          problems.add(field.value().place(), "'matches' takes a regular expression");
        } catch (PatternSyntaxException e) {
          problems.add(
              field.value().place(),
              "not a regular expression: "
                  + e.getDescription()
                  + " at character "
                  + Math.max(0, e.getIndex())
                  + " of '"
                  + text
                  + "'");
        }
      }
      case "exists" -> {
        if (text.equals("true") || text.equals("false")) {
          return Optional.of(new Matcher.Exists(text.equals("true")));
        }
        problems.add(field.value().place(), "'exists' is true or false");
      }
      case "at-least" -> {
        try {
          return Optional.of(new Matcher.AtLeast(Long.parseLong(text)));
        } catch (NumberFormatException e) {
          problems.add(field.value().place(), "'at-least' takes a whole number");
        }
      }
      default ->
          problems.add(field.key(), "unknown test '" + word + "'" + Meant.hint(word, MATCHERS));
    }
    return Optional.empty();
  }
}
