package dev.refloat.adapter.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Reads the fields of one mapping strictly: what is unknown, missing or of another shape is a
/// problem, and reading goes on with a stand-in so that later problems show too.
final class FieldReader {
  private final Place place;
  private final Map<String, Located.Field> fields;
  private final Problems problems;
  private final String what;

  /// @param what names the mapping in messages: `a remedy`
  FieldReader(Located node, String what, Problems problems, Collection<String> known) {
    this.place = node.place();
    this.what = what;
    this.problems = problems;
    if (node instanceof Located.Fields f) {
      this.fields = f.fields();
    } else {
      this.fields = Map.of();
      problems.add(place, what + " must be a mapping with " + String.join(", ", known));
    }
    fields.forEach(
        (key, field) -> {
          if (!known.contains(key)) {
            problems.add(
                field.key(), "unknown field '" + key + "' in " + what + Meant.hint(key, known));
          }
        });
  }

  Place place() {
    return place;
  }

  Place placeOf(String key) {
    Located.Field field = fields.get(key);
    return field == null ? place : field.value().place();
  }

  boolean has(String key) {
    return fields.containsKey(key);
  }

  Optional<Located> node(String key) {
    return Optional.ofNullable(fields.get(key)).map(Located.Field::value);
  }

  Optional<Located> required(String key) {
    Optional<Located> node = node(key);
    if (node.isEmpty()) {
      problems.add(place, what + " needs '" + key + "'");
    }
    return node;
  }

  String text(String key) {
    return required(key).flatMap(n -> scalar(n, key)).orElse("");
  }

  Optional<String> optionalText(String key) {
    return node(key).flatMap(n -> scalar(n, key));
  }

  boolean flag(String key) {
    Optional<String> text = optionalText(key);
    if (text.isEmpty() || text.get().equals("false")) {
      return false;
    }
    if (!text.get().equals("true")) {
      problems.add(placeOf(key), "'" + key + "' is true or false, not '" + text.get() + "'");
    }
    return true;
  }

  Optional<Integer> number(String key, int least, int most) {
    return optionalText(key).flatMap(t -> number(key, t, least, most));
  }

  private Optional<Integer> number(String key, String text, int least, int most) {
    try {
      int n = Integer.parseInt(text);
      if (n >= least && n <= most) {
        return Optional.of(n);
      }
    } catch (NumberFormatException e) {
      // told below, with the place
    }
    problems.add(
        placeOf(key),
        "'" + key + "' is a number from " + least + " to " + most + ", not '" + text + "'");
    return Optional.empty();
  }

  /// One word of a closed list.
  <T> Optional<T> word(String key, Function<String, Optional<T>> of, Collection<String> words) {
    return node(key).flatMap(n -> word(n, key, of, words));
  }

  private <T> Optional<T> word(
      Located node, String key, Function<String, Optional<T>> of, Collection<String> words) {
    Optional<String> text = scalar(node, key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> value = of.apply(text.get());
    if (value.isEmpty()) {
      problems.add(
          node.place(),
          "unknown word '"
              + text.get()
              + "' for '"
              + key
              + "'"
              + Meant.hint(text.get(), words)
              + (words.size() <= 16 ? " (known: " + String.join(", ", words) + ")" : ""));
    }
    return value;
  }

  /// A list of words of a closed list; a single word is a list of one.
  <T> List<T> words(String key, Function<String, Optional<T>> of, Collection<String> words) {
    List<T> out = new ArrayList<>();
    for (Located item : items(key)) {
      word(item, key, of, words).ifPresent(out::add);
    }
    return out;
  }

  List<Located> items(String key) {
    return node(key)
        .map(n -> n instanceof Located.Items(_, var items) ? items : List.of(n))
        .orElse(List.of());
  }

  /// Texts with their places.
  Map<String, Located> texts(String key) {
    Map<String, Located> out = new LinkedHashMap<>();
    for (Located item : items(key)) {
      scalar(item, key).ifPresent(t -> out.put(t, item));
    }
    return out;
  }

  private Optional<String> scalar(Located node, String key) {
    if (node instanceof Located.Text t && !t.empty() && !t.text().isBlank()) {
      return Optional.of(t.text());
    }
    problems.add(node.place(), "'" + key + "' in " + what + " must be a text");
    return Optional.empty();
  }
}
