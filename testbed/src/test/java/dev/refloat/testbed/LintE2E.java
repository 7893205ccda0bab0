package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.wiring.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `refloat lint --context` on a real API server: what it refuses is found at the line that makes
/// it
/// so, with the cause that a diagnosis would name, and nothing is stored.
@RequiresTestBed
final class LintE2E {
  private static final String SOURCE =
      """
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: GitRepository
      metadata: {name: repo, namespace: shop}
      spec: {interval: 1m, url: "https://git.example.com/shop"}
      """;

  private static final String CHART =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: {{ .Release.Name }}}
      spec:
        replicas: {{ .Values.replicaCount }}
        {{- with .Values.stratgy }}
        stratgy: {{ toYaml . | nindent 4 }}
        {{- end }}
        selector: {matchLabels: {app: {{ .Values.app }}}}
        template:
          metadata: {labels: {app: {{ .Values.app }}}}
          spec:
            containers:
              - name: web
                image: "nginx:{{ .Values.tag }}"
                env:
                  - {name: DB_PASSWORD, value: {{ .Values.dbPassword }}}
      {{- if .Values.widget }}
      ---
      apiVersion: example.com/v1
      kind: Widget
      metadata: {name: widget}
      {{- end }}
      {{- if .Values.ingress }}
      ---
      apiVersion: networking.k8s.io/v1beta1
      kind: Ingress
      metadata: {name: web}
      {{- end }}
      {{- if .Values.claim }}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: {{ .Values.claim }}}}}
      {{- end }}
      """;

  private static TestCluster cluster;
  @TempDir static Path repository;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestCluster.start(TestCluster.Part.FLUX);
    cluster.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: small, namespace: shop}
        spec: {hard: {requests.storage: 1Gi}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: selector, namespace: shop}
        spec:
          selector: {matchLabels: {app: old}}
          template:
            metadata: {labels: {app: old}}
            spec: {containers: [{name: web, image: "nginx:1.27"}]}
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: no-latest}
        spec:
          matchConstraints:
            resourceRules:
              - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
          validations:
            - expression: "object.spec.template.spec.containers.all(c, !c.image.endsWith(':latest'))"
              message: images need a tag
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: no-latest}
        spec: {policyName: no-latest, validationActions: [Deny]}
        """);
    // Its status is the quota controller's, which does not run here.
    cluster
        .api()
        .mergePatch(
            "/api/v1/namespaces/shop/resourcequotas/small/status",
            ApiClient.JSON.readTree(
                "{\"status\":{\"hard\":{\"requests.storage\":\"1Gi\"},\"used\":{\"requests.storage\":\"0\"}}}"));
    git("init", "-q", repository.toString());
    write("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    write(
        "charts/web/values.yaml",
        "replicaCount: 1\napp: web\ntag: '1.27'\ndbPassword: '\"none\"'\n");
    write("charts/web/templates/all.yaml", CHART);
    write("sources.yaml", SOURCE);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void namesTheCauseAndTheLineOfWhatTheClusterRefuses() throws Exception {
    release("fine", "", "replicaCount: 2");
    release("negative", "", "replicaCount: -2");
    release("unknown", "", "stratgy: {type: Recreate}");
    release("number", "", "dbPassword: 12345678901");
    release("selector", "", "app: new");
    release("policy", "", "tag: latest");
    release("widget", "", "widget: true");
    release("ingress", "", "ingress: true");
    release("quota", "", "claim: 5Gi");
    release("lost", "targetNamespace: nowhere", "replicaCount: 1");
    release(
        "fresh", "targetNamespace: fresh\n  install: {createNamespace: true}", "replicaCount: 3");
    release(
        "frail", "targetNamespace: frail\n  install: {createNamespace: true}", "replicaCount: -4");
    write(
        "service.yaml",
        """
        apiVersion: v1
        kind: Service
        metadata: {name: db, namespace: shop}
        spec:
          ports:
            - name: db
              port: 99999
        """);
    awaitPolicy();

    JsonNode report = lint(cluster.admin());

    Map<String, String> found = new HashMap<>();
    for (JsonNode f : report.path("findings")) {
      if (f.path("rule").asString().equals("cluster-refuses")) {
        found.put(
            f.path("file").asString() + ":" + f.path("line").asInt(),
            f.path("prevents").asString());
      }
    }
    assertThat(found)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("negative.yaml:15", "manifest-invalid"),
                Map.entry("unknown.yaml:15", "manifest-invalid"),
                Map.entry("number.yaml:15", "manifest-invalid"),
                Map.entry("selector.yaml:15", "immutable-field"),
                Map.entry("policy.yaml:9", "admission-denied"),
                Map.entry("widget.yaml:9", "crd-missing"),
                Map.entry("ingress.yaml:9", "removed-api"),
                Map.entry("quota.yaml:9", "quota-exceeded"),
                Map.entry("lost.yaml:6", "namespace-missing"),
                Map.entry("frail.yaml:16", "manifest-invalid"),
                Map.entry("service.yaml:7", "gitops-blocked")));
    assertThat(report.toString()).doesNotContain("12345678901");
    assertThat(
            cluster.kubectl(cluster.admin(), "get", "hr,svc,cm", "-n", "shop", "-o", "name").out())
        .as("nothing is stored")
        .doesNotContain("negative", "service/db");
  }

  @Test
  void saysWhatItMayNotAskInsteadOfPassingIt() throws Exception {
    release("negative", "", "replicaCount: -2");
    JsonNode report = lint(cluster.user("stranger"));
    assertThat(report.path("findings").toString()).doesNotContain("The cluster refuses");
    assertThat(report.path("notChecked").toString())
        .contains("cannot patch resource")
        .contains("cluster-refuses");
  }

  @Test
  void asksWithTheRightsThatPermissionsPrints() throws Exception {
    release("negative", "", "replicaCount: -2");
    Program.Result printed =
        Refloat.as(cluster, cluster.admin()).run("permissions", "lint", "--user", "linda");
    assertThat(printed.code()).as(printed.err()).isZero();
    cluster.apply(printed.out());
    JsonNode report = lint(cluster.user("linda"));
    assertThat(report.path("findings").toString()).contains("must be greater than or equal to 0");
    assertThat(report.path("notChecked").toString()).doesNotContain("cannot ");
  }

  @Test
  void refusesASnapshotAndAnUnknownContext() {
    Refloat refloat = Refloat.as(cluster, cluster.admin());
    assertThat(refloat.run("lint", repository.toString(), "--context", "elsewhere").code())
        .isEqualTo(2);
  }

  /// A policy is in force a moment after it is stored.
  private static void awaitPolicy() {
    cluster.await(
        "the policy is in force",
        java.time.Duration.ofSeconds(30),
        () -> {
          try {
            return cluster
                .kubectl(
                    cluster.admin(),
                    "create",
                    "deployment",
                    "probe",
                    "--image=nginx:latest",
                    "--dry-run=server")
                .err()
                .contains("images need a tag");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static JsonNode lint(Access user) {
    Program.Result result =
        Refloat.as(cluster, user)
            .run("lint", repository.toString(), "--server-dry-run", "-o", "json");
    assertThat(result.code()).as(result.err()).isIn(0, 1);
    assertThat(result.err()).doesNotContain("has a bug");
    return ApiClient.JSON.readTree(result.out());
  }

  private static void release(String name, String spec, String values) throws IOException {
    write(
        name + ".yaml",
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: %s, namespace: shop}
        spec:
          interval: 10m
          %s
          chart:
            spec:
              chart: charts/web
              sourceRef:
                kind: GitRepository
                name: repo
                namespace: shop
          values:
            %s
        """
            .formatted(name, spec.isEmpty() ? "timeout: 5m" : spec, values));
  }

  private static void write(String file, String text) throws IOException {
    Path path = repository.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static void git(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(words));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
