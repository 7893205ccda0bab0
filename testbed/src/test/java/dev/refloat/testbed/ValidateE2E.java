package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.refloat.wiring.Program;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `refloat validate` and `refloat probe` on a real API server: endpoints that its controllers
/// fill, its service proxy, its pod security, its RBAC.
@RequiresTestBed
final class ValidateE2E {
  private static final String GOOD = "ghcr.io/example/webapp:1.0.0";
  private static final String MISSING = "ghcr.io/example/webapp:does-not-exist";

  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster =
        TestCluster.start(
            TestCluster.Part.CONTROLLERS, TestCluster.Part.KUBELETS, TestCluster.Part.FLUX);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// A release `web` whose objects Helm would have made, called Ready.
  private static void release(String namespace, String image, boolean restricted) {
    cluster.apply(
        "{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {%s}}}"
            .formatted(
                namespace, restricted ? "pod-security.kubernetes.io/enforce: restricted" : "a: b"));
    String made =
        """
          labels: {helm.toolkit.fluxcd.io/name: web, helm.toolkit.fluxcd.io/namespace: %1$s}
          annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: %1$s}
        """
            .formatted(namespace);
    cluster.await(
        "the namespace has its service account",
        Duration.ofSeconds(30),
        () ->
            cluster
                    .api()
                    .get("/api/v1/namespaces/" + namespace + "/serviceaccounts")
                    .path("items")
                    .size()
                > 0);
    cluster.apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          namespace: %1$s
        %2$s
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              nodeSelector: {kubernetes.io/hostname: node-1}
              securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: app
                image: %3$s
                ports: [{containerPort: 8080}]
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: web
          namespace: %1$s
        %2$s
        spec:
          selector: {app: web}
          ports: [{name: http, port: 80, targetPort: 8080}]
        """
            .formatted(namespace, made, image));
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    for (var o :
        Manifests.read(
            """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: HelmRepository
            metadata: {name: charts, namespace: %1$s}
            spec: {url: "http://127.0.0.1:1", interval: 10m}
            status:
              observedGeneration: 1
              conditions:
              - {type: Ready, status: "True", reason: Succeeded, message: "", lastTransitionTime: "%2$s"}
            ---
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: HelmChart
            metadata: {name: %1$s-web, namespace: %1$s}
            spec: {chart: webapp, version: 1.x, interval: 10m, sourceRef: {kind: HelmRepository, name: charts}}
            status:
              observedGeneration: 1
              artifact: {revision: 1.1.0, digest: "sha256:%3$s", lastUpdateTime: "%2$s", path: a, url: "http://a"}
              conditions:
              - {type: Ready, status: "True", reason: ChartPullSucceeded, message: "", lastTransitionTime: "%2$s"}
            ---
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: web, namespace: %1$s}
            spec:
              interval: 10m
              chart: {spec: {chart: webapp, version: 1.x, sourceRef: {kind: HelmRepository, name: charts}}}
            status:
              observedGeneration: 1
              helmChart: %1$s/%1$s-web
              storageNamespace: %1$s
              conditions:
              - {type: Ready, status: "True", reason: InstallSucceeded, message: done, observedGeneration: 1, lastTransitionTime: "%2$s"}
              - {type: Released, status: "True", reason: InstallSucceeded, message: done, observedGeneration: 1, lastTransitionTime: "%2$s"}
              inventory:
                entries:
                - {id: %1$s_web_apps_Deployment, v: v1}
                - {id: %1$s_web__Service, v: v1}
              history:
              - {name: web, namespace: %1$s, version: 1, status: deployed, chartName: webapp, chartVersion: 1.1.0, digest: "sha256:%3$s", configDigest: "sha256:%3$s", firstDeployed: "%2$s", lastDeployed: "%2$s"}
            """
                .formatted(namespace, now, "0".repeat(64)))) {
      cluster.api().create(o);
    }
  }

  private static void running(String namespace) {
    cluster.await(
        "the pod of " + namespace + " is an endpoint",
        Duration.ofSeconds(60),
        () ->
            cluster
                    .api()
                    .get("/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices")
                    .toString()
                    .contains("\"ready\":true")
                && cluster
                        .api()
                        .get("/apis/apps/v1/namespaces/" + namespace + "/deployments/web")
                        .path("status")
                        .path("readyReplicas")
                        .asInt(0)
                    == 1);
  }

  private static Refloat refloat() {
    return Refloat.as(cluster, cluster.admin());
  }

  /// `id` to `outcome: because`.
  private static Map<String, String> checks(String json) {
    Map<String, String> checks = new TreeMap<>();
    for (JsonNode c : ApiClient.JSON.readTree(json).path("checks")) {
      checks.put(
          c.path("id").asString(),
          c.path("outcome").asString() + ": " + c.path("because").asString());
    }
    return checks;
  }

  private static int probesIn(String namespace) {
    return cluster
        .api()
        .get("/api/v1/namespaces/" + namespace + "/pods?labelSelector=refloat.dev%2Fprobe")
        .path("items")
        .size();
  }

  @Test
  void aReleaseThatWorksPassesEveryCheck() {
    release("works", GOOD, false);
    running("works");
    Program.Result r =
        refloat().run("validate", "-n", "works", "web", "--watch-window", "2s", "-o", "json");
    assertThat(r.code()).as("%s %s", r.out(), r.err()).isZero();
    Map<String, String> checks = checks(r.out());
    assertThat(checks.values()).noneMatch(c -> c.startsWith("failed") || c.startsWith("unknown"));
    assertThat(checks.get("services-have-endpoints")).isEqualTo("passed: 1 of 1");
    assertThat(checks.get("revision-intended")).isEqualTo("passed: webapp 1.1.0, revision 1");
    assertThat(checks.get("pods-steady")).isEqualTo("passed: 1 watched for 2s");

    Program.Result junit =
        refloat().run("validate", "-n", "works", "web", "--watch-window", "0", "-o", "junit");
    assertThat(junit.code()).isZero();
    assertThat(junit.out()).startsWith("<?xml").contains("failures=\"0\"", "</testsuite>");
  }

  @Test
  void aServiceThatLeadsNowhereFails() {
    release("nowhere", GOOD, false);
    running("nowhere");
    cluster
        .api()
        .mergePatch(
            "/api/v1/namespaces/nowhere/services/web",
            ApiClient.JSON.readTree("{\"spec\":{\"selector\":{\"app\":\"other\"}}}"));
    cluster.await(
        "the slice is empty",
        Duration.ofSeconds(30),
        () ->
            !cluster
                .api()
                .get("/apis/discovery.k8s.io/v1/namespaces/nowhere/endpointslices")
                .toString()
                .contains("\"ready\":true"));
    Program.Result r =
        refloat()
            .run(
                "validate",
                "-n",
                "nowhere",
                "web",
                "--watch-window",
                "0",
                "--in-cluster",
                "-o",
                "json");
    assertThat(r.code()).isEqualTo(1);
    assertThat(checks(r.out()).get("services-have-endpoints"))
        .isEqualTo("failed: nowhere/web has no ready endpoint");
    assertThat(checks(r.out()).get("service-answers")).startsWith("failed: 503");
  }

  @Test
  void whatHappensWhileItIsWatchedFails() throws Exception {
    release("restless", GOOD, false);
    running("restless");
    JsonNode pod =
        cluster
            .api()
            .get("/api/v1/namespaces/restless/pods?labelSelector=app%3Dweb")
            .path("items")
            .get(0);
    String name = pod.path("metadata").path("name").asString();
    Thread meanwhile =
        Thread.ofPlatform()
            .start(
                () -> {
                  pause();
                  JsonNode status = pod.path("status").path("containerStatuses").deepCopy();
                  ((tools.jackson.databind.node.ObjectNode) status.get(0)).put("restartCount", 1);
                  cluster
                      .api()
                      .mergePatch(
                          "/api/v1/namespaces/restless/pods/" + name + "/status",
                          ApiClient.JSON.readTree(
                              "{\"status\":{\"containerStatuses\":" + status + "}}"));
                  cluster.apply(
                      """
                      apiVersion: v1
                      kind: Event
                      metadata: {name: web.1, namespace: restless}
                      involvedObject: {apiVersion: v1, kind: Pod, namespace: restless, name: %s}
                      type: Warning
                      reason: BackOff
                      message: Back-off restarting failed container
                      lastTimestamp: "%s"
                      """
                          .formatted(
                              name, Instant.now().plusSeconds(1).truncatedTo(ChronoUnit.SECONDS)));
                });
    Program.Result r =
        refloat().run("validate", "-n", "restless", "web", "--watch-window", "8s", "-o", "json");
    meanwhile.join();
    assertThat(r.code()).as(r.out()).isEqualTo(1);
    assertThat(checks(r.out()).get("pods-steady")).contains("failed", "0 to 1 times", "within 8s");
    assertThat(checks(r.out()).get("no-new-warnings")).contains("failed", "BackOff");
  }

  private static void pause() {
    try {
      Thread.sleep(4_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void addressesAreAskedFromHere() throws Exception {
    HttpServer app =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    app.createContext(
        "/",
        exchange -> {
          boolean front = exchange.getRequestURI().getPath().equals("/");
          exchange.sendResponseHeaders(front ? 200 : 404, -1);
          exchange.close();
        });
    app.start();
    try {
      release("answers", GOOD, false);
      running("answers");
      String url = "http://127.0.0.1:" + app.getAddress().getPort() + "/";
      Program.Result r =
          refloat()
              .run(
                  "validate",
                  "-n",
                  "answers",
                  "web",
                  "--watch-window",
                  "0",
                  "--url",
                  url,
                  "--url",
                  url + "no-such-page",
                  "--url",
                  "http://127.0.0.1:1/");
      assertThat(r.out())
          .containsPattern("ok +" + url + " answers +200")
          .containsPattern("FAILED +" + url + "no-such-page answers +404")
          .containsPattern("FAILED +http://127.0.0.1:1/ answers +unreachable from here");
      assertThat(r.code()).isEqualTo(1);
    } finally {
      app.stop(0);
    }
  }

  @Test
  void theChartsTestsAreRunByHelm(@TempDir Path chart) throws Exception {
    release("tested", GOOD, false);
    running("tested");
    Files.writeString(
        chart.resolve("Chart.yaml"), "apiVersion: v2\nname: webapp\nversion: 1.1.0\n");
    Files.createDirectories(chart.resolve("templates"));
    Files.writeString(
        chart.resolve("templates/test.yaml"),
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web-test
          annotations: {helm.sh/hook: test}
        spec:
          restartPolicy: Never
          containers: [{name: test, image: "ghcr.io/example/webapp:1.0.0"}]
        """);
    Map<String, String> env = new TreeMap<>(refloat().environment());
    env.put("REFLOAT_HELM", Binaries.ofEnvironment().path(Binary.HELM).toString());
    List<String> line =
        List.of(
            "validate", "-n", "tested", "web", "--watch-window", "0", "--helm-tests", "-o", "json");

    Program.Result none = Program.run(env, line);
    assertThat(none.code()).isEqualTo(1);
    assertThat(checks(none.out()).get("helm-tests")).contains("failed", "not found");

    cluster.helm("install", "web", chart.toString(), "-n", "tested");
    Program.Result r = Program.run(env, line);
    assertThat(checks(r.out()).get("helm-tests")).isEqualTo("passed: helm test web");
    assertThat(r.code()).as(r.out()).isZero();
  }

  @Test
  void imagesArePulledWhereTheStrictestPodSecurityRules() {
    release("strict", GOOD, true);
    running("strict");
    cluster.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: left
          namespace: strict
          labels: {refloat.dev/probe: registry}
          annotations: {refloat.dev/probe-until: "2026-01-01T00:00:00Z"}
        spec:
          securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
          containers:
          - name: probe
            image: %s
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        """
            .formatted(GOOD));
    Program.Result shown = refloat().run("probe", "registry", "-n", "strict", "web", "--dry-run");
    assertThat(shown.code()).as(shown.err()).isZero();
    assertThat(shown.out()).contains("activeDeadlineSeconds", "kubernetes.io/hostname: node-1");
    assertThat(probesIn("strict")).isEqualTo(1);

    Program.Result r = refloat().run("probe", "registry", "-n", "strict", "web");
    assertThat(r.code()).as("%s %s", r.out(), r.err()).isZero();
    assertThat(r.out()).contains("Image " + GOOD + " can be pulled", "pulled on node node-1");
    cluster.await("nothing of it is left", Duration.ofSeconds(30), () -> probesIn("strict") == 0);
  }

  @Test
  void anImageThatIsMissingIsToldInTheWordsOfTheRegistry() {
    release("lost", MISSING, false);
    Program.Result r = refloat().run("probe", "registry", "lost/web", "-o", "json");
    assertThat(r.code()).as("%s %s", r.out(), r.err()).isEqualTo(1);
    assertThat(checks(r.out()).get("probe-registry"))
        .matches("failed: (ErrImagePull|ImagePullBackOff).*");
    cluster.await("nothing of it is left", Duration.ofSeconds(30), () -> probesIn("lost") == 0);
  }

  @Test
  void aProbeThatDoesNotEndIsRemovedAndSaysSo() {
    release("slow", GOOD, false);
    running("slow");
    Program.Result r =
        refloat().run("probe", "dns", "-n", "slow", "web", "db.example.com", "--within", "2s");
    assertThat(r.code()).as("%s %s", r.out(), r.err()).isEqualTo(5);
    assertThat(r.out()).contains("it did not end in time");
    cluster.await("nothing of it is left", Duration.ofSeconds(30), () -> probesIn("slow") == 0);
    assertThat(refloat().run("probe", "dns", "-n", "slow", "web", "-h;reboot").code()).isEqualTo(2);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void namesAndPortsAreTriedFromInsideWithATrueYesAndNo() throws Exception {
    release("inside", GOOD, true);
    running("inside");
    try (PodPrograms _ = PodPrograms.start(cluster, "inside");
        ServerSocket open = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int refusing;
      try (ServerSocket shut = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        refusing = shut.getLocalPort();
      }
      Program.Result known = probe("dns", "localhost");
      assertThat(known.code()).as("%s %s", known.out(), known.err()).isZero();
      assertThat(known.out())
          .containsPattern(
              "ok +localhost is resolved in namespace inside +Name: localhost Address:");

      Program.Result unknown = probe("dns", "no-such-host.invalid");
      assertThat(unknown.code()).as("%s %s", unknown.out(), unknown.err()).isEqualTo(1);
      assertThat(unknown.out())
          .containsPattern("FAILED +no-such-host.invalid is resolved .*NXDOMAIN");

      Program.Result answers = probe("reach", "127.0.0.1:" + open.getLocalPort());
      assertThat(answers.code()).as("%s %s", answers.out(), answers.err()).isZero();

      Program.Result refuses = probe("reach", "127.0.0.1:" + refusing);
      assertThat(refuses.code()).as("%s %s", refuses.out(), refuses.err()).isEqualTo(1);
      assertThat(refuses.out()).contains("FAILED", "exit code 1");
    }
    cluster.await("nothing of it is left", Duration.ofSeconds(30), () -> probesIn("inside") == 0);
  }

  private static Program.Result probe(String kind, String host) {
    return refloat().run("probe", kind, "-n", "inside", "web", host, "--within", "30s");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatAKilledProbeLeftIsRemovedOnRequest() {
    release("killed", GOOD, false);
    running("killed");
    Child child =
        Child.start(
            "dev.refloat.wiring.Main",
            refloat().environment(),
            List.of("probe", "dns", "-n", "killed", "web", "db.example.com"));
    cluster.await("its pod is there", Duration.ofSeconds(60), () -> probesIn("killed") == 1);
    child.kill();
    assertThat(probesIn("killed")).isEqualTo(1);
    JsonNode left =
        cluster
            .api()
            .get("/api/v1/namespaces/killed/pods?labelSelector=refloat.dev%2Fprobe")
            .path("items")
            .get(0);
    assertThat(left.path("spec").path("activeDeadlineSeconds").asInt()).isBetween(1, 600);
    Program.Result cleaned = refloat().run("probe", "clean", "-n", "killed");
    assertThat(cleaned.code()).as(cleaned.err()).isZero();
    assertThat(cleaned.err()).contains("1 pods of probes removed");
    cluster.await("nothing of it is left", Duration.ofSeconds(30), () -> probesIn("killed") == 0);
  }

  @Test
  void thePrintedRightsAreEnoughAndWithoutThemItIsRefused() {
    release("rights", GOOD, false);
    running("rights");
    Access user = cluster.serviceAccount("default", "prober");
    Refloat limited = Refloat.as(cluster, user);
    for (String command : List.of("diagnose", "probe")) {
      Program.Result printed =
          refloat().run("permissions", command, "--serviceaccount", "default:prober");
      assertThat(printed.code()).as(printed.err()).isZero();
      Manifests.read(printed.out()).forEach(o -> cluster.api().apply(o.deepCopy()));
      boolean may = command.equals("probe");
      cluster.await(
          "the rights are in force",
          Duration.ofSeconds(30),
          () -> limited.run("probe", "registry", "-n", "rights", "web").code() == (may ? 0 : 3));
    }
  }
}
