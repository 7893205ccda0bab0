package dev.refloat.adapter.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.model.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The cluster of the demonstration reacts as the real Flux did in the recorded transitions.
class PlayedClusterTest {
  private static final String RELEASES = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/";
  private static final String DEPLOYMENT = "/apis/apps/v1/namespaces/docs/deployments/wiki";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private PlayedCluster cluster;

  @BeforeEach
  void starts() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/demo/objects.json")) {
      assertThat(in).isNotNull();
      Files.copy(in, folder.resolve("objects.json"));
    }
    cluster = PlayedCluster.start(folder);
  }

  @AfterEach
  void stops() {
    cluster.close();
    http.shutdownNow();
  }

  private HttpResponse<String> send(String method, String path, String type, String body)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(cluster.url() + path))
            .header("Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private Json get(String path) throws Exception {
    return JsonTrees.read(path, send("GET", path, "application/json", "").body());
  }

  private Json merge(String path, String patch) throws Exception {
    HttpResponse<String> answer = send("PATCH", path, "application/merge-patch+json", patch);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonTrees.read(path, answer.body());
  }

  private Json ask(String path, String token, String... more) throws Exception {
    StringBuilder all = new StringBuilder("\"reconcile.fluxcd.io/requestedAt\":\"" + token + "\"");
    for (String m : more) {
      all.append(",\"reconcile.fluxcd.io/").append(m).append("\":\"").append(token).append('"');
    }
    return merge(path, "{\"metadata\":{\"annotations\":{" + all + "}}}");
  }

  private Json await(String path, Predicate<Json> holds) throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (true) {
      Json now = get(path);
      if (holds.test(now)) {
        return now;
      }
      assertThat(Instant.now()).as("still %s", now.get("status")).isBefore(end);
      Thread.sleep(50);
    }
  }

  private static String condition(Json o, String type) {
    return o.at("status", "conditions").list().stream()
        .filter(c -> c.get("type").text().equals(type))
        .map(c -> c.get("status").text() + " " + c.get("reason").text())
        .findFirst()
        .orElse("");
  }

  private static Predicate<Json> handled(String token) {
    return o -> o.at("status", "lastHandledReconcileAt").text().equals(token);
  }

  @Test
  void aRequestAloneDoesNothingToAStalledRelease() throws Exception {
    ask(RELEASES + "docs/helmreleases/wiki", "t1");
    Json after = await(RELEASES + "docs/helmreleases/wiki", handled("t1"));
    assertThat(condition(after, "Stalled")).isEqualTo("True RetriesExceeded");
    assertThat(after.at("status", "upgradeFailures").integer(0)).isEqualTo(1);
    assertThat(after.at("status", "history").list().getFirst().get("version").integer(0))
        .isEqualTo(3);
  }

  @Test
  void aResetStartsOneAttemptThatFailsWhileTheCauseIsThere() throws Exception {
    ask(RELEASES + "docs/helmreleases/wiki", "t1", "resetAt");
    Json after = await(RELEASES + "docs/helmreleases/wiki", handled("t1"));
    assertThat(after.at("status", "lastHandledResetAt").text()).isEqualTo("t1");
    assertThat(condition(after, "Stalled")).isEqualTo("True RetriesExceeded");
    assertThat(after.at("status", "history").list().getFirst().get("version").integer(0))
        .isEqualTo(4);
  }

  @Test
  void anApplyOfNothingGivesUpWhatOnlyThatManagerOwned() throws Exception {
    assertThat(get(DEPLOYMENT).at("spec", "template", "metadata", "annotations", "sim").exists())
        .isTrue();
    HttpResponse<String> applied =
        send(
            "PATCH",
            DEPLOYMENT + "?fieldManager=helm&force=false",
            "application/apply-patch+yaml",
            "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"wiki\"}}");
    assertThat(applied.statusCode()).isEqualTo(200);
    Json after = get(DEPLOYMENT);
    assertThat(after.at("spec", "template", "metadata", "annotations", "sim").exists()).isFalse();
    assertThat(after.at("spec", "template", "spec", "containers").list()).hasSize(1);
    assertThat(after.at("metadata", "managedFields").list())
        .noneMatch(m -> m.get("manager").text().equals("helm"));

    ask(RELEASES + "docs/helmreleases/wiki", "t1", "resetAt");
    Json healed = await(RELEASES + "docs/helmreleases/wiki", handled("t1"));
    assertThat(condition(healed, "Ready")).isEqualTo("True UpgradeSucceeded");
    assertThat(condition(healed, "Stalled")).isEmpty();
  }

  @Test
  void aSuspendedReleaseSwallowsRequestsAndResumingStartsIt() throws Exception {
    String billing = RELEASES + "legacy/helmreleases/billing";
    ask(billing, "t1", "resetAt", "forceAt");
    Thread.sleep(1_500);
    assertThat(get(billing).at("status", "lastHandledReconcileAt").exists()).isFalse();
    merge(billing, "{\"spec\":{\"suspend\":false}}");
    Json after = await(billing, o -> condition(o, "Ready").startsWith("True"));
    assertThat(after.at("status", "history").list()).hasSize(1);
  }

  @Test
  void aCorrectedRootHealsWhatWaitsForIt() throws Exception {
    merge(
        RELEASES + "shop/helmreleases/db",
        "{\"spec\":{\"values\":{\"image\":{\"repository\":\"ghcr.io/example/webapp\",\"tag\":\"1.0.0\"}}}}");
    Json storefront =
        await(
            RELEASES + "shop/helmreleases/storefront",
            o -> condition(o, "Ready").startsWith("True"));
    assertThat(condition(storefront, "Ready")).isEqualTo("True InstallSucceeded");
    assertThat(get("/apis/apps/v1/namespaces/shop/deployments").get("items").list()).hasSize(3);
  }

  @Test
  void aDeletionNamesTheObjectThatIsMeant() throws Exception {
    HttpResponse<String> other =
        send(
            "DELETE",
            DEPLOYMENT,
            "application/json",
            "{\"kind\":\"DeleteOptions\",\"preconditions\":{\"uid\":\"another\"}}");
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(get(DEPLOYMENT).get("kind").text()).isEqualTo("Deployment");
  }

  @Test
  void aStaleVersionIsAConflictAndADryRunChangesNothing() throws Exception {
    HttpResponse<String> stale =
        send(
            "PATCH",
            DEPLOYMENT,
            "application/merge-patch+json",
            "{\"metadata\":{\"resourceVersion\":\"1\"},\"spec\":{\"replicas\":3}}");
    assertThat(stale.statusCode()).isEqualTo(409);
    assertThat(stale.body()).contains("\"reason\":\"Conflict\"");
    Json before = get(DEPLOYMENT);
    send(
        "PATCH",
        DEPLOYMENT + "?dryRun=All",
        "application/merge-patch+json",
        "{\"spec\":{\"replicas\":3}}");
    assertThat(get(DEPLOYMENT)).isEqualTo(before);
  }

  @Test
  void aWatchTellsWhatHappens() throws Exception {
    String version = get(RELEASES + "docs/helmreleases").at("metadata", "resourceVersion").text();
    HttpResponse<Stream<String>> watch =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(
                        cluster.url()
                            + RELEASES
                            + "docs/helmreleases?watch=true&timeoutSeconds=4&resourceVersion="
                            + version))
                .build(),
            HttpResponse.BodyHandlers.ofLines());
    merge(RELEASES + "docs/helmreleases/wiki", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
    List<String> lines = watch.body().limit(1).toList();
    assertThat(lines.getFirst()).startsWith("{\"type\":\"MODIFIED\"").contains("\"a\":\"b\"");
  }

  @Test
  void nobodyFromABrowserIsAnswered() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(cluster.url() + "/version"))
                .header("Origin", "https://evil.example")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(403);
  }
}
