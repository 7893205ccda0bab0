package dev.refloat.lint.rule;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Compares an object with the schema of its kind, as the API server does when Flux applies it:
/// server-side apply refuses unknown fields, and items of a list that have the same keys.
final class Schema {
  private static final int DEPTH = 60;
  private static final int MOST_WORDS = 15;

  /// The expressions of our own schemas, of which there are few.
  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

  private final Terms terms;
  private final List<Problem> problems = new ArrayList<>();

  private Schema(Terms terms) {
    this.terms = terms;
  }

  /// What is known of a schema.
  ///
  /// @param trusted whether it is our own: expressions of others are not run
  /// @param whose who knows the fields, in messages: `Flux`
  /// @param parts what it refers to
  record Terms(boolean trusted, String whose, Map<String, Json> parts) {
    static final Terms FLUX = new Terms(true, "Flux", Map.of());
  }

  /// Something that the API server refuses.
  ///
  /// @param path of the field; of the object that lacks it when it is missing
  /// @param said what is wrong, after the name of the field
  /// @param nearest a field that was probably meant
  record Problem(What what, List<FieldEdit.Step> path, String said, Optional<String> nearest) {
    enum What {
      UNKNOWN_FIELD,
      MISSING_FIELD,
      WRONG_TYPE,
      WRONG_VALUE,
      /// Not one of the words that there are.
      UNKNOWN_WORD,
      /// An item of a list that has the same keys as one before it.
      TWICE
    }
  }

  /// What is wrong with an object of a CustomResourceDefinition. Its status is not looked at.
  static List<Problem> ofCustom(Json object, Json schema, Terms terms) {
    Schema s = new Schema(terms);
    if (object instanceof Json.Obj o && schema.get("properties") instanceof Json.Obj properties) {
      for (String key : o.keys()) {
        Json of = properties.get(key);
        if (key.equals("metadata")) {
          Json metadata = terms.parts().getOrDefault(Definitions.METADATA, Json.Missing.MISSING);
          s.value(o.get(key), metadata, Release.keys(key), DEPTH);
        } else if (of.exists() && !key.equals("status")) {
          s.value(o.get(key), of, Release.keys(key), DEPTH);
        } else if (!of.exists() && !List.of("apiVersion", "kind").contains(key)) {
          s.unknown(Release.keys(key), key, properties, o);
        }
      }
      for (Json required : schema.get("required").list()) {
        s.required(o, properties, required.text(), List.of());
      }
      if (!o.get("spec").exists() && properties.get("spec").get("required").list().size() > 0) {
        s.required(o, Json.emptyObject(), "spec", List.of());
      }
    }
    return s.problems.stream().distinct().toList();
  }

  /// What is wrong with an object of Kubernetes' own.
  static List<Problem> ofKubernetes(Json object, Json schema, Terms terms) {
    Schema s = new Schema(terms);
    s.value(object, schema, List.of(), DEPTH);
    return s.problems;
  }

  /// A schema, or what it refers to.
  private Json resolved(Json schema) {
    return schema.get("$ref") instanceof Json.Str(var name)
        ? terms.parts().getOrDefault(name, Json.Missing.MISSING)
        : schema;
  }

  private void value(Json value, Json known, List<FieldEdit.Step> path, int depth) {
    if (!value.exists() || depth == 0 || substituted(value)) {
      return;
    }
    Json schema = resolved(known);
    String wrong = wrongType(value, schema);
    if (!wrong.isEmpty()) {
      add(Problem.What.WRONG_TYPE, path, wrong, Optional.empty());
      return;
    }
    switch (value) {
      case Json.Obj o -> object(o, schema, path, depth);
      case Json.Arr(var items) -> {
        twice(items, schema, path);
        for (int i = 0; i < items.size(); i++) {
          List<FieldEdit.Step> below = new ArrayList<>(path);
          below.add(new FieldEdit.Index(i));
          value(items.get(i), schema.get("items"), below, depth - 1);
        }
      }
      case Json.Str(var text) -> text(text, schema, path);
      case Json.Num n -> number(n, schema, path);
      case Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  private void object(Json.Obj o, Json schema, List<FieldEdit.Step> path, int depth) {
    Json properties = schema.get("properties");
    Json additional = schema.get("additionalProperties");
    for (String key : o.keys()) {
      List<FieldEdit.Step> below = new ArrayList<>(path);
      below.add(new FieldEdit.Key(key));
      if (properties.get(key).exists()) {
        value(o.get(key), properties.get(key), below, depth - 1);
      } else if (additional instanceof Json.Obj) {
        value(o.get(key), additional, below, depth - 1);
      } else if (properties instanceof Json.Obj known
          && !additional.isTrue()
          && !key.startsWith("$")
          && !schema.get("x-kubernetes-preserve-unknown-fields").isTrue()) {
        unknown(below, key, known, o);
      }
    }
    for (Json required : schema.get("required").list()) {
      required(o, properties, required.text(), path);
    }
  }

  private void required(Json.Obj o, Json properties, String name, List<FieldEdit.Step> path) {
    if (!o.get(name).exists() && !properties.get(name).get("default").exists()) {
      add(Problem.What.MISSING_FIELD, path, "has no " + name, Optional.empty());
    }
  }

  /// Items of a list with keys; those that leave a key out, and no default fills it in, are not
  /// compared.
  private void twice(List<Json> items, Json schema, List<FieldEdit.Step> path) {
    List<String> keys =
        schema.get("x-kubernetes-list-map-keys").list().stream().map(Json::text).toList();
    if (keys.isEmpty()) {
      return;
    }
    Json properties = resolved(schema.get("items")).get("properties");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      List<String> words = new ArrayList<>();
      for (String key : keys) {
        items
            .get(i)
            .get(key)
            .scalar()
            .or(() -> properties.get(key).get("default").scalar())
            .ifPresent(text -> words.add(key + " " + text));
      }
      String name = String.join(" and ", words);
      if (words.size() == keys.size() && !name.contains("${") && !seen.add(name)) {
        List<FieldEdit.Step> below = new ArrayList<>(path);
        below.add(new FieldEdit.Index(i));
        add(
            Problem.What.TWICE,
            below,
            "has " + name + ", as an item before it has",
            Optional.empty());
      }
    }
  }

  private void unknown(List<FieldEdit.Step> path, String key, Json.Obj known, Json.Obj beside) {
    List<String> free = known.keys().stream().filter(k -> !beside.get(k).exists()).toList();
    add(
        Problem.What.UNKNOWN_FIELD,
        path,
        "is no field that " + terms.whose() + " knows",
        Nearest.of(key, free, 1).stream().findFirst());
  }

  /// Helm writes large numbers as `1e+06`.
  private static boolean integral(String digits) {
    double value = Double.parseDouble(digits);
    return value == Math.rint(value) && !Double.isInfinite(value);
  }

  private static String wrongType(Json value, Json schema) {
    if (schema.get("x-kubernetes-int-or-string").isTrue()) {
      return value instanceof Json.Str || value instanceof Json.Num
          ? ""
          : "must be a number or a text";
    }
    String type = schema.get("type").text();
    boolean right =
        switch (type) {
          case "object" -> value instanceof Json.Obj;
          case "array" -> value instanceof Json.Arr;
          case "string" -> value instanceof Json.Str;
          case "boolean" -> value instanceof Json.Bool;
          case "integer" -> value instanceof Json.Num(var digits) && integral(digits);
          case "number" -> value instanceof Json.Num;
          default -> true;
        };
    if (right) {
      return "";
    }
    String must =
        switch (type) {
          case "object" -> "must be a mapping";
          case "array" -> "must be a list";
          case "string" -> "must be a text";
          case "boolean" -> "must be true or false";
          default -> "must be a number";
        };
    return must
        + switch (value) {
          case Json.Obj _ -> ", not a mapping";
          case Json.Arr _ -> ", not a list";
          case Json.Str _ -> ", not a text";
          case Json.Num _ -> ", not a number: put it in quotes";
          case Json.Bool _ -> ", not true or false: put it in quotes";
          case Json.Null _, Json.Missing _ -> "";
        };
  }

  private void text(String text, Json schema, List<FieldEdit.Step> path) {
    List<String> words = schema.get("enum").list().stream().map(Json::text).toList();
    if (!words.isEmpty() && !words.contains(text)) {
      add(
          Problem.What.UNKNOWN_WORD,
          path,
          "is " + quoted(text) + " but must be one of " + listed(words),
          Nearest.of(text, words, 1).stream().findFirst());
    }
    String pattern = schema.get("pattern").text();
    if (terms.trusted()
        && !pattern.isEmpty()
        && !PATTERNS.computeIfAbsent(pattern, Pattern::compile).matcher(text).find()) {
      add(
          Problem.What.WRONG_VALUE,
          path,
          "is " + quoted(text) + ", which is not of the form " + form(pattern),
          Optional.empty());
    }
    long most = schema.get("maxLength").integer(Long.MAX_VALUE);
    if (text.codePointCount(0, text.length()) > most) {
      add(Problem.What.WRONG_VALUE, path, "is longer than " + most, Optional.empty());
    }
    if (text.isEmpty() && schema.get("minLength").integer(0) > 0) {
      add(Problem.What.WRONG_VALUE, path, "is empty", Optional.empty());
    }
  }

  private static String listed(List<String> words) {
    List<String> named = words.stream().filter(w -> !w.isEmpty()).toList();
    return named.size() <= MOST_WORDS
        ? String.join(", ", named)
        : String.join(", ", named.subList(0, MOST_WORDS)) + " and others";
  }

  private static String form(String pattern) {
    return pattern.contains("ms|s|m|h") ? "1h30m, 5m or 20s" : pattern;
  }

  private static String quoted(String text) {
    return "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "'";
  }

  private void number(Json.Num n, Json schema, List<FieldEdit.Step> path) {
    double value = Double.parseDouble(n.digits());
    Json least = schema.get("minimum");
    Json most = schema.get("maximum");
    if (least instanceof Json.Num(var l) && value < Double.parseDouble(l)) {
      add(Problem.What.WRONG_VALUE, path, "is less than " + l, Optional.empty());
    }
    if (most instanceof Json.Num(var m) && value > Double.parseDouble(m)) {
      add(Problem.What.WRONG_VALUE, path, "is more than " + m, Optional.empty());
    }
  }

  /// `postBuild` of a Kustomization that was not followed fills it in.
  private static boolean substituted(Json value) {
    return value instanceof Json.Str(var text) && text.contains("${");
  }

  private void add(
      Problem.What what, List<FieldEdit.Step> path, String said, Optional<String> nearest) {
    problems.add(new Problem(what, path, said, nearest));
  }
}
