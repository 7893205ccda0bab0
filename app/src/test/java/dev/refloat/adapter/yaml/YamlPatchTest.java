package dev.refloat.adapter.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlPatchTest {
  private static final String RELEASE =
      """
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata:
        name: podinfo   # the demo
        namespace: apps
      spec:
        interval: 5m
        # the chart
        chart:
          spec:
            chart: podinfo
            version: "6.4.x" # pinned by hand
        values:
          hosts:
            - a.example.com  # first
            - b.example.com
          note: |
            one
            two

          # end of values
          empty: {}
          flow: {a: 1, b: [x, y]}
      """;

  @Test
  void keepsQuotesAndCommentsWhenAScalarChanges() throws Exception {
    assertThat(patch(RELEASE, set("6.5.0", "spec", "chart", "spec", "version")))
        .isEqualTo(RELEASE.replace("\"6.4.x\"", "\"6.5.0\""));
    assertThat(patch(RELEASE, set("redis", "metadata", "name")))
        .isEqualTo(RELEASE.replace("podinfo   #", "redis   #"));
  }

  @Test
  void quotesWhatWouldBeReadAsSomethingElse() throws Exception {
    assertThat(patch(RELEASE, set("1.10", "spec", "interval"))).contains("interval: \"1.10\"\n");
    assertThat(patch(RELEASE, set("yes", "spec", "interval"))).contains("interval: \"yes\"\n");
    assertThat(patch("a: \"7\"\n", FieldEdit.set(new Json.Num("8"), "a"))).isEqualTo("a: 8\n");
    assertThat(patch("a: 'x'\n", set("it's", "a"))).isEqualTo("a: 'it''s'\n");
  }

  @Test
  void putsAScalarBesideItsLike() throws Exception {
    assertThat(patch(RELEASE, set("10m", "spec", "timeout")))
        .isEqualTo(RELEASE.replace("interval: 5m\n", "interval: 5m\n  timeout: 10m\n"));
  }

  @Test
  void createsParentsInTheStyleOfTheFile() throws Exception {
    assertThat(
            patch(
                "a:\n    b:\n    - x\n    - y\n",
                FieldEdit.set(Json.from(List.of(Map.of("name", 1))), "a", "c", "d")))
        .isEqualTo("a:\n    b:\n    - x\n    - y\n    c:\n        d:\n        - name: 1\n");
  }

  @Test
  void insertsBehindTheLastLineOfAMappingAndItsComment() throws Exception {
    assertThat(patch("a:\n  b:\n    c: 1 # x\n# tail\nd: 2\n", set("v", "a", "e", "f")))
        .isEqualTo("a:\n  b:\n    c: 1 # x\n  e:\n    f: v\n# tail\nd: 2\n");
  }

  @Test
  void fillsAnEmptyValueAndAnEmptyMapping() throws Exception {
    assertThat(patch("a: # later\nb: 1\n", set("x", "a"))).isEqualTo("a: x # later\nb: 1\n");
    assertThat(patch("a: # later\nb: 1\n", set("x", "a", "c")))
        .isEqualTo("a: # later\n  c: x\nb: 1\n");
    assertThat(patch("a: {} # later\n", set("x", "a", "c"))).isEqualTo("a: # later\n  c: x\n");
  }

  @Test
  void replacesAppendsAndRemovesItems() throws Exception {
    assertThat(patch(RELEASE, item(new Json.Str("c"), 0, "spec", "values", "hosts")))
        .isEqualTo(RELEASE.replace("a.example.com", "c"));
    assertThat(patch(RELEASE, item(new Json.Str("c"), 2, "spec", "values", "hosts")))
        .isEqualTo(RELEASE.replace("b.example.com\n", "b.example.com\n      - c\n"));
    assertThat(patch(RELEASE, item(Json.Missing.MISSING, 0, "spec", "values", "hosts")))
        .isEqualTo(RELEASE.replace("      - a.example.com  # first\n", ""));
    assertThat(patch("a:\n- x: 1\n  y: 2\n- x: 3\n", item(Json.Missing.MISSING, 1, "a")))
        .isEqualTo("a:\n- x: 1\n  y: 2\n");
    assertThat(patch("a:\n- x: 1\n", item(Json.Missing.MISSING, 0, "a"))).isEqualTo("a: []\n");
  }

  @Test
  void removesAFieldWithItsLinesAndKeepsCommentsAround() throws Exception {
    assertThat(patch(RELEASE, FieldEdit.remove("spec", "chart")))
        .isEqualTo(
            RELEASE.replace(
                """
                chart:
                  spec:
                    chart: podinfo
                    version: "6.4.x" # pinned by hand
                """
                    .indent(2),
                ""));
    assertThat(patch("a:\n  - x: 1\n    y: 2\n", remove(0, "x", "a"))).isEqualTo("a:\n  - y: 2\n");
    assertThat(patch("a:\n  b: 1\nc: 2\n", FieldEdit.remove("a", "b"))).isEqualTo("a: {}\nc: 2\n");
  }

  @Test
  void changesOneLineOfABlockScalar() throws Exception {
    assertThat(patch(RELEASE, set("one\nthree\n", "spec", "values", "note")))
        .isEqualTo(RELEASE.replace("      two\n", "      three\n"));
    assertThat(patch(RELEASE, set("short", "spec", "values", "note")))
        .isEqualTo(RELEASE.replace("|\n      one\n      two\n", "short\n"));
    assertThat(patch("a: x # why\nb: 1\n", set("l1\nl2\n", "a")))
        .isEqualTo("a: | # why\n  l1\n  l2\nb: 1\n");
  }

  @Test
  void editsFlowStyleInPlace() throws Exception {
    assertThat(patch(RELEASE, set("q,r", "spec", "values", "flow", "c")))
        .isEqualTo(RELEASE.replace("[x, y]}", "[x, y], c: \"q,r\"}"));
    assertThat(patch(RELEASE, FieldEdit.remove("spec", "values", "flow", "a")))
        .isEqualTo(RELEASE.replace("{a: 1, b", "{b"));
    assertThat(patch(RELEASE, item(new Json.Str("z"), 2, "spec", "values", "flow", "b")))
        .isEqualTo(RELEASE.replace("[x, y]", "[x, y, z]"));
  }

  @Test
  void editsJson() throws Exception {
    String json = "{\n  \"spec\": {\n    \"interval\": \"5m\"\n  },\n  \"x\": []\n}\n";
    assertThat(patch(json, set("10m", "spec", "timeout")))
        .isEqualTo(json.replace("\"5m\"\n", "\"5m\",\n    \"timeout\": \"10m\"\n"));
    assertThat(patch(json, item(new Json.Str("a"), 0, "x")))
        .isEqualTo(json.replace("[]", "[\"a\"]"));
  }

  @Test
  void keepsCarriageReturnsByteOrderMarksAndTheMissingFinalNewline() throws Exception {
    String windows = "\ufeff" + RELEASE.replace("\n", "\r\n");
    String timeout = "  timeout: 10m\r\n";
    assertThat(patch(windows, set("10m", "spec", "timeout")))
        .isEqualTo(windows.replace("interval: 5m\r\n", "interval: 5m\r\n" + timeout));
    assertThat(patch("a: 1\nb:\n  c: 2", set("x", "b", "d"))).isEqualTo("a: 1\nb:\n  c: 2\n  d: x");
    assertThat(patch("a: 1\nb: 2", FieldEdit.remove("b"))).isEqualTo("a: 1");
    assertThat(patch("a: 1", set("x\ny\n", "b"))).isEqualTo("a: 1\nb: |\n  x\n  y\n");
  }

  @Test
  void countsCharactersOutsideTheBasicPlaneOnce() throws Exception {
    assertThat(patch("\"😀\": 🎉 # 🎈\nb: 1\n", set("x", "b")))
        .isEqualTo("\"😀\": 🎉 # 🎈\nb: x\n");
  }

  @Test
  void editsTheChosenDocumentOnly() throws Exception {
    String many = "# head\n---\n---\na: 1\n---\na: 1 # two\n...\n---\na: 1\n";
    assertThat(YamlPatch.apply("f.yaml", many, 1, List.of(set("x", "a"))))
        .isEqualTo(many.replace("1 # two", "x # two"));
    assertThatThrownBy(() -> YamlPatch.apply("f.yaml", many, 3, List.of(set("x", "a"))))
        .hasMessage("f.yaml: has 3 documents, number 4 is asked for");
  }

  @Test
  void doesNothingTwice() throws Exception {
    FieldEdit edit = FieldEdit.set(Json.from(Map.of("retries", 3)), "spec", "install");
    String once = patch(RELEASE, edit);
    assertThat(once).isNotEqualTo(RELEASE);
    assertThat(patch(once, edit)).isEqualTo(once);
  }

  @Test
  void refusesAnchorsAliasesMergeKeysAndTagsInTheWay() {
    refuses("a: &x\n  b: 1\nc: *x\n", set("v", "a", "b"), "f.yaml:1:4: a.b lies under an anchor");
    refuses("a: &x\n  b: 1\nc: *x\n", set("v", "c", "b"), "f.yaml:3:4: c.b is an alias here");
    refuses(
        "a: &x\n  b: 1\nc:\n  <<: *x\n",
        set("v", "c", "b"),
        "f.yaml:4:3: c.b may come from the merge key `<<` here");
    refuses("a: !!str 1\n", set("v", "a"), "f.yaml:1:4: a lies under a tag");
  }

  @Test
  void editsBesideAnchors() throws Exception {
    assertThat(patch("a: &x\n  b: 1\nc: *x\nd: 1\n", set("v", "d")))
        .isEqualTo("a: &x\n  b: 1\nc: *x\nd: v\n");
    assertThat(patch("a: &x\n  b: 1\nc:\n  <<: *x\n  d: 1\n", set("v", "c", "d")))
        .isEqualTo("a: &x\n  b: 1\nc:\n  <<: *x\n  d: v\n");
  }

  @Test
  void refusesWhatItCannotRead() {
    refuses("a: 1\na: 2\n", set("v", "a"), "f.yaml:2:1: the key `a` is already there in line 1");
    refuses("a:\n\tb: 1\n", set("v", "a", "b"), "f.yaml:2:1:");
    refuses("a: {{ .Values.x }}\n", set("v", "a"), "it looks like a template");
    refuses("a: 1\rb: 2\n", set("v", "a"), "a carriage return without line feed");
  }

  @Test
  void refusesToGoThroughAScalar() {
    refuses("a: 1\n", set("v", "a", "b"), "f.yaml: a is no object");
  }

  private static void refuses(String text, FieldEdit edit, String message) {
    assertThatThrownBy(() -> patch(text, edit))
        .isInstanceOf(UneditableYaml.class)
        .hasMessageContaining(message);
  }

  private static String patch(String text, FieldEdit edit) throws Exception {
    return YamlPatch.apply("f.yaml", text, 0, List.of(edit));
  }

  private static FieldEdit set(String value, String... path) {
    return FieldEdit.set(new Json.Str(value), path);
  }

  private static FieldEdit item(Json value, int at, String... path) {
    List<FieldEdit.Step> steps = new java.util.ArrayList<>(FieldEdit.remove(path).path());
    steps.add(new FieldEdit.Index(at));
    return new FieldEdit(steps, value);
  }

  private static FieldEdit remove(int at, String key, String... path) {
    List<FieldEdit.Step> steps =
        new java.util.ArrayList<>(item(Json.Missing.MISSING, at, path).path());
    steps.add(new FieldEdit.Key(key));
    return new FieldEdit(steps, Json.Missing.MISSING);
  }
}
