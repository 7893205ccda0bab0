package dev.refloat.adapter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.lint.Triage;
import dev.refloat.lint.rule.Definitions;
import dev.refloat.lint.rule.Rules;
import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// `docs/refloat.schema.json` is the JSON Schema of `.refloat.yaml`, for editors. It is written
/// anew
/// with `-Drefloat.write=true`.
class SettingsSchemaTest {
  private static final Path SCHEMA = Path.of("../docs/refloat.schema.json");

  private static final Json TEXT = Json.from(Map.of("type", "string"));

  private static List<String> rules() {
    List<String> ids =
        new ArrayList<>(
            Rules.all(Definitions.none(), Definitions::none).stream()
                .map(c -> c.info().id())
                .toList());
    ids.add(Triage.SUPPRESSION.id());
    return ids.stream().sorted().toList();
  }

  private static Json.Obj schema() {
    Json.Obj level =
        Json.builder()
            .put("description", "How a rule counts.")
            // `off` without quotes is false to YAML 1.1
            .put("enum", Json.from(List.of("off", "info", "warning", "error", false)))
            .build();
    Json.Builder rules = Json.builder();
    for (String id : rules()) {
      rules.put(id, Json.builder().put("$ref", "#/definitions/level").build());
    }
    Json.Obj paths =
        Json.builder()
            .put("description", "Patterns of paths: *, ? and **; a folder takes all below it.")
            .put("oneOf", new Json.Arr(List.of(TEXT, array(TEXT))))
            .build();
    Json.Obj definitions =
        Json.builder()
            .put("level", level)
            .put("paths", paths)
            .put("rules", object(rules.build()))
            .build();
    Json.Obj override =
        object(Json.builder().put("paths", ref("paths")).put("rules", ref("rules")).build())
            .with("required", Json.from(List.of("paths")));
    Json.Obj environment =
        object(
                Json.builder()
                    .put("name", TEXT)
                    .put("clusters", ref("paths"))
                    .put("contexts", ref("paths"))
                    .build())
            .with("required", Json.from(List.of("name")));
    Json.Obj source =
        object(
                Json.builder()
                    .put(
                        "kind",
                        Json.from(
                            Map.of("enum", List.of("GitRepository", "Bucket", "ExternalArtifact"))))
                    .put("namespace", TEXT)
                    .put("name", TEXT)
                    .put("path", TEXT)
                    .build())
            .with("required", Json.from(List.of("name", "path")));
    Json.Obj fields =
        Json.builder()
            .put("apiVersion", Json.from(Map.of("const", "refloat.dev/v1")))
            .put("kind", Json.from(Map.of("const", "LintConfig")))
            .put("failOn", Json.from(Map.of("enum", List.of("never", "info", "warning", "error"))))
            .put("rules", ref("rules"))
            .put("overrides", array(override))
            .put("exclude", ref("paths"))
            .put("environments", array(environment))
            .put("sources", array(source))
            .build();
    Json.Builder schema =
        Json.builder()
            .put("$schema", "http://json-schema.org/draft-07/schema#")
            .put("title", ".refloat.yaml: settings of refloat lint");
    object(fields).forEach(schema::put);
    return schema
        .put("required", Json.from(List.of("apiVersion", "kind")))
        .put("definitions", definitions)
        .build();
  }

  private static Json ref(String name) {
    return Json.from(Map.of("$ref", "#/definitions/" + name));
  }

  private static Json.Obj object(Json.Obj fields) {
    return Json.builder()
        .put("type", "object")
        .put("additionalProperties", false)
        .put("properties", fields)
        .build();
  }

  private static Json array(Json items) {
    return Json.builder().put("type", "array").put("items", items).build();
  }

  @Test
  void isWrittenFromTheRules() throws IOException {
    String text = JsonText.pretty(schema()) + "\n";
    if (Boolean.getBoolean("refloat.write")) {
      Files.writeString(SCHEMA, text);
    }
    assertThat(SCHEMA).hasContent(text);
  }

  /// A file with every field of the schema is one that the reader takes, and no other field is.
  @Test
  void knowsTheFieldsThatTheReaderKnows() {
    StringBuilder text = new StringBuilder();
    Json fields = schema().get("properties");
    ((Json.Obj) fields)
        .forEach(
            (name, field) ->
                text.append(name)
                    .append(": ")
                    .append(
                        switch (name) {
                          case "rules" -> "{timeout-below-learnt: off}";
                          case "overrides" -> "[{paths: [a], rules: {}}]";
                          case "environments" -> "[{name: dev, clusters: [a], contexts: [b]}]";
                          case "sources" -> "[{kind: Bucket, namespace: a, name: b, path: ../c}]";
                          case "failOn" -> "never";
                          case "exclude" -> "[a]";
                          default -> field.get("const").text();
                        })
                    .append('\n'));
    assertThat(
            new SettingsFile(rules())
                .read("all", text.toString().getBytes(StandardCharsets.UTF_8))
                .environments())
        .hasSize(1);
  }
}
