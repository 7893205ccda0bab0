package dev.refloat.adapter.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlTreesTest {

  private static Json one(String text) throws MalformedInput {
    return YamlTrees.read("x.yaml", text).getFirst();
  }

  private static List<YamlNode> strict(String text) throws IOException {
    return YamlTrees.nodes(
        "rule.yaml",
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
        Limits.DOCUMENT,
        YamlTrees.Duplicates.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3m",
        "2026-11-23",
        "2026-11-23T11:15:01Z",
        "1.2.3",
        "v1",
        "0x",
        "1h30m",
        "100m",
        "1Gi",
        "+",
        ".",
        "0b2",
        "tRue",
        "1:30",
        "nil",
        "none",
        "'1.0'",
        "\"true\"",
        "! 7",
        "!!str 7"
      })
  void keepsTextAsText(String written) throws Exception {
    assertThat(one("v: " + written).get("v")).isInstanceOf(Json.Str.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0",
    "0644, 420",
    "0o644, 420",
    "0x1F, 31",
    "0b101, 5",
    "-0x10, -16",
    "1_000, 1000",
    "+5, 5",
    "09, 9",
    ".5, 0.5",
    "1e3, 1e3",
    "12345678901234567890123, 12345678901234567890123",
    "!!int 7, 7"
  })
  void readsNumbersAsKubernetesDoes(String written, String meant) throws Exception {
    assertThat(one("v: " + written).get("v")).isEqualTo(new Json.Num(meant));
  }

  @Test
  void readsBooleansAndNullsAsKubernetesDoes() throws Exception {
    assertThat(one("[yes, On, TRUE, y]").list()).containsOnly(Json.Bool.TRUE);
    assertThat(one("[no, Off, FALSE, n]").list()).containsOnly(Json.Bool.FALSE);
    assertThat(one("[~, null, NULL]\n").list()).containsOnly(Json.Null.NULL);
    assertThat(one("a:\nb: 1").get("a")).isEqualTo(Json.Null.NULL);
  }

  @Test
  void keepsKeysAsWritten() throws Exception {
    assertThat(((Json.Obj) one("on: 1\n1.0: 2\n\"\": 3")).keys()).containsExactly("on", "1.0", "");
  }

  @Test
  void readsSeveralDocumentsAndPassesOverEmptyOnes() throws Exception {
    assertThat(YamlTrees.read("x", "---\n# only a comment\n---\na: 1\n---\n\n---\nb: 2\n...\n"))
        .hasSize(2);
    assertThat(YamlTrees.read("x", "")).isEmpty();
    assertThat(YamlTrees.read("x", "\ufeffa: 1")).hasSize(1);
  }

  @Test
  void expandsAliasesAndMerges() throws Exception {
    Json tree =
        one(
            """
            base: &b {cpu: 1, mem: 2}
            other: &o {mem: 3, disk: 4}
            one: {<<: *b, mem: 9}
            two: {<<: [*b, *o]}
            three: *b
            """);
    assertThat(tree.at("one", "cpu").text()).isEqualTo("1");
    assertThat(tree.at("one", "mem").text()).isEqualTo("9");
    assertThat(tree.at("two", "mem").text()).isEqualTo("2");
    assertThat(tree.at("two", "disk").text()).isEqualTo("4");
    assertThat(tree.get("three")).isEqualTo(tree.get("base"));
  }

  @Test
  void tellsWhereANodeWasWritten() throws Exception {
    YamlNode.Mapping root = (YamlNode.Mapping) strict("# first\na:\n  - x\n  - b: 1\n").getFirst();
    YamlNode.Sequence a = (YamlNode.Sequence) root.get("a").orElseThrow();
    assertThat(List.of(root.line(), root.column())).containsExactly(2, 1);
    assertThat(List.of(a.items().get(0).line(), a.items().get(0).column())).containsExactly(3, 5);
    YamlNode b = ((YamlNode.Mapping) a.items().get(1)).get("b").orElseThrow();
    assertThat(List.of(b.line(), b.column())).containsExactly(4, 8);
  }

  @Test
  void reportsADuplicateKeyWithBothLines() {
    MalformedInput e =
        catchThrowableOfType(MalformedInput.class, () -> strict("a: 1\nb:\n  c: 1\n  c: 2\n"));
    assertThat(e).hasMessage("rule.yaml:4:3: the key `c` is already there in line 3");
  }

  @Test
  void takesTheLastOfDuplicateKeysWhereKubernetesWould() throws Exception {
    assertThat(one("a: 1\na: 2")).isEqualTo(Json.builder().put("a", 2).build());
  }

  @Test
  void namesThePlaceOfAFaultWithoutQuotingTheContent() {
    MalformedInput e =
        catchThrowableOfType(
            MalformedInput.class, () -> YamlTrees.read("v.yaml", "a: 1\nb: \"hunter2secret\n"));
    assertThat(e.line()).isPositive();
    assertThat(e.getMessage()).startsWith("v.yaml:").doesNotContain("hunter2");
    assertThatThrownBy(() -> YamlTrees.read("v.yaml", "a: @hunter2secret"))
        .isInstanceOf(MalformedInput.class)
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: *nowhere",
        "&a [*a]",
        "a: b: c",
        "\tx: 1",
        "a: 'open",
        "{a: 1",
        "[",
        "? [a]\n: b",
        "a: \u0007",
        "<<: 7",
        "%YAML 9.9\n---\na",
        "a: \"\\xZZ\"",
        "a: \"\\ud8",
        "--- |\n %\n...\n%"
      })
  void refusesWhatIsNoYaml(String broken) {
    assertThatThrownBy(() -> one(broken)).isInstanceOf(MalformedInput.class);
  }

  @Test
  void refusesBillionLaughs() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++) {
      String ref = "*a" + (i - 1) + " ,";
      bomb.append("a%d: &a%d [".formatted(i, i)).append(ref.repeat(9)).append("*a" + (i - 1));
      bomb.append(" ]\n");
    }
    assertThatThrownBy(() -> one(bomb.toString()))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("aliases expanded: refused as too large");
  }

  @Test
  void refusesMergeBombs() {
    StringBuilder bomb = new StringBuilder("a0: &a0 {k: [x,x,x,x,x,x,x,x,x,x]}\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a%d: &a%d {".formatted(i, i));
      for (int j = 0; j < 10; j++) {
        bomb.append("k%d: *a%d , ".formatted(j, i - 1));
      }
      bomb.append("}\n");
    }
    assertThatThrownBy(() -> one(bomb.toString())).isInstanceOf(MalformedInput.class);
  }

  @Test
  void refusesDeepNesting() {
    assertThatThrownBy(() -> one("[".repeat(100_000)))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("nested deeper than 100 levels");
    StringBuilder deep = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      deep.repeat(' ', i).append("a:\n");
    }
    assertThatThrownBy(() -> one(deep.toString()))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("nested deeper");
  }

  @Test
  void refusesTooManyBytesAndInvalidUtf8() {
    assertThatThrownBy(
            () ->
                YamlTrees.read(
                    "x",
                    new ByteArrayInputStream("a: 12345678".getBytes(StandardCharsets.UTF_8)),
                    new Limits(5, 10, 10)))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("longer than 5 bytes");
    assertThatThrownBy(
            () ->
                YamlTrees.read(
                    "x",
                    new ByteArrayInputStream(new byte[] {'a', ':', '\n', ' ', (byte) 0xc3}),
                    Limits.DOCUMENT))
        .isInstanceOf(MalformedInput.class)
        .hasMessage("x:2:2: not valid UTF-8");
  }

  @Test
  void neverMakesGigabytesFromAnExponent() throws Exception {
    assertThat(one("v: +1e999999999").get("v").text().length()).isLessThan(30);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a",
        "a b",
        "a: b",
        "a #b",
        "#a",
        "- a",
        "-",
        "true",
        "yes",
        "y",
        "null",
        "~",
        "1",
        "1.0",
        "0644",
        "0x1F",
        "1e3",
        "1_000",
        "12:30",
        "2026-11-23",
        ".inf",
        ".nan",
        "=",
        "<<",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "'a'",
        "\"a\"",
        "a'b\"c",
        "a\\b",
        "{a",
        "[a",
        "a]",
        "a,b",
        ",a",
        "? a",
        "|",
        ">",
        "a:",
        ":a",
        "a\nb",
        "a\nb\n",
        "a\n\nb\n\n",
        "\na",
        " a\nb",
        "a \nb",
        "a\tb",
        "\u001b[31m",
        "\u009b",
        "ä😀",
        "a\u2028b",
        "\ufeffa",
        "line\r\n",
        "--- a",
        "...",
        "{{ .Values.x }}",
        "$(VAR)",
        "kubectl get hr -A",
        "http://a/b?c=d#e",
        "\n",
        "a\n ",
        "a\n\tb"
      })
  void writesEveryTextSoThatItReadsBackTheSame(String text) throws Exception {
    Json tree =
        Json.builder()
            .put("value", text)
            .put(text, "key")
            .put("list", new Json.Arr(List.of(new Json.Str(text), new Json.Str("x"))))
            .build();
    assertThat(one(YamlText.write(tree))).isEqualTo(tree);
  }

  @Test
  void writesBlockStyleAsKubectlDoes() {
    Json tree =
        Json.from(
            new java.util.TreeMap<>(
                java.util.Map.of(
                    "a",
                    List.of(java.util.Map.of("num", 1), List.of(1, List.of()), "x"),
                    "b",
                    java.util.Map.of("c", java.util.Map.of()),
                    "t",
                    "one\ntwo\n",
                    "v",
                    "1.0")));
    assertThat(YamlText.write(tree))
        .isEqualTo(
            """
            a:
            - num: 1
            - - 1
              - []
            - x
            b:
              c: {}
            t: |
              one
              two
            v: "1.0"
            """);
  }

  @Test
  void writesScalarsAloneAndEmptyTrees() throws Exception {
    assertThat(YamlText.write(Json.emptyObject())).isEqualTo("{}\n");
    assertThat(YamlText.write(new Json.Str("x"))).isEqualTo("x\n");
    assertThat(one(YamlText.write(new Json.Str("a\nb")))).isEqualTo(new Json.Str("a\nb"));
    assertThat(YamlText.write(Json.from(List.of(1, 2)))).isEqualTo("- 1\n- 2\n");
    assertThat(YamlText.write(new Json.Num("NaN"))).isEqualTo("\"NaN\"\n");
  }
}
