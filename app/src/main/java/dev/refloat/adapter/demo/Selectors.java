package dev.refloat.adapter.demo;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// `labelSelector` and `fieldSelector` of lists and watches.
final class Selectors {

  private Selectors() {}

  static Predicate<Json.Obj> of(Map<String, String> query) {
    Predicate<Json.Obj> all = _ -> true;
    for (String term : terms(query.getOrDefault("labelSelector", ""))) {
      all = all.and(label(term));
    }
    for (String term : terms(query.getOrDefault("fieldSelector", ""))) {
      all = all.and(field(term));
    }
    return all;
  }

  /// Commas between parentheses do not separate.
  private static List<String> terms(String selector) {
    List<String> terms = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= selector.length(); i++) {
      char c = i < selector.length() ? selector.charAt(i) : ',';
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        String term = selector.substring(start, i).strip();
        if (!term.isEmpty()) {
          terms.add(term);
        }
        start = i + 1;
      }
    }
    return terms;
  }

  private static Predicate<Json.Obj> label(String term) {
    int set = term.indexOf(" in (") < 0 ? term.indexOf(" notin (") : term.indexOf(" in (");
    if (set > 0 && term.endsWith(")")) {
      List<String> values =
          Arrays.stream(term.substring(term.indexOf('(') + 1, term.length() - 1).split(",", -1))
              .map(String::strip)
              .toList();
      boolean wanted = term.startsWith(" in", set);
      String key = term.substring(0, set).strip();
      return o -> values.contains(labelOf(o, key).text()) == wanted;
    }
    if (term.startsWith("!")) {
      return o -> !labelOf(o, term.substring(1)).exists();
    }
    int differs = term.indexOf("!=");
    if (differs > 0) {
      return o ->
          !labelOf(o, term.substring(0, differs)).text().equals(term.substring(differs + 2));
    }
    int equals = term.indexOf('=');
    if (equals > 0) {
      String value = term.substring(equals + 1).replaceFirst("^=", "");
      return o -> {
        Json has = labelOf(o, term.substring(0, equals));
        return has.exists() && has.text().equals(value);
      };
    }
    return o -> labelOf(o, term).exists();
  }

  private static Json labelOf(Json.Obj o, String key) {
    return o.at("metadata", "labels", key.strip());
  }

  private static Predicate<Json.Obj> field(String term) {
    int differs = term.indexOf("!=");
    int at = differs > 0 ? differs : term.indexOf('=');
    if (at < 0) {
      return _ -> true;
    }
    String[] path = term.substring(0, at).split("\\.", -1);
    String value = term.substring(at + (differs > 0 ? 2 : 1)).replaceFirst("^=", "");
    return o -> o.at(path).text().equals(value) == (differs < 0);
  }
}
