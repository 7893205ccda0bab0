package dev.refloat.adapter.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class HelmStorageTest {
  private static final Path RECORDINGS = Path.of("src/test/resources/recordings");

  private static List<Resource> records(String recording) throws IOException {
    List<Resource> found = new ArrayList<>();
    try (InputStream in = Files.newInputStream(RECORDINGS.resolve(recording + "/objects.json"))) {
      for (Json item : JsonTrees.read(recording, in, Limits.CLUSTER).get("items").list()) {
        if (item.get("type").text().equals(HelmStorage.SECRET_TYPE)) {
          found.add(Resource.of(item));
        }
      }
    }
    return found;
  }

  private static Resource secret(byte[] payload) {
    Base64.Encoder encoder = Base64.getEncoder();
    return secret(encoder.encodeToString(encoder.encode(payload)));
  }

  private static Resource secret(String release) {
    return Resource.of(
        Json.builder()
            .put("apiVersion", "v1")
            .put("kind", "Secret")
            .put(
                "metadata",
                Json.builder()
                    .put("namespace", "ai")
                    .put("name", "sh.helm.release.v1.app.v3")
                    .build())
            .put("data", Json.builder().put("release", release).build())
            .build());
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void decodesARealRecord() throws Exception {
    HelmRecord record = HelmStorage.decode(records("hook-job-fails").getFirst());
    assertThat(record.release()).isEqualTo("app");
    assertThat(record.namespace()).isEqualTo("hook-job-fails");
    assertThat(record.version()).isEqualTo(1);
    assertThat(record.status()).isEqualTo("failed");
    assertThat(record.description()).contains("failed");
    assertThat(record.chartName()).isNotEmpty();
    assertThat(record.chartVersion()).isNotEmpty();
    assertThat(record.lastDeployed()).isPresent();
    assertThat(record.hooks()).isNotEmpty();
    assertThat(record.hooks().getFirst().object().kind()).isEqualTo("Job");
    assertThat(record.hooks().getFirst().events()).isNotEmpty();
    assertThat(record.hooks().getFirst().phase()).isEqualTo("Failed");
    assertThat(record.manifest()).isNotEmpty();
    assertThat(record.manifest()).allMatch(o -> o.namespace().equals("hook-job-fails"));
  }

  @Test
  void decodesEveryRecordedRecordAndEncodesItAgain() throws Exception {
    int seen = 0;
    try (var folders = Files.newDirectoryStream(RECORDINGS, Files::isDirectory)) {
      for (Path folder : folders) {
        for (Resource secret : records(folder.getFileName().toString())) {
          HelmRecord record = HelmStorage.decode(secret);
          Resource again = HelmStorage.encode(record, secret.at("metadata"));
          assertThat(HelmStorage.decode(again)).isEqualTo(record);
          assertThat(again.labels()).isEqualTo(secret.labels());
          seen++;
        }
      }
    }
    assertThat(seen).isGreaterThan(30);
  }

  @Test
  void decodesAncientRecordsWithoutGzip() throws Exception {
    HelmRecord record =
        HelmStorage.decode(secret(utf8("{\"name\":\"app\",\"info\":{\"status\":\"deployed\"}}")));
    assertThat(record.status()).isEqualTo("deployed");
    assertThat(record.namespace()).isEqualTo("ai");
    assertThat(record.values()).isEqualTo(Json.emptyObject());
  }

  @Test
  void namesTheNamespaceOfTheReleaseForObjectsThatDoNotSayTheirs() throws Exception {
    HelmRecord record =
        HelmStorage.decode(
            secret(
                utf8(
                    "{\"name\":\"app\",\"namespace\":\"other\",\"manifest\":\"kind: Service\\nmetadata:\\n"
                        + "  name: a\\n---\\nkind: ClusterRole\\nmetadata: {name: b}\\n---\\n"
                        + "kind: Service\\nmetadata: {name: c, namespace: own}\"}")));
    assertThat(record.manifest())
        .extracting(o -> o.ref().display())
        .containsExactly("Service other/a", "ClusterRole b", "Service own/c");
  }

  @Test
  void keepsTheRecordWhenItsManifestIsBroken() throws Exception {
    HelmRecord record =
        HelmStorage.decode(
            secret(utf8("{\"name\":\"app\",\"manifest\":\"kind: A\\n---\\na: b: c\"}")));
    assertThat(record.manifest()).extracting(Resource::kind).containsExactly("A");
  }

  @Test
  void refusesWhatDoesNotDecodeWithAReasonThatQuotesNothing() throws Exception {
    byte[] cut = gzip(utf8("{\"name\":\"hunter2\",\"config\":{\"a\":\"hunter2\"}}"));
    List<Resource> broken =
        List.of(
            secret(""),
            secret("%%hunter2%%"),
            secret(utf8("hunter2")),
            secret(utf8("[\"hunter2\"]")),
            secret(utf8("{\"name\":\"\"}")),
            secret(java.util.Arrays.copyOf(cut, cut.length - 12)),
            secret(new byte[] {0x1f, (byte) 0x8b, 8, 1, 2}));
    for (Resource secret : broken) {
      assertThatThrownBy(() -> HelmStorage.decode(secret))
          .isInstanceOf(MalformedInput.class)
          .hasMessageStartingWith("Helm storage Secret ai/sh.helm.release.v1.app.v3:")
          .message()
          .doesNotContain("hunter2");
    }
  }

  @Test
  void refusesBombs() throws Exception {
    byte[] zeros = gzip(utf8("{\"name\":\"" + " ".repeat(100_000_000)));
    assertThat(zeros.length).isLessThan(200_000);
    assertThatThrownBy(() -> HelmStorage.decode(secret(zeros))).isInstanceOf(MalformedInput.class);
    byte[] spaces = gzip(utf8(" ".repeat(100_000_000)));
    assertThatThrownBy(() -> HelmStorage.decode(secret(spaces)))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("refused as too large");
  }
}
