package dev.refloat.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WatchedTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration WINDOW = Duration.ofSeconds(10);

  /// One look at `shop/web`: a Deployment with a pod, and what is added.
  private static final class Look {
    final Map<Kind, List<Resource>> lists = new HashMap<>();
    private String log = "";
    private int restarts;

    Look() {
      for (Kind k :
          List.of(Kind.DEPLOYMENT, Kind.POD, Kind.SERVICE, Kind.EVENT, Kind.ENDPOINT_SLICE)) {
        lists.put(k, new ArrayList<>());
      }
      with(
          Kind.DEPLOYMENT,
          Map.of("kind", "Deployment", "apiVersion", "apps/v1"),
          meta("web", "d1", Map.of(), Map.of()),
          Map.of(
              "replicas",
              1,
              "template",
              Map.of("metadata", Map.of("labels", Map.of("app", "web")))),
          Map.of("readyReplicas", 1, "updatedReplicas", 1, "replicas", 1));
    }

    Look restarts(int count) {
      restarts = count;
      return this;
    }

    Look log(String text) {
      log = text;
      return this;
    }

    Look event(String kind, String name, String at, String type) {
      return with(
          Kind.EVENT,
          Map.of(
              "kind", "Event",
              "apiVersion", "v1",
              "type", type,
              "reason", "Unhealthy",
              "message", "Readiness probe failed",
              "lastTimestamp", at,
              "involvedObject", Map.of("kind", kind, "namespace", "shop", "name", name)),
          meta(name + ".1", "", Map.of(), Map.of()),
          Map.of(),
          Map.of());
    }

    Look service(String type, int port) {
      return with(
          Kind.SERVICE,
          Map.of("kind", "Service", "apiVersion", "v1"),
          meta("web", "s1", Map.of(), Map.of()),
          Map.of(
              "type", type,
              "selector", Map.of("app", "web"),
              "ports", List.of(Map.of("name", "http", "port", port))),
          Map.of());
    }

    Look slice(boolean ready) {
      return with(
          Kind.ENDPOINT_SLICE,
          Map.of(
              "kind", "EndpointSlice",
              "apiVersion", "discovery.k8s.io/v1",
              "endpoints", List.of(Map.of("conditions", Map.of("ready", ready)))),
          meta("web-x", "e1", Map.of("kubernetes.io/service-name", "web"), Map.of()),
          Map.of(),
          Map.of());
    }

    Look with(
        Kind kind,
        Map<String, ?> root,
        Map<String, ?> meta,
        Map<String, ?> spec,
        Map<String, ?> status) {
      Map<String, Object> all = new HashMap<>(root);
      all.put("metadata", meta);
      all.put("spec", spec);
      all.put("status", status);
      lists.computeIfAbsent(kind, _ -> new ArrayList<>()).add(Resource.of(Json.from(all)));
      return this;
    }

    static Map<String, Object> meta(
        String name, String uid, Map<String, String> labels, Map<String, String> annotations) {
      Map<String, String> all = new HashMap<>(annotations);
      all.put("meta.helm.sh/release-name", "web");
      all.put("meta.helm.sh/release-namespace", "shop");
      return Map.of(
          "namespace", "shop", "name", name, "uid", uid, "labels", labels, "annotations", all);
    }

    Evidence evidence() {
      with(
          Kind.POD,
          Map.of("kind", "Pod", "apiVersion", "v1"),
          Map.of(
              "namespace", "shop",
              "name", "web-5c964ccc57-tmct4",
              "uid", "p1",
              "labels", Map.of("pod-template-hash", "5c964ccc57"),
              "ownerReferences",
                  List.of(
                      Map.of(
                          "kind",
                          "ReplicaSet",
                          "name",
                          "web-5c964ccc57",
                          "controller",
                          true,
                          "uid",
                          "r1",
                          "apiVersion",
                          "apps/v1"))),
          Map.of(),
          Map.of(
              "phase",
              "Running",
              "containerStatuses",
              List.of(Map.of("name", "app", "restartCount", restarts))));
      Map<Inquiry, Observation<Answer>> answers = new HashMap<>();
      lists.forEach(
          (k, items) ->
              answers.put(
                  new Inquiry.ListOf(k, "shop"),
                  new Observation.Seen<>(new Answer.Objects(items))));
      answers.put(
          new Inquiry.ContainerLog("shop", "web-5c964ccc57-tmct4", "app", false),
          new Observation.Seen<>(new Answer.Text(log)));
      return Evidence.of(NOW, answers);
    }
  }

  private static Resource release() {
    return Resource.of(
        Json.from(
            Map.of(
                "apiVersion", "helm.toolkit.fluxcd.io/v2",
                "kind", "HelmRelease",
                "metadata", Map.of("namespace", "shop", "name", "web", "generation", 1),
                "spec", Map.of(),
                "status",
                    Map.of(
                        "conditions",
                        List.of(
                            Map.of(
                                "type", "Ready",
                                "status", "True",
                                "reason", "InstallSucceeded",
                                "message", "",
                                "lastTransitionTime", "2026-11-24T11:50:00Z"))))));
  }

  private static Check check(String id, Look first, Look second) {
    return Watched.of(release(), first.evidence(), second.evidence(), WINDOW).stream()
        .filter(c -> c.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static Check endpoints(Look look) {
    Evidence e = look.evidence();
    return Traffic.endpoints(new Belongings(ReleaseView.of(release(), e), e));
  }

  @Test
  void countsRestartsWhileItWatches() {
    assertThat(check("pods-steady", new Look().restarts(3), new Look().restarts(3)).outcome())
        .isEqualTo(Check.Outcome.PASSED);
    Check restarted = check("pods-steady", new Look().restarts(3), new Look().restarts(4));
    assertThat(restarted.outcome()).isEqualTo(Check.Outcome.FAILED);
    assertThat(restarted.because()).contains("container app", "3 to 4", "within 10s");
  }

  @Test
  void countsWarningsOnlySinceItIsReadyAndOfWhatIsThere() {
    Look quiet =
        new Look()
            .event("Pod", "web-5c964ccc57-tmct4", "2026-11-24T11:40:00Z", "Warning")
            .event("Pod", "web-5c964ccc57-gone1", "2026-11-24T11:55:00Z", "Warning")
            .event("Deployment", "web", "2026-11-24T11:55:00Z", "Normal");
    assertThat(check("no-new-warnings", new Look(), quiet).outcome())
        .isEqualTo(Check.Outcome.PASSED);
    Look loud = new Look().event("Pod", "web-5c964ccc57-tmct4", "2026-11-24T11:55:00Z", "Warning");
    Check warned = check("no-new-warnings", new Look(), loud);
    assertThat(warned.outcome()).isEqualTo(Check.Outcome.FAILED);
    assertThat(warned.because())
        .contains("Pod web-5c964ccc57-tmct4: Unhealthy: Readiness probe failed");
  }

  @Test
  void findsNewErrorsInLogsAndForgivesOldOnes() {
    String old = "{\"level\":\"error\",\"msg\":\"db is away\"}\n";
    assertThat(
            check("no-error-logs", new Look().log(old), new Look().log(old + "fine\n")).outcome())
        .isEqualTo(Check.Outcome.PASSED);
    for (String line :
        List.of(
            "{\"level\":\"error\",\"msg\":\"db is gone\"}",
            "{\"t\":1,\"s\":\"E\",\"c\":\"STORAGE\",\"msg\":\"disk\"}",
            "E1124 12:00:01.000000 1 main.go:1] no",
            "2026-11-24 12:00:01 ERROR no",
            "time=x level=error msg=no",
            "panic: nil map")) {
      Check found = check("no-error-logs", new Look().log(old), new Look().log(old + line + "\n"));
      assertThat(found.outcome()).as(line).isEqualTo(Check.Outcome.FAILED);
    }
    assertThat(
            check(
                    "no-error-logs",
                    new Look(),
                    new Look().log("0 errors, no error handler, level=info"))
                .outcome())
        .isEqualTo(Check.Outcome.PASSED);
  }

  @Test
  void tellsServicesWithoutReadyEndpointsFromThoseThatWereNotSeen() {
    assertThat(endpoints(new Look().service("ClusterIP", 80).slice(true)).outcome())
        .isEqualTo(Check.Outcome.PASSED);
    assertThat(endpoints(new Look().service("ClusterIP", 80).slice(false)).outcome())
        .isEqualTo(Check.Outcome.FAILED);
    assertThat(endpoints(new Look().service("ClusterIP", 80)).outcome())
        .isEqualTo(Check.Outcome.UNKNOWN);
    assertThat(endpoints(new Look()).outcome()).isEqualTo(Check.Outcome.SKIPPED);
  }

  @Test
  void asksServicesThatLookLikeHttp() {
    Evidence e = new Look().service("ClusterIP", 8123).slice(true).evidence();
    assertThat(Traffic.targets(new Belongings(ReleaseView.of(release(), e), e)))
        .containsExactly(new Traffic.Target("shop", "web", "8123", false, "/"));
  }

  @Test
  void judgesAnswersByWhoMeantTheAddress() {
    Traffic.Target guessed = new Traffic.Target("shop", "web", "80", false, "/");
    assertThat(Traffic.target(guessed, new HttpAnswer(404, "")).outcome())
        .isEqualTo(Check.Outcome.PASSED);
    assertThat(
            Traffic.target(guessed, new HttpAnswer(404, "not found: services \"web\" not found"))
                .outcome())
        .isEqualTo(Check.Outcome.FAILED);
    assertThat(Traffic.target(guessed, new HttpAnswer(503, "no endpoints")).outcome())
        .isEqualTo(Check.Outcome.FAILED);
    assertThat(
            Traffic.target(guessed, new HttpAnswer(403, "forbidden: cannot get services/proxy"))
                .outcome())
        .isEqualTo(Check.Outcome.UNKNOWN);
    assertThat(Traffic.address("https://a/", new HttpAnswer(404, "")).outcome())
        .isEqualTo(Check.Outcome.FAILED);
    assertThat(Traffic.address("https://a/", HttpAnswer.none("refused")).outcome())
        .isEqualTo(Check.Outcome.FAILED);
    assertThat(Traffic.address("https://a/", new HttpAnswer(204, "")).outcome())
        .isEqualTo(Check.Outcome.PASSED);
  }
}
