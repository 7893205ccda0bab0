package dev.refloat.adapter.catalog;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.model.Json;
import dev.refloat.rule.MoveKind;
import dev.refloat.signal.SignalKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Files that are made from the vocabulary and from the catalog, so that they cannot fall behind:
/// `docs/signals.md`, `docs/failures.md` and the JSON Schemas for editors.
final class CatalogDocuments {
  private static final Path VOCABULARY =
      Path.of("../core/src/main/java/dev/refloat/signal/SignalKind.java");
  private static final Path MOVES = Path.of("../core/src/main/java/dev/refloat/rule/MoveKind.java");
  private static final Pattern KIND =
      Pattern.compile("((?:^ *///[^\\n]*\\n)+) *([A-Z_]+)\\(\\s*\"([a-z-]+)\"", Pattern.MULTILINE);
  private static final String MADE =
      "<!-- Made by CatalogDocumentsTest. Do not edit: change the source, and run it with"
          + " -Drefloat.write=true -->\n";

  private CatalogDocuments() {}

  /// Every generated file with its content.
  static Map<Path, String> all(List<CatalogFolder> folders) throws IOException {
    Map<Path, String> files = new LinkedHashMap<>();
    files.put(Path.of("../docs/signals.md"), signals());
    files.put(Path.of("../docs/failures.md"), failures(folders));
    files.put(Path.of("../docs/steps.md"), moves());
    Path schema = Path.of("../catalog").resolve(CatalogFolder.SCHEMA);
    files.put(schema.resolve("rule.schema.json"), JsonText.pretty(rule()));
    files.put(schema.resolve("playbook.schema.json"), JsonText.pretty(playbook()));
    files.put(schema.resolve("case.schema.json"), JsonText.pretty(caseFile()));
    return files;
  }

  private static String signals() throws IOException {
    StringBuilder out = new StringBuilder("# Signals\n\n").append(MADE).append('\n');
    out.append(
        """
        What `when` in a `rule.yaml` can ask for. A signal is one fact about a release, read from one
        object. Attributes are text; flags are `true`, `false` or, when it could not be seen, `unknown`.
        An attribute that the cluster does not have is empty: test that with `exists`.
        `all` and `any` combine signals; the tests inside one signal all look at the same signal.

        """);
    Map<String, String> comments = comments();
    for (SignalKind kind : SignalKind.values()) {
      out.append("## ").append(kind.word()).append("\n\n");
      out.append(comments.get(kind.word())).append("\n\n");
      out.append("Attributes: ")
          .append(String.join(", ", kind.attributes().stream().map(a -> "`" + a + "`").toList()))
          .append(".\n\n");
    }
    return out.toString().stripTrailing() + "\n";
  }

  private static Map<String, String> comments() throws IOException {
    Map<String, String> comments = new LinkedHashMap<>();
    Matcher m = KIND.matcher(Files.readString(VOCABULARY));
    while (m.find()) {
      comments.put(
          m.group(3), m.group(1).replaceAll("(?m)^ */// ?", " ").replaceAll("\\s+", " ").strip());
    }
    return comments;
  }

  private static String moves() throws IOException {
    StringBuilder out = new StringBuilder("# Steps\n\n").append(MADE).append('\n');
    out.append(
        """
        What `steps` of a remedy in a `playbook.yaml` can say: what Refloat does by itself. The planner
        turns each into steps with guards, a backup and an undo, and asks for approvals; a playbook says
        only what is to be done. A remedy without `steps` is a person's work. A step is a verb alone, or
        a verb with arguments: `- delete: {kind: Job, name: '{event.name}'}`. Names may come from
        templates; a step whose object is not bound or was not read makes the remedy impossible, and
        another one is chosen. A plan always ends with a request to reconcile and the proof that the
        release is Ready.

        """);
    Matcher m = KIND.matcher(Files.readString(MOVES));
    Map<String, String> comments = new LinkedHashMap<>();
    while (m.find()) {
      comments.put(
          m.group(3), m.group(1).replaceAll("(?m)^ */// ?", " ").replaceAll("\\s+", " ").strip());
    }
    out.append("| step | needs | may have | what it does |\n| --- | --- | --- | --- |\n");
    for (MoveKind kind : MoveKind.values()) {
      out.append("| `")
          .append(kind.word())
          .append("` | ")
          .append(code(kind.required()))
          .append(" | ")
          .append(code(kind.optional()))
          .append(" | ")
          .append(comments.get(kind.word()))
          .append(" |\n");
    }
    return out.toString();
  }

  private static String code(List<String> words) {
    return String.join(", ", words.stream().map(w -> "`" + w + "`").toList());
  }

  private static String failures(List<CatalogFolder> folders) {
    StringBuilder out = new StringBuilder("# Failures that Refloat knows\n\n").append(MADE);
    out.append("\nThe ids are stable. `refloat explain ID` prints the page.\n\n");
    out.append("| id | what it is | ways in which it shows |\n| --- | --- | --- |\n");
    for (CatalogFolder f : folders) {
      List<String> variants = new ArrayList<>();
      f.rule().variants().stream()
          .filter(v -> !v.id().equals(RuleReader.PLAIN))
          .forEach(v -> variants.add(v.id()));
      out.append("| [")
          .append(f.rule().id())
          .append("](../catalog/")
          .append(f.rule().id())
          .append("/README.md) | ")
          .append(f.rule().title())
          .append(" | ")
          .append(String.join(", ", variants))
          .append(" |\n");
    }
    return out.toString();
  }

  // --- JSON Schema, draft 2020-12

  private static Json rule() {
    Json text = type("string");
    Map<String, Json> variant = new LinkedHashMap<>();
    variant.put("id", id());
    variant.put("when", ref("condition"));
    variant.put("summary", text);
    variant.put("confidence", words(RuleReader.CONFIDENCES));
    variant.put("depth", depth());
    Map<String, Json> root = new LinkedHashMap<>();
    RuleReader.ROOT_FIELDS.forEach(f -> root.put(f, text));
    Map<String, Json> fields = new LinkedHashMap<>();
    fields.put("id", id());
    fields.put("title", text);
    fields.put("stages", oneOrMore(words(RuleReader.STAGES)));
    fields.put("depth", depth());
    fields.put("refines", id());
    fields.put("symptom", type("boolean"));
    fields.put("confidence", words(RuleReader.CONFIDENCES));
    fields.put("when", ref("condition"));
    fields.put("summary", text);
    fields.put("variants", list(object(variant, List.of("id", "when", "summary"))));
    fields.put("root", object(root, List.of("api-version", "kind", "name")));
    check(fields.keySet(), RuleReader.RULE_FIELDS);
    check(variant.keySet(), RuleReader.VARIANT_FIELDS);
    return document(
        "rule.yaml of a failure class",
        object(fields, List.of("id", "title", "confidence", "when", "summary")));
  }

  /// A step is a verb alone, or one verb with its arguments.
  private static Json steps() {
    List<Json> forms = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    for (MoveKind kind : MoveKind.values()) {
      if (kind.required().isEmpty()) {
        alone.add(kind.word());
      }
      Map<String, Json> arguments = new LinkedHashMap<>();
      kind.required().forEach(a -> arguments.put(a, type("string")));
      kind.optional().forEach(a -> arguments.put(a, type("string")));
      forms.add(
          object(Map.of(kind.word(), object(arguments, kind.required())), List.of(kind.word())));
    }
    forms.addFirst(words(alone));
    return Json.builder().put("oneOf", new Json.Arr(forms)).build();
  }

  private static Json playbook() {
    Json text = type("string");
    Map<String, Json> remedy = new LinkedHashMap<>();
    remedy.put("id", id());
    remedy.put("title", text);
    remedy.put("risk", words(RuleReader.RISKS));
    remedy.put("because", text);
    remedy.put("variants", oneOrMore(id()));
    remedy.put("when", ref("condition"));
    remedy.put("commands", list(text));
    remedy.put("steps", list(steps()));
    check(remedy.keySet(), RuleReader.REMEDY_FIELDS);
    return document(
        "playbook.yaml of a failure class",
        object(
            Map.of("remedies", list(object(remedy, List.of("id", "title", "risk", "because")))),
            List.of("remedies")));
  }

  private static Json caseFile() {
    Json text = type("string");
    Json kubernetes = Json.builder().put("type", "object").build();
    Map<String, Json> expect = new LinkedHashMap<>();
    expect.put("cause", text);
    expect.put("variant", id());
    expect.put("confidence", words(RuleReader.CONFIDENCES));
    expect.put("root", text);
    expect.put("state", words(CaseReader.STATES));
    expect.put("symptoms", oneOrMore(text));
    expect.put("summary", text);
    expect.put("remedies", oneOrMore(id()));
    Map<String, Json> plan = new LinkedHashMap<>();
    plan.put("remedy", id());
    plan.put("how", words(CaseReader.HOW));
    plan.put("approvals", oneOrMore(text));
    check(plan.keySet(), CaseReader.PLAN_FIELDS);
    expect.put("plan", object(plan, List.of("how")));
    check(expect.keySet(), CaseReader.EXPECT_FIELDS);
    Map<String, Json> hook = new LinkedHashMap<>();
    hook.put("object", kubernetes);
    hook.put("events", oneOrMore(text));
    hook.put("phase", text);
    check(hook.keySet(), CaseReader.HOOK_FIELDS);
    Map<String, Json> record = new LinkedHashMap<>();
    for (String field : CaseReader.RECORD_FIELDS) {
      record.put(
          field,
          switch (field) {
            case "version" -> type("integer");
            case "values" -> kubernetes;
            case "manifest" -> list(kubernetes);
            case "hooks" -> list(object(hook, List.of("object")));
            default -> text;
          });
    }
    Map<String, Json> fields = new LinkedHashMap<>();
    fields.put("about", text);
    fields.put("snapshot", text);
    fields.put("objects", list(kubernetes));
    fields.put("logs", mapOf(text));
    fields.put("records", list(object(record, List.of("name", "namespace", "version", "status"))));
    fields.put("chart-versions", mapOf(list(text)));
    fields.put("image-tags", mapOf(list(text)));
    fields.put("taken-at", text);
    fields.put("release", text);
    fields.put("expect", object(expect, List.of("cause")));
    check(fields.keySet(), CaseReader.CASE_FIELDS);
    return document("a case of a failure class", object(fields, List.of("about", "expect")));
  }

  private static Json document(String title, Json body) {
    Json.Builder b = Json.builder();
    b.put("$schema", "https://json-schema.org/draft/2020-12/schema").put("title", title);
    ((Json.Obj) body).forEach(b::put);
    return b.put("$defs", definitions()).build();
  }

  private static Json definitions() {
    Json.Builder forms = Json.builder();
    Json.Builder kinds = Json.builder();
    kinds.put("all", list(ref("condition")));
    kinds.put("any", list(ref("condition")));
    kinds.put("not", ref("condition"));
    for (SignalKind kind : SignalKind.values()) {
      Map<String, Json> attributes = new LinkedHashMap<>();
      kind.attributes().forEach(a -> attributes.put(a, ref("test")));
      kinds.put(kind.word(), object(attributes, List.of()));
    }
    forms.put(
        "condition",
        Json.builder()
            .put("type", "object")
            .put("minProperties", 1)
            .put("maxProperties", 1)
            .put("additionalProperties", false)
            .put("properties", kinds.build())
            .build());
    Map<String, Json> matchers = new LinkedHashMap<>();
    matchers.put("matches", Json.builder().put("type", "string").put("format", "regex").build());
    matchers.put("not", ref("test"));
    matchers.put("exists", type("boolean"));
    matchers.put("at-least", type("integer"));
    check(matchers.keySet(), ConditionReader.MATCHERS);
    Json scalar =
        Json.builder().put("type", Json.from(List.of("string", "integer", "boolean"))).build();
    forms.put(
        "test",
        Json.builder()
            .put(
                "oneOf",
                new Json.Arr(
                    List.of(
                        scalar,
                        list(scalar),
                        Json.builder()
                            .put("type", "object")
                            .put("minProperties", 1)
                            .put("maxProperties", 1)
                            .put("additionalProperties", false)
                            .put("properties", properties(matchers))
                            .build())))
            .build());
    return forms.build();
  }

  private static Json object(Map<String, Json> fields, List<String> required) {
    Json.Builder b =
        Json.builder()
            .put("type", "object")
            .put("additionalProperties", false)
            .put("properties", properties(fields));
    if (!required.isEmpty()) {
      b.put("required", Json.from(required));
    }
    return b.build();
  }

  private static Json properties(Map<String, Json> fields) {
    Json.Builder b = Json.builder();
    fields.forEach(b::put);
    return b.build();
  }

  private static Json list(Json items) {
    return Json.builder().put("type", "array").put("items", items).build();
  }

  private static Json oneOrMore(Json item) {
    return Json.builder().put("anyOf", new Json.Arr(List.of(item, list(item)))).build();
  }

  private static Json mapOf(Json values) {
    return Json.builder().put("type", "object").put("additionalProperties", values).build();
  }

  private static Json words(List<String> words) {
    return Json.builder().put("enum", Json.from(words)).build();
  }

  private static Json id() {
    return Json.builder()
        .put("type", "string")
        .put("pattern", "^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
        .build();
  }

  private static Json depth() {
    return Json.builder().put("type", "integer").put("minimum", 0).put("maximum", 100).build();
  }

  private static Json type(String type) {
    return Json.builder().put("type", type).build();
  }

  private static Json ref(String definition) {
    return Json.builder().put("$ref", "#/$defs/" + definition).build();
  }

  /// The schema knows the same fields as the loader.
  private static void check(Collection<String> schema, List<String> loader) {
    if (!schema.containsAll(loader) || !loader.containsAll(schema)) {
      throw new AssertionError(
          "the schema has " + schema + ", the loader " + Arrays.toString(loader.toArray()));
    }
  }
}
