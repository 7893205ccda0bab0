package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.testbed.FaultProxy.Fault;
import dev.refloat.wiring.Program;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `diagnose --watch` and `get --watch` while a release changes, and while its watch breaks.
@RequiresTestBed
final class WatchE2E {
  private static final String RELEASE =
      "/apis/helm.toolkit.fluxcd.io/v2/namespaces/watched/helmreleases/app";
  private static final Duration SOON = Duration.ofSeconds(12);

  /// Less than the time after which everything is read again without a watch.
  private static final Duration FASTER_THAN_LOOKING_AGAIN = Duration.ofSeconds(8);

  private static TestCluster cluster;

  private FaultProxy proxy;
  private Refloat refloat;

  @BeforeAll
  static void start() throws Exception {
    cluster = BrokenCluster.get();
    cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: watched}}");
  }

  @BeforeEach
  void begin() {
    proxy = FaultProxy.before(cluster);
    refloat = Refloat.as(cluster, cluster.admin().at(proxy.uri()));
    createTheRelease();
  }

  private static void createTheRelease() {
    cluster.apply(
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: app, namespace: watched}
        spec:
          interval: 10m
          chart: {spec: {chart: app, sourceRef: {kind: HelmRepository, name: charts}}}
        """);
    status("False", "InstallFailed", "Helm install failed: context deadline exceeded");
  }

  @AfterEach
  void removeIt() {
    proxy.close();
    if (cluster.api().get(RELEASE.replaceFirst("/app$", "")).path("items").size() > 0) {
      cluster.api().delete(RELEASE);
    }
  }

  private static void status(String ready, String reason, String message) {
    ObjectNode patch = ApiClient.JSON.createObjectNode();
    ObjectNode status = patch.putObject("status");
    status.put("observedGeneration", 1);
    status
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", ready)
        .put("reason", reason)
        .put("message", message)
        .put("observedGeneration", 1)
        .put("lastTransitionTime", "2026-11-24T06:00:00Z");
    cluster.api().mergePatch(RELEASE + "/status", patch);
  }

  /// Refloat that follows, until the test ends it as Ctrl-C would.
  private final class Watch implements AutoCloseable {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    private final Thread thread;

    Watch(String... line) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> code.complete(Program.run(refloat.environment(), List.of(line), out, err)));
    }

    String text() {
      return out.toString(StandardCharsets.UTF_8);
    }

    void awaitText(String what, Duration limit) {
      cluster.await(
          "the watch printed " + what + "; it printed " + out + "; stderr: " + err,
          limit,
          () -> text().contains(what));
    }

    /// The exit code, after an interrupt.
    int end() throws Exception {
      thread.interrupt();
      return code.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }

  private void awaitWatches(int count) {
    cluster.await(
        count + " watches were begun",
        Duration.ofSeconds(20),
        () ->
            proxy.answered().stream()
                    .filter(a -> a.request().isWatch() && a.status() == 200)
                    .count()
                >= count);
  }

  @Test
  void printsAReleaseAgainWhenItsStatusChanges() throws Exception {
    try (Watch watch = new Watch("diagnose", "-n", "watched", "app", "-o", "json", "-w")) {
      watch.awaitText("context deadline exceeded", Duration.ofSeconds(30));
      awaitWatches(1);
      status("True", "InstallSucceeded", "Helm install succeeded");
      watch.awaitText("\"none\"", FASTER_THAN_LOOKING_AGAIN);
      assertThat(watch.end()).isZero();
      List<JsonNode> documents = documents(watch.text());
      assertThat(documents).hasSize(2);
      assertThat(documents).allSatisfy(d -> assertThat(d.path("items").size()).isEqualTo(1));
      assertThat(watch.err.toString(StandardCharsets.UTF_8)).isEmpty();
    }
  }

  @Test
  void listsAReleaseAgainWhenItsMessageChanges() throws Exception {
    try (Watch watch = new Watch("get", "-n", "watched", "-w", "--no-headers")) {
      watch.awaitText("context deadline exceeded", Duration.ofSeconds(30));
      awaitWatches(1);
      status("False", "UpgradeFailed", "Helm upgrade failed: timed out");
      watch.awaitText("Helm upgrade failed: timed out", FASTER_THAN_LOOKING_AGAIN);
      cluster.api().delete(RELEASE);
      cluster.await(
          "the watch said that no release is left: " + watch.err,
          SOON,
          () -> watch.err.toString(StandardCharsets.UTF_8).contains("No HelmReleases"));
      assertThat(watch.end()).isZero();
    }
  }

  @Test
  void staysWhenTheReleaseThatItFollowsIsGoneForAWhile() throws Exception {
    try (Watch watch = new Watch("diagnose", "-n", "watched", "app", "-w")) {
      watch.awaitText("HelmRelease watched/app", Duration.ofSeconds(30));
      awaitWatches(1);
      cluster.api().delete(RELEASE);
      cluster.await(
          "the watch said that the release is gone: " + watch.err,
          SOON,
          () -> watch.err.toString(StandardCharsets.UTF_8).contains("no HelmRelease 'app'"));
      createTheRelease();
      status("True", "InstallSucceeded", "Helm install succeeded");
      cluster.await(
          "the watch printed the new release: " + watch.err + watch.out,
          SOON,
          () -> watch.text().lastIndexOf("HelmRelease watched/app   ready") > 0);
      assertThat(watch.end()).isZero();
    }
  }

  @Test
  void goesOnWithoutANewListWhenTheServerEndsTheWatch() throws Exception {
    proxy.inject(
        FaultProxy.Seen::isWatch,
        new Fault.Ask(t -> t.replaceFirst("timeoutSeconds=\\d+", "timeoutSeconds=2")),
        2);
    try (Watch watch = new Watch("diagnose", "-n", "watched", "--all", "-o", "yaml", "-w")) {
      watch.awaitText("context deadline exceeded", Duration.ofSeconds(30));
      awaitWatches(3);
      status("True", "InstallSucceeded", "Helm install succeeded");
      watch.awaitText("cause: none", FASTER_THAN_LOOKING_AGAIN);
      assertThat(watch.end()).isZero();
      assertThat(watch.text().lines()).containsOnlyOnce("---");
      assertThat(proxy.seen())
          .filteredOn(s -> s.target().contains("limit=1&") || s.target().endsWith("limit=1"))
          .as("where the first watch began; the others go on from there")
          .hasSize(1);
    }
  }

  @Test
  void looksAgainWhenTheServerForgotWhereTheWatchWas() throws Exception {
    // A real 410: the server's own answer to a version that it no longer has.
    proxy.inject(
        FaultProxy.Seen::isWatch,
        new Fault.Ask(t -> t.replaceFirst("resourceVersion=\\d+", "resourceVersion=1")),
        1);
    try (Watch watch = new Watch("get", "-n", "watched", "-o", "json", "-w")) {
      watch.awaitText("context deadline exceeded", Duration.ofSeconds(30));
      awaitWatches(2);
      status("False", "UpgradeFailed", "Helm upgrade failed: timed out");
      watch.awaitText("Helm upgrade failed: timed out", FASTER_THAN_LOOKING_AGAIN);
      assertThat(watch.end()).isEqualTo(1);
    }
  }

  @Test
  void outlivesAServerThatIsAwayForAWhile() throws Exception {
    try (Watch watch = new Watch("get", "-n", "watched", "-w", "--timeout", "2s")) {
      watch.awaitText("context deadline exceeded", Duration.ofSeconds(30));
      awaitWatches(1);
      proxy.inject(s -> true, Fault.internalError());
      status("False", "UpgradeFailed", "Helm upgrade failed: timed out");
      cluster.await(
          "the watch said that it cannot read: " + watch.err,
          Duration.ofSeconds(40),
          () -> watch.err.toString(StandardCharsets.UTF_8).contains("still watching"));
      proxy.heal();
      watch.awaitText("Helm upgrade failed: timed out", Duration.ofSeconds(40));
      assertThat(watch.end()).isEqualTo(1);
    }
  }

  private static List<JsonNode> documents(String text) {
    try (var parser = ApiClient.JSON.createParser(text)) {
      return ApiClient.JSON.readerFor(JsonNode.class).<JsonNode>readValues(parser).readAll();
    }
  }
}
