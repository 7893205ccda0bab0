package dev.refloat.adapter.registry;

import static dev.refloat.adapter.registry.FakeServer.bytes;
import static dev.refloat.adapter.registry.FakeServer.guarded;
import static dev.refloat.adapter.registry.FakeServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.registry.ChartDownloads.Archive;
import dev.refloat.adapter.registry.ChartDownloads.Reason;
import dev.refloat.adapter.registry.ChartDownloads.Refused;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartDownloadsTest {
  private static final byte[] CHART = "a packed chart".getBytes(StandardCharsets.UTF_8);
  private static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString("me:hunter2".getBytes(StandardCharsets.UTF_8));

  private final FakeServer server;
  private LocalLogins logins = LocalLogins.NONE;
  private final Map<ObjectRef, Resource> objects = new HashMap<>();

  @TempDir Path temp;

  ChartDownloadsTest() throws IOException {
    server = new FakeServer();
  }

  @BeforeEach
  void index() {
    index("webapp-1.1.0.tgz", "");
    server.on("/charts/webapp-1.1.0.tgz", bytes(200, CHART));
  }

  private void index(String url, String digest) {
    server.on(
        "/charts/index.yaml",
        text(
            200,
            """
            apiVersion: v1
            entries:
              webapp:
              - urls: ["%s"]
                version: 1.1.0
                digest: "%s"
              - version: 1.0.0
                urls: [webapp-1.0.0.tgz]
              api:
              - version: 2.0.0
            """
                .formatted(url, digest)));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private ChartDownloads.Pulled pull(
      String kind, Map<String, Object> spec, String chart, String range) {
    Resource source =
        Resource.of(
            Json.from(
                Map.of(
                    "apiVersion",
                    "source.toolkit.fluxcd.io/v1",
                    "kind",
                    kind,
                    "metadata",
                    Map.of("name", "charts", "namespace", "shop"),
                    "spec",
                    spec)));
    try (ChartDownloads downloads =
        new ChartDownloads(
            ProxySelector.of(null), logins, Duration.ofSeconds(10), Duration.ofSeconds(3))) {
      return downloads.pull(
          source,
          chart,
          range,
          ref -> {
            Resource found = objects.get(ref);
            return found == null
                ? new Observation.Unreadable<>("encrypted")
                : new Observation.Seen<>(found);
          });
    }
  }

  private ChartDownloads.Pulled pull(String chart, String range) {
    return pull(
        "HelmRepository", Map.of("url", "http://" + server.host() + "/charts"), chart, range);
  }

  private static Refused refused(ChartDownloads.Pulled pulled) {
    assertThat(pulled).isInstanceOf(Refused.class);
    return (Refused) pulled;
  }

  @Test
  void takesTheNewestVersionOfARange() {
    ChartDownloads.Pulled pulled = pull("webapp", "1.x");
    assertThat(pulled).isInstanceOf(Archive.class);
    assertThat(((Archive) pulled).version()).isEqualTo("1.1.0");
    assertThat(((Archive) pulled).content()).isEqualTo(CHART);
  }

  @Test
  void tellsWhatThereIsInstead() {
    Refused chart = refused(pull("webap", "1.x"));
    assertThat(chart.reason()).isEqualTo(Reason.NO_CHART);
    assertThat(chart.offered()).containsExactly("api", "webapp");
    Refused version = refused(pull("webapp", "9.9.9"));
    assertThat(version.reason()).isEqualTo(Reason.NO_VERSION);
    assertThat(version.offered()).containsExactly("1.1.0", "1.0.0");
  }

  @Test
  void refusesAnArchiveWithAnotherDigestThanTheIndexSays() {
    index("webapp-1.1.0.tgz", "0".repeat(64));
    assertThat(refused(pull("webapp", "1.1.0")).why()).contains("another digest");
    index("webapp-1.1.0.tgz", Digests.sha256(CHART));
    assertThat(pull("webapp", "1.1.0")).isInstanceOf(Archive.class);
  }

  @Test
  void givesTheLoginToTheRepositoryAndToNobodyElse() throws IOException {
    try (FakeServer elsewhere = new FakeServer()) {
      elsewhere.on("/webapp.tgz", bytes(200, CHART));
      index("http://" + elsewhere.host() + "/webapp.tgz", "");
      secret();
      Map<String, Object> spec =
          Map.of(
              "url", "http://" + server.host() + "/charts", "secretRef", Map.of("name", "login"));
      assertThat(pull("HelmRepository", spec, "webapp", "1.1.0")).isInstanceOf(Archive.class);
      assertThat(server.asked()).allMatch(a -> a.authorization().equals(BASIC));
      assertThat(elsewhere.asked()).allMatch(a -> a.authorization().isEmpty());
    }
  }

  private void secret() {
    ObjectRef ref = new ObjectRef("v1", "Secret", "shop", "login");
    objects.put(
        ref,
        new Resource(
            ref,
            Json.from(Map.of("data", Map.of("username", "bWU=", "password", "aHVudGVyMg==")))));
  }

  @Test
  void takesTheLoginsThatHelmKeeps() throws IOException {
    Path config = temp.resolve("repositories.yaml");
    Files.writeString(
        config,
        "repositories:\n- {name: c, url: \"http://%s/charts/\", username: me, password: hunter2}\n"
            .formatted(server.host()));
    logins = LocalLogins.of(Map.of("HELM_REPOSITORY_CONFIG", config.toString()), temp);
    assertThat(pull("webapp", "1.1.0")).isInstanceOf(Archive.class);
    assertThat(server.asked().getFirst().authorization()).isEqualTo(BASIC);
  }

  @Test
  void tellsWhoRefuses() {
    server.on("/charts/index.yaml", text(401, ""));
    assertThat(refused(pull("webapp", "1.x")).reason()).isEqualTo(Reason.NO_LOGIN);
    secret();
    Map<String, Object> spec =
        Map.of("url", "http://" + server.host() + "/charts", "secretRef", Map.of("name", "login"));
    Refused login = refused(pull("HelmRepository", spec, "webapp", "1.x"));
    assertThat(login.reason()).isEqualTo(Reason.LOGIN_REFUSED);
    assertThat(login.why()).doesNotContain("hunter2");
    server.on("/charts/index.yaml", text(404, ""));
    assertThat(refused(pull("webapp", "1.x")).reason()).isEqualTo(Reason.NO_REPOSITORY);
    server.on("/charts/index.yaml", text(503, ""));
    assertThat(refused(pull("webapp", "1.x")).reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(
            refused(pull("HelmRepository", Map.of("url", "http://127.0.0.1:1/"), "webapp", "1.x"))
                .reason())
        .isEqualTo(Reason.UNREACHABLE);
    objects.clear();
    assertThat(refused(pull("HelmRepository", spec, "webapp", "1.x")).reason())
        .isEqualTo(Reason.NOT_ASKED);
  }

  @Test
  void pullsFromARegistryWithAToken() {
    String digest = "sha256:" + Digests.sha256(CHART);
    server.on("/token", text(200, "{\"token\": \"abc\"}"));
    String challenge =
        "Bearer realm=\"http://" + server.host() + "/token\",service=\"r\",scope=\"x\"";
    server.on(
        "/v2/team/webapp/tags/list",
        guarded(
            "Bearer abc",
            challenge,
            text(200, "{\"tags\": [\"1.1.0\", \"1.2.0_b1\", \"latest\"]}")));
    server.on(
        "/v2/team/webapp/manifests/1.1.0",
        guarded(
            "Bearer abc",
            challenge,
            text(
                200,
                "{\"layers\": [{\"mediaType\": \"application/vnd.cncf.helm.chart.provenance.v1.prov\","
                    + " \"digest\": \"sha256:"
                    + "0".repeat(64)
                    + "\", \"size\": 1}, {\"mediaType\":"
                    + " \"application/vnd.cncf.helm.chart.content.v1.tar+gzip\", \"digest\": \""
                    + digest
                    + "\", \"size\": 14}]}")));
    server.on(
        "/v2/team/webapp/blobs/" + digest, guarded("Bearer abc", challenge, bytes(200, CHART)));
    Map<String, Object> repository =
        Map.of("url", "oci://" + server.host() + "/team", "type", "oci", "insecure", true);
    ChartDownloads.Pulled pulled = pull("HelmRepository", repository, "webapp", "~1.1.0");
    assertThat(pulled).isInstanceOf(Archive.class);
    assertThat(((Archive) pulled).content()).isEqualTo(CHART);
    Map<String, Object> artifact =
        Map.of(
            "url",
            "oci://" + server.host() + "/team/webapp",
            "insecure",
            true,
            "ref",
            Map.of("tag", "1.1.0"));
    assertThat(pull("OCIRepository", artifact, "", "")).isInstanceOf(Archive.class);
    Refused gone =
        refused(
            pull(
                "OCIRepository",
                Map.of(
                    "url",
                    "oci://" + server.host() + "/team/webapp",
                    "insecure",
                    true,
                    "ref",
                    Map.of("tag", "9.9.9")),
                "",
                ""));
    assertThat(gone.reason()).isEqualTo(Reason.NO_VERSION);
    assertThat(gone.offered()).contains("1.1.0");
  }

  @Test
  void refusesALayerThatIsNotWhatItsDigestSays() {
    String digest = "sha256:" + Digests.sha256(new byte[] {1});
    server.on(
        "/v2/webapp/manifests/1.0.0",
        text(
            200,
            "{\"layers\": [{\"mediaType\": \"x\", \"digest\": \"" + digest + "\", \"size\": 1}]}"));
    server.on("/v2/webapp/blobs/" + digest, bytes(200, CHART));
    Map<String, Object> artifact =
        Map.of(
            "url",
            "oci://" + server.host() + "/webapp",
            "insecure",
            true,
            "ref",
            Map.of("tag", "1.0.0"));
    assertThat(refused(pull("OCIRepository", artifact, "", "")).why()).contains("another digest");
  }
}
