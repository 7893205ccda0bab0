package dev.refloat.adapter.kubernetes;

import static dev.refloat.adapter.kubernetes.FakeApiServer.inTurn;
import static dev.refloat.adapter.kubernetes.FakeApiServer.list;
import static dev.refloat.adapter.kubernetes.FakeApiServer.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReleaseChangesTest {
  private static final String RELEASES = "/apis/helm.toolkit.fluxcd.io/v2/helmreleases";
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration NONE = Duration.ZERO;

  private FakeApiServer server;
  private ApiClient api;

  @BeforeEach
  void start() throws IOException {
    server = FakeApiServer.start();
    Connection connection =
        new Connection(
            "test",
            URI.create(server.url()),
            Optional.empty(),
            new Tls(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty()),
            Credentials.none(),
            List.of(),
            Optional.empty());
    api =
        new ApiClient(
            connection,
            Duration.ofSeconds(5),
            new RetryPolicy(2, Duration.ofMillis(4), Duration.ofMillis(20)),
            4,
            new RequestLog());
  }

  @AfterEach
  void stop() {
    api.close();
    server.close();
  }

  private ReleaseChanges changes() {
    return new ReleaseChanges(
        api,
        () -> Optional.of(new Discovery.Served("HelmRelease", "v2", "helmreleases", true)),
        "");
  }

  /// Lists and watches have one path; the query tells them apart.
  private void serve(FakeApiServer.Handler lists, FakeApiServer.Handler watches) {
    server.on(
        RELEASES,
        e ->
            (String.valueOf(e.getRequestURI().getQuery()).contains("watch=true") ? watches : lists)
                .handle(e));
  }

  private static FakeApiServer.Handler listAt(String version) {
    return FakeApiServer.json(list("HelmRelease", version, ""));
  }

  private static FakeApiServer.Handler events(boolean stay, String... lines) {
    return e -> {
      e.getResponseHeaders().set("Content-Type", "application/json");
      e.sendResponseHeaders(200, 0);
      for (String line : lines) {
        e.getResponseBody().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        e.getResponseBody().flush();
      }
      if (stay) {
        try {
          Thread.sleep(30_000);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  private static String event(String type, String version) {
    return "{\"type\":\""
        + type
        + "\",\"object\":{\"kind\":\"PartialObjectMetadata\",\"metadata\":{\"name\":\"a\","
        + "\"resourceVersion\":\""
        + version
        + "\"}}}";
  }

  @Test
  void tellsOfAChange() throws InterruptedException {
    serve(listAt("10"), events(true, event("MODIFIED", "11")));

    try (ReleaseChanges changes = changes()) {
      assertThat(changes.await(LONG, NONE)).isEqualTo(ReleaseChanges.Tick.CHANGED);
      assertThat(changes.await(Duration.ofMillis(50), NONE)).isEqualTo(ReleaseChanges.Tick.QUIET);
    }
    assertThat(server.queries(RELEASES))
        .containsExactly(
            "limit=1", "watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=300");
  }

  @Test
  void countsChangesThatComeTogetherAsOne() throws InterruptedException {
    serve(
        listAt("10"),
        events(true, event("MODIFIED", "11"), event("ADDED", "12"), event("DELETED", "13")));

    try (ReleaseChanges changes = changes()) {
      assertThat(changes.await(LONG, Duration.ofMillis(500)))
          .isEqualTo(ReleaseChanges.Tick.CHANGED);
      assertThat(changes.await(Duration.ofMillis(50), NONE)).isEqualTo(ReleaseChanges.Tick.QUIET);
    }
  }

  @Test
  void goesOnWhereAWatchEnded() throws InterruptedException {
    serve(
        listAt("10"),
        inTurn(
            events(false, event("MODIFIED", "11"), event("BOOKMARK", "15")),
            events(true, event("MODIFIED", "16"))));

    try (ReleaseChanges changes = changes()) {
      assertThat(changes.await(LONG, NONE)).isEqualTo(ReleaseChanges.Tick.CHANGED);
      changes.await(LONG, NONE);
    }
    assertThat(server.queries(RELEASES))
        .filteredOn(q -> q.contains("resourceVersion=15"))
        .isNotEmpty();
    assertThat(server.queries(RELEASES)).filteredOn("limit=1"::equals).hasSize(1);
  }

  @Test
  void asksForANewLookWhenTheServerForgotWhatHappened() throws InterruptedException {
    serve(
        inTurn(listAt("10"), listAt("20")),
        inTurn(
            events(
                false,
                "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}}"),
            events(true)));

    try (ReleaseChanges changes = changes()) {
      assertThat(changes.await(LONG, NONE)).isEqualTo(ReleaseChanges.Tick.GAP);
      // the gap is told before the watch starts again
      changes.await(SHORT, NONE);
    }
    assertThat(server.queries(RELEASES)).anyMatch(q -> q.contains("resourceVersion=20"));
  }

  @Test
  void asksForANewLookWhenTheWatchIsRefusedAsTooOld() throws InterruptedException {
    serve(
        inTurn(listAt("10"), listAt("20")),
        inTurn(status(410, "too old resource version"), events(true)));

    try (ReleaseChanges changes = changes()) {
      assertThat(changes.await(LONG, NONE)).isEqualTo(ReleaseChanges.Tick.GAP);
    }
  }

  @Test
  void saysWhyThereIsNoWatchAndRecovers() throws InterruptedException {
    serve(
        listAt("10"),
        inTurn(
            status(403, "helmreleases is forbidden: no watch"),
            events(true, event("ADDED", "11"))));

    try (ReleaseChanges changes = changes()) {
      for (int i = 0; i < 100 && changes.trouble().isEmpty(); i++) {
        Thread.sleep(10);
      }
      assertThat(changes.trouble()).contains("forbidden: no watch");
      changes.await(LONG, NONE);
      for (int i = 0; i < 300 && changes.trouble().isPresent(); i++) {
        Thread.sleep(10);
      }
      assertThat(changes.trouble()).isEmpty();
    }
  }
}
