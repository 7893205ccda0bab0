package dev.refloat.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class JsonAndYamlTextTest {

  private static String yaml(Json.Obj tree) {
    StringBuilder out = new StringBuilder();
    new YamlText(out, Edge.unmasked(), false).document(tree);
    return out.toString();
  }

  private static String json(Json tree) {
    StringBuilder out = new StringBuilder();
    new JsonText(out, Edge.unmasked(), false).document(tree);
    return out.toString();
  }

  private static Object read(String text) {
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "two words",
        "yes",
        "No",
        "null",
        "~",
        "",
        " ",
        "1.10",
        "0x1f",
        "1e3",
        "- item",
        "a: b",
        "a #b",
        "#",
        "'quoted'",
        "\"double\"",
        "back\\slash",
        "tab\tand\nbreak",
        "ends with space ",
        "{x}",
        "[x]",
        "*alias",
        "&anchor",
        "!tag",
        "%percent",
        "@at",
        "`tick",
        "größe 数据 🚀",
        "\u001b[31mred\u0007\u202e",
        "2026-11-23T12:00:00Z",
        "a - b",
        "=",
        "|",
        ">"
      })
  void anyStringReadsBackAsItself(String text) {
    Json.Obj tree = Json.builder().put("k", text).put(text, "v").build();
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("k", text);
    expected.put(text, "v");
    assertThat(read(yaml(tree))).isEqualTo(expected);
    assertThat(read(json(tree))).isEqualTo(expected);
    assertThat(yaml(tree) + json(tree)).doesNotContain("\u001b", "\u0007", "\u202e");
  }

  @Test
  void treesReadBackAsThemselves() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("empty", Map.of());
    tree.put("none", List.of());
    tree.put(
        "list", Arrays.asList(1, true, null, "x", List.of("nested", List.of(2)), Map.of("a", 1)));
    tree.put("deep", Map.of("er", Map.of("est", List.of(Map.of("k", "v")))));
    Json.Obj json = (Json.Obj) Json.from(tree);
    assertThat(read(yaml(json))).isEqualTo(tree);
    assertThat(read(json(json))).isEqualTo(tree);
  }

  @Test
  void streamsTheItemsOfAList() {
    Json.Obj head = Json.builder().put("kind", "List").build();
    List<Json.Obj> items =
        List.of(Json.builder().put("a", 1).build(), Json.builder().put("a", 2).build());
    for (List<Json.Obj> some : List.of(items, List.<Json.Obj>of())) {
      StringBuilder json = new StringBuilder();
      new JsonText(json, Edge.unmasked(), false).document(head, "items", some.iterator());
      StringBuilder yaml = new StringBuilder();
      new YamlText(yaml, Edge.unmasked(), false).document(head, "items", some.iterator());
      Map<String, Object> expected = new LinkedHashMap<>();
      expected.put("kind", "List");
      expected.put("items", some.isEmpty() ? List.of() : List.of(Map.of("a", 1), Map.of("a", 2)));
      assertThat(read(json.toString())).isEqualTo(expected);
      assertThat(read(yaml.toString())).isEqualTo(expected);
    }
  }

  @Test
  void escapesEverythingForATerminalThatKnowsAsciiOnly() {
    StringBuilder out = new StringBuilder();
    Json.Obj tree = Json.builder().put("k", "größe 🚀").build();
    new JsonText(out, Edge.unmasked(), true).document(tree);
    new YamlText(out, Edge.unmasked(), true).document(tree);
    assertThat(out.chars()).allMatch(c -> c < 128);
  }
}
