package dev.refloat.adapter.kubernetes;

import static dev.refloat.adapter.kubernetes.FakeApiServer.answer;
import static dev.refloat.adapter.kubernetes.FakeApiServer.brokenAfter;
import static dev.refloat.adapter.kubernetes.FakeApiServer.gzip;
import static dev.refloat.adapter.kubernetes.FakeApiServer.inTurn;
import static dev.refloat.adapter.kubernetes.FakeApiServer.item;
import static dev.refloat.adapter.kubernetes.FakeApiServer.json;
import static dev.refloat.adapter.kubernetes.FakeApiServer.list;
import static dev.refloat.adapter.kubernetes.FakeApiServer.status;
import static dev.refloat.adapter.kubernetes.FakeApiServer.stuckAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveClusterTest {
  private static final String PODS = "/api/v1/pods";
  private static final String RELEASES = "/apis/helm.toolkit.fluxcd.io/v2/helmreleases";
  private static final Inquiry ALL_PODS = new Inquiry.ListOf(Kind.POD, "");
  private static final Inquiry ALL_RELEASES = new Inquiry.ListOf(Kind.HELM_RELEASE, "");
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

  private FakeApiServer server;
  private RequestLog log;

  @BeforeEach
  void start() throws IOException {
    server = FakeApiServer.start();
    log = new RequestLog();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private LiveCluster cluster() {
    return cluster(server.url(), Credentials.token("s3cr3t-token"), Optional.empty());
  }

  private LiveCluster cluster(String url, Credentials credentials, Optional<String> namespace) {
    Connection connection =
        new Connection(
            "test",
            URI.create(url),
            namespace,
            new Tls(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty()),
            credentials,
            List.of(),
            Optional.empty());
    RetryPolicy quick = new RetryPolicy(4, Duration.ofMillis(4), Duration.ofMillis(20));
    return new LiveCluster(
        new ApiClient(connection, Duration.ofMillis(700), quick, LiveCluster.PARALLEL, log),
        log,
        OutsideQuestions.NONE,
        List.of(),
        NOW);
  }

  private Observation<Answer> ask(Inquiry inquiry) {
    try (LiveCluster cluster = cluster()) {
      return answerOf(cluster, inquiry);
    }
  }

  private static Observation<Answer> answerOf(LiveCluster cluster, Inquiry inquiry) {
    return Optional.ofNullable(cluster.ask(List.of(inquiry)).get(inquiry)).orElseThrow();
  }

  private static List<String> names(Observation<Answer> observation) {
    assertThat(observation).isInstanceOf(Observation.Seen.class);
    return observation.seen().stream()
        .flatMap(a -> a instanceof Answer.Objects(var items) ? items.stream() : null)
        .map(Resource::name)
        .toList();
  }

  private static String why(Observation<Answer> observation) {
    assertThat(observation).isInstanceOf(Observation.Unreadable.class);
    return observation instanceof Observation.Unreadable<Answer>(var why) ? why : "";
  }

  @Test
  void readsAllPagesOfAList() {
    server.on(
        PODS,
        inTurn(
            json(list("Pod", "7", "page2", item("a", "one"), item("a", "two"))),
            json(list("Pod", "7", "", item("b", "three")))));

    Observation<Answer> seen = ask(ALL_PODS);

    assertThat(names(seen)).containsExactly("one", "two", "three");
    assertThat(server.queries(PODS)).containsExactly("limit=1000", "limit=1000&continue=page2");
  }

  @Test
  void givesItemsTheKindThatListsLeaveOut() {
    server.on(PODS, json(list("Pod", "7", "", item("a", "one"))));

    Observation<Answer> seen = ask(ALL_PODS);

    assertThat(seen.seen()).contains(new Answer.Objects(objects(seen)));
    assertThat(objects(seen).getFirst().ref()).isEqualTo(new ObjectRef("v1", "Pod", "a", "one"));
    assertThat(objects(seen).getFirst().at("kind").text()).isEqualTo("Pod");
  }

  private static List<Resource> objects(Observation<Answer> observation) {
    return observation.seen().map(a -> a instanceof Answer.Objects(var i) ? i : null).orElseThrow();
  }

  @Test
  void beginsAListAnewWhenItsTokenExpired() {
    server.on(
        PODS,
        inTurn(
            json(list("Pod", "7", "old", item("a", "stale"))),
            status(410, "The provided continue parameter is too old"),
            json(list("Pod", "9", "", item("a", "fresh")))));

    assertThat(names(ask(ALL_PODS))).containsExactly("fresh");
  }

  @Test
  void readsAListInOnePieceWhenItsTokensKeepExpiring() {
    server.on(
        PODS,
        e -> {
          String query = String.valueOf(e.getRequestURI().getQuery());
          if (query.contains("continue=")) {
            status(410, "too old").handle(e);
          } else if (query.contains("limit=")) {
            json(list("Pod", "7", "old", item("a", "half"))).handle(e);
          } else {
            json(list("Pod", "9", "", item("a", "whole"), item("a", "list"))).handle(e);
          }
        });

    assertThat(names(ask(ALL_PODS))).containsExactly("whole", "list");
    assertThat(server.asked(PODS)).isEqualTo(5);
  }

  @Test
  void triesAgainAfterOverloadAndServerErrors() {
    server.on(
        PODS,
        inTurn(
            e -> {
              e.getResponseHeaders().set("Retry-After", "0");
              status(429, "slow down").handle(e);
            },
            status(500, "etcdserver: request timed out"),
            status(503, "apiserver is shutting down"),
            json(list("Pod", "7", "", item("a", "one")))));

    assertThat(names(ask(ALL_PODS))).containsExactly("one");
    assertThat(log.retries()).isEqualTo(3);
  }

  @Test
  void saysHonestlyThatTheServerStaysOverloaded() {
    server.on(PODS, status(429, "slow down"));
    server.on(RELEASES, json(list("HelmRelease", "7", "", item("a", "release"))));

    try (LiveCluster cluster = cluster()) {
      Map<Inquiry, Observation<Answer>> answers = cluster.ask(List.of(ALL_PODS, ALL_RELEASES));

      assertThat(why(of(answers, ALL_PODS)))
          .isEqualTo("too many requests for the server (4 attempts)");
      assertThat(names(of(answers, ALL_RELEASES))).containsExactly("release");
      assertThat(server.asked(PODS)).isEqualTo(4);
    }
  }

  private static Observation<Answer> of(
      Map<Inquiry, Observation<Answer>> answers, Inquiry inquiry) {
    return Optional.ofNullable(answers.get(inquiry)).orElseThrow();
  }

  @Test
  void waitsAsLongAsTheServerAsksButNotLonger() {
    RetryPolicy policy = new RetryPolicy(4, Duration.ofMillis(100), Duration.ofSeconds(10));

    assertThat(policy.pause(1, java.util.OptionalLong.of(3))).isEqualTo(Duration.ofSeconds(3));
    assertThat(policy.pause(1, java.util.OptionalLong.of(3600))).isEqualTo(Duration.ofSeconds(10));
    assertThat(policy.pause(3, java.util.OptionalLong.empty()))
        .isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
  }

  @Test
  void readsAPageAgainWhenTheConnectionBreaksInIt() {
    String whole = list("Pod", "7", "", item("a", "one"), item("a", "two"), item("a", "three"));
    server.on(PODS, inTurn(brokenAfter(whole, whole.length() - 20), json(whole)));

    assertThat(names(ask(ALL_PODS))).containsExactly("one", "two", "three");
  }

  @Test
  void saysThatTheConnectionWasLostWhenItBreaksEveryTime() {
    String whole = list("Pod", "7", "", item("a", "one"));
    server.on(PODS, brokenAfter(whole, 30));

    assertThat(why(ask(ALL_PODS))).isEqualTo("the connection was lost (4 attempts)");
  }

  @Test
  void readsAPageAgainWhenTheConnectionIsReset() throws IOException {
    // A raw server: resets need a socket option that HTTP servers do not offer.
    try (ServerSocket raw = new ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  for (int i = 0; ; i++) {
                    java.net.Socket s = raw.accept();
                    s.getInputStream().read(new byte[4096]);
                    if (i == 1) {
                      s.getOutputStream()
                          .write(
                              "HTTP/1.1 200 OK\r\nContent-Type: appl"
                                  .getBytes(StandardCharsets.UTF_8));
                      s.setSoLinger(true, 0);
                    } else {
                      String body = i == 0 ? "{}" : list("Pod", "7", "", item("a", "one"));
                      s.getOutputStream()
                          .write(
                              ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type:"
                                      + " application/json\r\nContent-Length: "
                                      + body.length()
                                      + "\r\n\r\n"
                                      + body)
                                  .getBytes(StandardCharsets.UTF_8));
                    }
                    s.close();
                  }
                } catch (IOException e) {
                  // the test ended
                }
              });
      try (LiveCluster cluster =
          cluster("http://127.0.0.1:" + raw.getLocalPort(), Credentials.none(), Optional.empty())) {
        assertThat(names(answerOf(cluster, ALL_PODS))).containsExactly("one");
      }
    }
  }

  @Test
  void givesUpOnABodyThatStopsComing() {
    String whole = list("Pod", "7", "", item("a", "one"));
    server.on(PODS, stuckAfter(whole, 25));

    assertThat(why(ask(ALL_PODS))).startsWith("no more data for").contains("(2 attempts)");
  }

  @Test
  void givesUpOnAServerThatDoesNotAnswer() {
    server.on(
        PODS,
        e -> {
          try {
            Thread.sleep(5_000);
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
        });

    assertThat(why(ask(ALL_PODS))).isEqualTo("timed out (2 attempts)");
  }

  @Test
  void readsCompressedBodiesAndAsksForThem() {
    server.on(PODS, gzip(list("Pod", "7", "", item("a", "packed"))));

    assertThat(names(ask(ALL_PODS))).containsExactly("packed");
    assertThat(server.headers.getLast()).containsEntry("Accept-encoding", List.of("gzip"));
  }

  @Test
  void readsLargeListsWhole() {
    String[] many =
        IntStream.range(0, 20_000)
            .mapToObj(i -> item("ns-" + i % 50, "pod-" + i))
            .toArray(String[]::new);
    server.on(PODS, gzip(list("Pod", "7", "", many)));

    assertThat(names(ask(ALL_PODS))).hasSize(20_000).startsWith("pod-0").endsWith("pod-19999");
  }

  @Test
  void refusesAPageInsteadOfJson() {
    server.on("/version", e -> answer(e, 200, "text/html", "<html>Login</html>"));

    assertThatThrownBy(() -> ask(ALL_PODS))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("text/html instead of JSON")
        .hasMessageContaining(server.url());
  }

  @Test
  void saysThatAKindIsForbiddenAndReadsTheRest() {
    server.on(
        PODS, status(403, "pods is forbidden: User \\\"eve\\\" cannot list resource \\\"pods\\\""));
    server.on(RELEASES, json(list("HelmRelease", "7", "", item("a", "release"))));

    try (LiveCluster cluster = cluster()) {
      Map<Inquiry, Observation<Answer>> answers = cluster.ask(List.of(ALL_PODS, ALL_RELEASES));

      assertThat(why(of(answers, ALL_PODS)))
          .isEqualTo("forbidden: User \"eve\" cannot list resource \"pods\"");
      assertThat(names(of(answers, ALL_RELEASES))).containsExactly("release");
    }
  }

  @Test
  void listsTheNamespaceOfTheContextWhereTheClusterIsForbidden() {
    server.on(RELEASES, status(403, "no"));
    server.on(
        "/apis/helm.toolkit.fluxcd.io/v2/namespaces/mine/helmreleases",
        json(list("HelmRelease", "7", "", item("mine", "release"))));

    try (LiveCluster cluster = cluster(server.url(), Credentials.none(), Optional.of("mine"))) {
      Map<Inquiry, Observation<Answer>> answers = cluster.ask(List.of(ALL_RELEASES));

      assertThat(why(of(answers, ALL_RELEASES))).startsWith("forbidden");
      assertThat(names(of(answers, new Inquiry.ListOf(Kind.HELM_RELEASE, "mine"))))
          .containsExactly("release");
    }
  }

  @Test
  void opensItsConnectionBeforeTheFirstQuestionAndOnlyOnce() throws InterruptedException {
    server.on(PODS, json(list("Pod", "7", "", item("a", "pod"))));

    try (LiveCluster cluster = cluster()) {
      cluster.begin();
      while (server.asked("/version") == 0) {
        Thread.sleep(5);
      }
      assertThat(server.asked(PODS)).isZero();
      assertThat(cluster.ask(List.of(ALL_PODS))).containsKey(ALL_PODS);
    }
    assertThat(server.asked("/version")).isOne();
  }

  @Test
  void saysWhatWasWrongWithTheEarlyConnectionToWhoAsksFirst() throws InterruptedException {
    server.on("/version", status(401, "Unauthorized"));

    try (LiveCluster cluster = cluster()) {
      cluster.begin();
      while (server.asked("/version") == 0) {
        Thread.sleep(5);
      }
      assertThatThrownBy(() -> cluster.ask(List.of(ALL_PODS)))
          .isInstanceOf(UnusableCluster.class)
          .hasMessageContaining("the server refuses the credentials");
    }
    assertThat(server.asked("/version")).isOne();
  }

  @Test
  void stopsAtOnceWhenTheCredentialsAreRefused() {
    server.on("/version", status(401, "Unauthorized"));

    assertThatThrownBy(() -> ask(ALL_PODS))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("the server refuses the credentials")
        .hasMessageNotContaining("s3cr3t-token");
    assertThat(server.asked(PODS)).isZero();
  }

  @Test
  void asksForNewCredentialsOnceWhenTheyRanOut() {
    List<String> used = new ArrayList<>();
    Credentials renewable =
        new Credentials() {
          private String token = "old";

          @Override
          public Optional<String> header() {
            return Optional.of("Bearer " + token);
          }

          @Override
          public boolean renew(Optional<String> refused) {
            token = "new";
            return true;
          }
        };
    server.on(
        PODS,
        e -> {
          String sent = e.getRequestHeaders().getFirst("Authorization");
          used.add(sent);
          if (sent.equals("Bearer new")) {
            json(list("Pod", "7", "", item("a", "one"))).handle(e);
          } else {
            status(401, "Unauthorized").handle(e);
          }
        });

    try (LiveCluster cluster = cluster(server.url(), renewable, Optional.empty())) {
      assertThat(names(answerOf(cluster, ALL_PODS))).containsExactly("one");
    }
    assertThat(used).containsExactly("Bearer old", "Bearer new");
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (LiveCluster cluster =
        cluster("http://127.0.0.1:" + port, Credentials.none(), Optional.empty())) {
      assertThatThrownBy(() -> cluster.ask(List.of(ALL_PODS)))
          .isInstanceOf(UnusableCluster.class)
          .hasMessageContaining("cluster test at http://127.0.0.1:" + port)
          .hasMessageContaining("connection refused");
    }
  }

  @Test
  void saysThatTheHostIsNotKnown() {
    try (LiveCluster cluster =
        cluster("http://no-such-host.invalid:6443", Credentials.none(), Optional.empty())) {
      assertThatThrownBy(() -> cluster.ask(List.of(ALL_PODS)))
          .isInstanceOf(UnusableCluster.class)
          .hasMessageContaining("the host name is not known");
    }
  }

  @Test
  void doesNotFollowRedirects() {
    server.on(
        PODS,
        e -> {
          e.getResponseHeaders().set("Location", "/elsewhere");
          answer(e, 302, "text/plain", "");
        });

    assertThat(why(ask(ALL_PODS))).isEqualTo("answer 302");
    assertThat(server.asked("/elsewhere")).isZero();
  }

  private static final String DISCOVERY =
      """
      {"kind":"APIGroupDiscoveryList","items":[
        {"metadata":{"name":"helm.toolkit.fluxcd.io"},"versions":[
          {"version":"v2beta1","resources":[
            {"resource":"helmreleases","responseKind":{"kind":"HelmRelease"},"scope":"Namespaced"}]}]},
        {"metadata":{"name":"db.example.com"},"versions":[
          {"version":"v1alpha1","resources":[
            {"resource":"postgreses","responseKind":{"kind":"Postgres"},"scope":"Namespaced",
             "subresources":[{"subresource":"status"}]}]}]}]}
      """;

  @Test
  void readsTheVersionOfAKindThatTheServerHas() {
    server.on("/apis", json(DISCOVERY));
    server.on(
        "/apis/helm.toolkit.fluxcd.io/v2beta1/helmreleases",
        json(list("HelmRelease", "7", "", item("a", "old"))));

    Observation<Answer> seen = ask(ALL_RELEASES);

    assertThat(names(seen)).containsExactly("old");
    assertThat(objects(seen).getFirst().ref().apiVersion())
        .isEqualTo("helm.toolkit.fluxcd.io/v2beta1");
  }

  @Test
  void saysThatAKindIsNotThereWhenTheServerHasNone() {
    server.on("/apis", json(DISCOVERY));

    assertThat(ask(new Inquiry.ListOf(Kind.KUSTOMIZATION, "")))
        .isEqualTo(new Observation.Absent<>());
  }

  @Test
  void asksTheServerForItsKindsOnlyWhenOneIsMissing() {
    server.on(RELEASES, json(list("HelmRelease", "7", "")));

    assertThat(names(ask(ALL_RELEASES))).isEmpty();
    assertThat(server.asked("/apis")).isZero();
  }

  @Test
  void findsKindsOnServersWithoutAggregatedDiscovery() {
    server.on(
        "/apis",
        json(
            "{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"db.example.com\","
                + "\"versions\":[{\"version\":\"v1alpha1\"}]}]}"));
    server.on(
        "/apis/db.example.com/v1alpha1",
        json(
            "{\"resources\":[{\"name\":\"postgreses\",\"kind\":\"Postgres\",\"namespaced\":true},"
                + "{\"name\":\"postgreses/status\",\"kind\":\"Postgres\",\"namespaced\":true}]}"));
    server.on(
        "/apis/db.example.com/v1alpha1/namespaces/a/postgreses/main",
        json(
            "{\"apiVersion\":\"db.example.com/v1alpha1\",\"kind\":\"Postgres\",\"metadata\":"
                + "{\"namespace\":\"a\",\"name\":\"main\"}}"));

    Observation<Answer> seen =
        ask(
            new Inquiry.ObjectNamed(
                new ObjectRef("db.example.com/v1alpha1", "Postgres", "a", "main")));

    assertThat(seen.seen()).get().isInstanceOf(Answer.OneObject.class);
  }

  @Test
  void readsCustomResourcesByTheirKind() {
    server.on("/apis", json(DISCOVERY));
    server.on(
        "/apis/db.example.com/v1alpha1/namespaces/a/postgreses/main",
        json(
            "{\"kind\":\"Postgres\",\"metadata\":{\"name\":\"main\"},\"status\":{\"ready\":false}}"));

    Observation<Answer> seen =
        ask(new Inquiry.ObjectNamed(new ObjectRef("db.example.com/v1", "Postgres", "a", "main")));
    Observation<Answer> gone =
        ask(new Inquiry.ObjectNamed(new ObjectRef("db.example.com/v1", "Postgres", "a", "other")));
    Observation<Answer> unknown =
        ask(new Inquiry.ObjectNamed(new ObjectRef("db.example.com/v1", "Oracle", "a", "main")));

    assertThat(seen.seen()).get().isInstanceOf(Answer.OneObject.class);
    assertThat(gone).isEqualTo(new Observation.Absent<>());
    assertThat(unknown).isEqualTo(new Observation.Absent<>());
  }

  @Test
  void neverPutsAForgedNameIntoAPath() {
    for (String name :
        List.of("../../secrets", "a/b", "a?watch=1", "", "..", "a%2f", "a\r\nHost: x")) {
      assertThat(why(ask(new Inquiry.ObjectNamed(new ObjectRef("v1", "Pod", "a", name)))))
          .isEqualTo("not a name that Kubernetes allows");
      assertThat(why(ask(new Inquiry.ContainerLog("a", name, "app", false))))
          .isEqualTo("not a name that Kubernetes allows");
    }
    assertThat(server.requests).allMatch("/version"::equals);
  }

  @Test
  void keepsTheKeysOfASecretAndMasksItsValues() {
    String applied = "{\\\"data\\\":{\\\"password\\\":\\\"aHVudGVyMg==\\\"}}";
    server.on(
        "/api/v1/namespaces/a/secrets/db",
        json(
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"namespace\":\"a\",\"name\":"
                + "\"db\",\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\""
                + applied
                + "\"}},\"data\":{\"password\":\"aHVudGVyMg==\",\"user\":\"Ym9i\"}}"));

    try (LiveCluster cluster = cluster()) {
      Observation<Answer> seen =
          answerOf(cluster, new Inquiry.ObjectNamed(new ObjectRef("v1", "Secret", "a", "db")));
      Optional<Map<String, byte[]>> data = cluster.secretData("a", "db").seen();

      assertThat(seen.toString()).doesNotContain("aHVudGVyMg").doesNotContain("Ym9i");
      Json keys =
          seen.seen()
              .map(a -> a instanceof Answer.OneObject(var r) ? r.at("data") : null)
              .orElseThrow();
      assertThat(keys)
          .isInstanceOfSatisfying(
              Json.Obj.class, o -> assertThat(o.keys()).containsExactly("password", "user"));
      assertThat(data.orElseThrow()).containsEntry("user", "bob".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void readsTheLastLinesOfAContainer() {
    server.on(
        "/api/v1/namespaces/a/pods/p/log", e -> answer(e, 200, "text/plain", "line 1\nline 2\n"));

    Observation<Answer> seen = ask(new Inquiry.ContainerLog("a", "p", "app", true));

    assertThat(seen).isEqualTo(new Observation.Seen<>(new Answer.Text("line 1\nline 2\n")));
    assertThat(server.queries("/api/v1/namespaces/a/pods/p/log"))
        .containsExactly("container=app&tailLines=120&limitBytes=262144&previous=true");
  }

  @Test
  void knowsThatAContainerWithoutAnEarlierRunHasNoLogOfIt() {
    server.on(
        "/api/v1/namespaces/a/pods/p/log",
        status(400, "previous terminated container \\\"app\\\" in pod \\\"p\\\" not found"));

    assertThat(ask(new Inquiry.ContainerLog("a", "p", "app", true)))
        .isEqualTo(new Observation.Absent<>());
    assertThat(ask(new Inquiry.ContainerLog("a", "gone", "app", false)))
        .isEqualTo(new Observation.Absent<>());
  }

  @Test
  void doesNotInsistWhenTheKubeletIsGone() {
    server.on(
        "/api/v1/namespaces/a/pods/p/log",
        status(500, "Get \\\"https://10.0.0.9:10250/containerLogs\\\": dial tcp: i/o timeout"));

    assertThat(why(ask(new Inquiry.ContainerLog("a", "p", "app", false))))
        .contains("server error 500")
        .contains("i/o timeout");
    assertThat(server.asked("/api/v1/namespaces/a/pods/p/log")).isEqualTo(2);
  }

  @Test
  void asksServicesThroughTheProxyOnceAndTellsWhatTheySaid() {
    server.on(
        "/api/v1/namespaces/a/services/web:80/proxy/health",
        e -> answer(e, 200, "text/html", "<p>hello"));
    server.on(
        "/api/v1/namespaces/a/services/https:web:https/proxy/",
        status(503, "no endpoints available for service \\\"web\\\""));

    Duration limit = Duration.ofSeconds(5);
    try (LiveCluster cluster = cluster()) {
      assertThat(cluster.ask("a", "web", "80", false, "/health", limit))
          .isEqualTo(new HttpAnswer(200, ""));
      HttpAnswer nobody = cluster.ask("a", "web", "https", true, "/", limit);
      assertThat(nobody.status()).isEqualTo(503);
      assertThat(nobody.why()).contains("no endpoints available");
      assertThat(cluster.ask("a", "../x", "80", false, "/", limit).answered()).isFalse();
    }
    assertThat(server.asked("/api/v1/namespaces/a/services/https:web:https/proxy/")).isEqualTo(1);
  }

  @Test
  void asksForWarningsAndForWhatHelmControllerReportsAsNormal() {
    server.on("/api/v1/events", json(list("Event", "7", "")));

    assertThat(names(ask(new Inquiry.ListOf(Kind.EVENT, "")))).isEmpty();
    assertThat(server.queries("/api/v1/events"))
        .containsExactly(
            "fieldSelector=type%21%3DNormal&limit=1000",
            "fieldSelector=type%3DNormal%2CinvolvedObject.kind%3DHelmRelease&limit=1000");
  }

  @Test
  void readsOnlyTheMetadataOfHelmsRecordsWhenNamesAreAsked() {
    server.on(
        "/api/v1/namespaces/a/secrets",
        json(
            "{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{},"
                + "\"items\":[{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\","
                + "\"metadata\":{\"namespace\":\"a\",\"name\":\"sh.helm.release.v1.app.v3\","
                + "\"managedFields\":[{\"manager\":\"x\"}],\"labels\":{\"version\":\"3\"}}}]}"));

    Observation<Answer> seen = ask(new Inquiry.HelmRecordNames("a", "app"));

    assertThat(names(seen)).containsExactly("sh.helm.release.v1.app.v3");
    assertThat(objects(seen).getFirst().kind()).isEqualTo("Secret");
    assertThat(objects(seen).getFirst().meta("managedFields").exists()).isFalse();
    assertThat(server.queries("/api/v1/namespaces/a/secrets"))
        .containsExactly("labelSelector=owner%3Dhelm%2Cname%3Dapp&limit=1000");
    assertThat(server.headers.getLast().get("Accept"))
        .containsExactly("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
  }

  @Test
  void saysThatAHelmRecordDoesNotDecode() {
    server.on(
        "/api/v1/namespaces/a/secrets/sh.helm.release.v1.app.v1",
        json("{\"metadata\":{\"name\":\"x\"},\"data\":{\"release\":\"bm90IGd6aXA=\"}}"));

    assertThat(why(ask(new Inquiry.HelmRecordNamed("a", "sh.helm.release.v1.app.v1"))))
        .isNotEmpty()
        .doesNotContain("bm90IGd6aXA");
    assertThat(ask(new Inquiry.HelmRecordNamed("a", "sh.helm.release.v1.app.v2")))
        .isEqualTo(new Observation.Absent<>());
  }

  @Test
  void keepsManagedFieldsWhereTheyTellWhoDidWhat() {
    String managed =
        "{\"metadata\":{\"namespace\":\"a\",\"name\":\"x\",\"managedFields\":[{\"manager\":\"flux\"}]}}";
    server.on(PODS, json(list("Pod", "7", "", managed)));
    server.on(RELEASES, json(list("HelmRelease", "7", "", managed)));

    assertThat(objects(ask(ALL_PODS)).getFirst().meta("managedFields").exists()).isFalse();
    assertThat(objects(ask(ALL_RELEASES)).getFirst().meta("managedFields").exists()).isTrue();
  }

  @Test
  void asksAFewQuestionsAtOnceAndNotAll() {
    List<Inquiry> many = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String path = "/api/v1/namespaces/ns-" + i + "/pods";
      server.on(
          path,
          e -> {
            try {
              Thread.sleep(10);
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
            }
            json(list("Pod", "7", "")).handle(e);
          });
      many.add(new Inquiry.ListOf(Kind.POD, "ns-" + i));
    }

    try (LiveCluster cluster = cluster()) {
      assertThat(cluster.ask(many)).hasSize(60);
    }
    assertThat(server.mostAtOnce.get()).isBetween(2, LiveCluster.PARALLEL);
  }

  @Test
  void countsWhatItAsked() {
    String body = list("Pod", "7", "", item("a", "one"));
    server.on(PODS, inTurn(status(500, "etcd"), json(body)));

    ask(ALL_PODS);

    assertThat(log.count(RequestLog.Purpose.LIST)).isEqualTo(2);
    assertThat(log.count(RequestLog.Purpose.DISCOVERY)).isEqualTo(1);
    assertThat(log.total()).isEqualTo(3);
    assertThat(log.retries()).isEqualTo(1);
    assertThat(log.bytes()).isGreaterThanOrEqualTo(body.length());
    assertThat(log.summary().getFirst()).startsWith("3 requests (2 list, 1 discovery), 1 retries");
    assertThat(log.entries()).extracting(RequestLog.Entry::path).contains(PODS);
  }

  @Test
  void stripsWhatWouldDriveATerminalFromErrors() {
    server.on(PODS, status(403, "pods is forbidden: \\u001b[31mred\\u0007\\u202e"));

    assertThat(why(ask(ALL_PODS))).isEqualTo("forbidden: [31mred");
  }
}
