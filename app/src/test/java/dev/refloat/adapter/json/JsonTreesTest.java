package dev.refloat.adapter.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class JsonTreesTest {
  private static Pruning keepAll(String kind) {
    return Pruning.NOTHING;
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<Json> items(String text, Function<String, Pruning> pruning)
      throws IOException {
    List<Json> items = new ArrayList<>();
    JsonTrees.readList("x", bytes(text), Limits.DOCUMENT, pruning, (i, _) -> items.add(i));
    return items;
  }

  @Test
  void keepsNumbersAsTheyWereWritten() throws Exception {
    Json tree = JsonTrees.read("x", "{\"a\":1.0,\"b\":12345678901234567890,\"c\":1e3,\"d\":-0}");
    assertThat(tree.get("a")).isEqualTo(new Json.Num("1.0"));
    assertThat(tree.get("b").text()).isEqualTo("12345678901234567890");
    assertThat(tree.get("c").text()).isEqualTo("1e3");
    assertThat(tree.get("d").text()).isEqualTo("-0");
  }

  @Test
  void readsEveryKindOfValue() throws Exception {
    Json tree =
        JsonTrees.read(
            "x",
            "{\"t\":true,\"f\":false,\"n\":null,\"s\":\"\\u00e4\\n\",\"a\":[1,[],{}],\"o\":{\"k\":\"v\"}}");
    assertThat(tree.get("t")).isEqualTo(Json.Bool.TRUE);
    assertThat(tree.get("f")).isEqualTo(Json.Bool.FALSE);
    assertThat(tree.get("n")).isEqualTo(Json.Null.NULL);
    assertThat(tree.get("s").text()).isEqualTo("ä\n");
    assertThat(tree.get("a").list())
        .containsExactly(Json.Num.of(1), Json.emptyArray(), Json.emptyObject());
    assertThat(tree.at("o", "k").text()).isEqualTo("v");
  }

  @Test
  void sharesRepeatedScalars() throws Exception {
    Json tree = JsonTrees.read("x", "[\"Running\",\"Running\",7,7,\"7\"]");
    assertThat(tree.list().get(0)).isSameAs(tree.list().get(1));
    assertThat(tree.list().get(2)).isSameAs(tree.list().get(3));
    assertThat(tree.list().get(4)).isEqualTo(new Json.Str("7"));
  }

  @Test
  void sharesKeys() throws Exception {
    Json tree = JsonTrees.read("x", "[{\"someKey\":1},{\"someKey\":2}]");
    assertThat(((Json.Obj) tree.list().get(0)).keys().get(0))
        .isSameAs(((Json.Obj) tree.list().get(1)).keys().get(0));
  }

  @Test
  void namesThePlaceOfAFault() {
    MalformedInput e =
        catchThrowableOfType(
            MalformedInput.class, () -> JsonTrees.read("objects.json", "{\n \"a\": 1,\n \"b\" 2}"));
    assertThat(e.line()).isEqualTo(3);
    assertThat(e.column()).isEqualTo(6);
    assertThat(e).hasMessageStartingWith("objects.json:3:6: not valid JSON: ");
  }

  @Test
  void neverQuotesTheContentInAnError() {
    assertThatThrownBy(() -> JsonTrees.read("x", "{\"password\": hunter2secret}"))
        .isInstanceOf(MalformedInput.class)
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void refusesWhatIsCutOff() {
    for (String cut : List.of("", "{", "{\"a\"", "{\"a\":", "[1,", "{\"a\":[{}", "\"abc", "tru")) {
      assertThatThrownBy(() -> JsonTrees.read("x", cut)).isInstanceOf(MalformedInput.class);
    }
  }

  @Test
  void refusesASecondDocument() {
    assertThatThrownBy(() -> JsonTrees.read("x", "{} {}"))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("more follows");
  }

  @Test
  void refusesDeepNesting() {
    String deep = "[".repeat(200_000);
    assertThatThrownBy(() -> JsonTrees.read("x", deep))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("nested deeper than 100 levels");
    String deepObjects = "{\"a\":".repeat(200_000);
    assertThatThrownBy(() -> JsonTrees.read("x", deepObjects))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("nested deeper than 100 levels");
  }

  @Test
  void refusesDeepNestingInWhatItSkips() {
    String deep = "{\"kind\":\"Pod\",\"cut\":" + "[".repeat(200_000);
    assertThatThrownBy(() -> items(deep, _ -> Pruning.NOTHING.without("cut")))
        .isInstanceOf(MalformedInput.class);
  }

  @Test
  void refusesTooManyValues() {
    Limits small = new Limits(1_000_000, 100, 1000);
    assertThatThrownBy(() -> JsonTrees.read("x", bytes("[" + "1,".repeat(1000) + "1]"), small))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("more than 1000 values");
  }

  @Test
  void refusesTooManyBytes() {
    Limits small = new Limits(1000, 100, 1_000_000);
    assertThatThrownBy(() -> JsonTrees.read("x", bytes("[" + " ".repeat(1000) + "1]"), small))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("longer than 1000 bytes");
  }

  @Test
  void refusesInvalidUtf8() {
    byte[] broken = "{\"a\":\"x\"}".getBytes(StandardCharsets.ISO_8859_1);
    broken[6] = (byte) 0xff;
    assertThatThrownBy(() -> JsonTrees.read("x", new ByteArrayInputStream(broken), Limits.DOCUMENT))
        .isInstanceOf(MalformedInput.class);
  }

  @Test
  void refusesWhatOnlyBeginsLikeUtf32() {
    byte[] broken = {0, 0, 0, '{', '{', 9, ' ', '"', 'a', 'b', 'c', 'd', '"', ':', '1', '}'};
    assertThatThrownBy(() -> JsonTrees.read("x", new ByteArrayInputStream(broken), Limits.DOCUMENT))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("not valid text");
  }

  @Test
  void passesOnAReadErrorAsItIs() {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThatThrownBy(() -> JsonTrees.read("x", failing, Limits.DOCUMENT))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(MalformedInput.class)
        .hasMessage("connection reset");
  }

  @Test
  void handsOutTheItemsOfAListAndItsFrame() throws Exception {
    List<String> seen = new ArrayList<>();
    JsonTrees.ListHead head =
        JsonTrees.readList(
            "x",
            bytes(
                "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"42\","
                    + "\"continue\":\"abc\",\"remainingItemCount\":7},\"items\":[{\"metadata\":{\"name\":\"a\"}},"
                    + "{\"metadata\":{\"name\":\"b\"}}]}"),
            Limits.DOCUMENT,
            JsonTreesTest::keepAll,
            (item, now) -> seen.add(now.itemKind() + " " + item.at("metadata", "name").text()));
    assertThat(seen).containsExactly("Pod a", "Pod b");
    assertThat(head.resourceVersion()).isEqualTo("42");
    assertThat(head.continueToken()).isEqualTo("abc");
    assertThat(head.remaining()).hasValue(7);
    assertThat(head.items()).isEqualTo(2);
  }

  @Test
  void readsKubectlsOrderWithTheKindAfterTheItems() throws Exception {
    assertThat(
            items(
                "{\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"Pod\"}],\"kind\":\"List\"}",
                JsonTreesTest::keepAll))
        .hasSize(1);
  }

  @Test
  void readsASingleObjectAnArrayAndAStreamOfObjects() throws Exception {
    assertThat(items("{\"kind\":\"Pod\",\"spec\":{}}", JsonTreesTest::keepAll)).hasSize(1);
    assertThat(items("[{\"kind\":\"Pod\"},{\"kind\":\"Node\"}]", JsonTreesTest::keepAll))
        .hasSize(2);
    assertThat(items("{\"kind\":\"Pod\"}\n{\"kind\":\"Node\"}\n", JsonTreesTest::keepAll))
        .hasSize(2);
    assertThat(items("{\"kind\":\"List\",\"items\":[]}", JsonTreesTest::keepAll)).isEmpty();
  }

  @Test
  void refusesItemsThatAreNoObjects() {
    assertThatThrownBy(() -> items("{\"items\":[{},7]}", JsonTreesTest::keepAll))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("item 2 of the list is not an object");
    assertThatThrownBy(() -> items("7", JsonTreesTest::keepAll)).isInstanceOf(MalformedInput.class);
  }

  @Test
  void skipsByPathAndKindWhereverTheKindStands() throws Exception {
    Function<String, Pruning> podsOnly =
        kind ->
            kind.equals("Pod")
                ? Pruning.NOTHING
                    .without("metadata", "managedFields")
                    .without("spec", "containers", "env")
                : Pruning.NOTHING;
    String body =
        "\"metadata\":{\"name\":\"a\",\"managedFields\":[{\"manager\":\"x\"}]},"
            + "\"spec\":{\"containers\":[{\"name\":\"c\",\"env\":[1]},{\"name\":\"d\",\"env\":[]}]}";
    List<Json> early = items("{\"items\":[{\"kind\":\"Pod\"," + body + "}]}", podsOnly);
    List<Json> late = items("{\"items\":[{" + body + ",\"kind\":\"Pod\"}]}", podsOnly);
    List<Json> implied = items("{\"kind\":\"PodList\",\"items\":[{" + body + "}]}", podsOnly);
    List<Json> single = items("{" + body + ",\"kind\":\"Pod\"}", podsOnly);
    for (List<Json> read : List.of(early, late, implied, single)) {
      Json pod = read.getFirst();
      assertThat(pod.at("metadata", "name").text()).isEqualTo("a");
      assertThat(pod.at("metadata", "managedFields").exists()).isFalse();
      assertThat(pod.at("spec", "containers").list()).hasSize(2);
      assertThat(pod.at("spec", "containers").list().get(0).get("env").exists()).isFalse();
    }
    assertThat(
            items("{\"items\":[{\"kind\":\"Node\"," + body + "}]}", podsOnly)
                .getFirst()
                .at("metadata", "managedFields")
                .exists())
        .isTrue();
  }

  @Test
  void writesWhatItReads() throws Exception {
    Path recording = Path.of("src/test/resources/recordings/crash-loop/objects.json");
    Json tree;
    try (InputStream in = Files.newInputStream(recording)) {
      tree = JsonTrees.read("crash-loop", in, Limits.CLUSTER);
    }
    assertThat(JsonTrees.read("again", JsonText.compact(tree))).isEqualTo(tree);
    assertThat(JsonTrees.read("again", JsonText.pretty(tree))).isEqualTo(tree);
    assertThat(JsonText.pretty(tree)).startsWith("{\n  \"apiVersion\": \"v1\",\n");
  }

  @Test
  void escapesWhatDrivesTerminalsAndWhatHasNoUtf8Form() throws Exception {
    Json tree = new Json.Str("a\u001b[31m\u009b\ud800\"\\\u2028😀");
    String text = JsonText.compact(tree);
    assertThat(text).isEqualTo("\"a\\u001b[31m\\u009b\\ud800\\\"\\\\\\u2028😀\"");
    assertThat(JsonTrees.read("x", text)).isEqualTo(tree);
  }

  @Test
  void writesNumbersThatJsonDoesNotKnowAsText() {
    assertThat(JsonText.compact(new Json.Num(".5"))).isEqualTo("\".5\"");
    assertThat(JsonText.compact(new Json.Num("NaN"))).isEqualTo("\"NaN\"");
  }

  @Test
  void leavesOutFieldsThatAreMissing() {
    assertThat(JsonText.compact(Json.builder().put("a", Json.Missing.MISSING).put("b", 1).build()))
        .isEqualTo("{\"b\":1}");
  }
}
