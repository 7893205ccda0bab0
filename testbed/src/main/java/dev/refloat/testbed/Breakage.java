package dev.refloat.testbed;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A way to break a release of the chart `webapp`, for real: the objects that stand in its way, and
/// the change to its spec. Each can be the first install of a release or an upgrade of a healthy
/// one.
///
/// A volume, a foreign helm, a killed controller are no matter of a spec: see [Playground].
public enum Breakage {
  IMAGE("image-pull", "values: {tag: does-not-exist}"),
  CRASH("workload-crash", "values: {sim: crash}"),
  MEMORY("workload-oom", "values: {sim: oom}"),
  PROBE("probe-failing", "values: {sim: notready}"),
  CONTAINER_CONFIG("container-config-error", "values: {sim: configerror}"),
  NO_ROOM("unschedulable", "values: {cpu: '64'}"),
  SLOW("timeout", "values: {sim: slow}"),
  CLAIM("volume-pending", "values: {claim: data, class: no-such-class}"),
  CHART_VERSION("chart-not-found", "chart: {spec: {version: 7.7.7}}"),
  CHART_NAME("chart-not-found", "chart: {spec: {chart: webap}}"),
  SOURCE("source-missing", "chart: {spec: {sourceRef: {name: no-such-repository}}}"),
  VALUES("values-error", "values: {replicas: many}"),
  REFUSED("values-error", "values: {refuse: 'message must not be empty'}"),
  VALUES_SOURCE("values-source-missing", "valuesFrom: [{kind: ConfigMap, name: no-such-values}]"),
  TEMPLATE("template-error", "values: {broken: true}"),
  CRD("crd-missing", "values: {widget: true}"),
  DEPENDENCY("dependency-not-ready", "dependsOn: [{name: no-such-release}]"),
  MANIFEST("manifest-invalid", "values: {port: 99999}"),
  RIGHTS(
      "forbidden",
      "serviceAccountName: powerless",
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {namespace: NS, name: powerless}
      """),
  QUOTA(
      "quota-exceeded",
      "values: {claim: data}",
      """
      apiVersion: v1
      kind: ResourceQuota
      metadata: {namespace: NS, name: limits}
      spec: {hard: {persistentvolumeclaims: "0"}}
      """),
  ADMISSION(
      "admission-denied",
      "values: {tag: denied}",
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: no-such-tag.NS}
      spec:
        failurePolicy: Fail
        matchConstraints:
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}}
          resourceRules:
          - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
        validations:
        - expression: "!object.spec.template.spec.containers.exists(c, c.image.endsWith(':denied'))"
          message: tag denied is not allowed
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: no-such-tag.NS}
      spec: {policyName: no-such-tag.NS, validationActions: [Deny]}
      """),
  WEBHOOK(
      "webhook-unavailable",
      "values: {message: changed}",
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingWebhookConfiguration
      metadata: {name: policy.NS}
      webhooks:
      - name: policy.example.io
        clientConfig: {service: {namespace: NS, name: policy}}
        namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}}
        rules:
        - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [configmaps]}
        failurePolicy: Fail
        sideEffects: None
        timeoutSeconds: 2
        admissionReviewVersions: [v1]
      """),
  OWNER(
      "ownership-conflict",
      """
      values: {extra: taken}
      install: {disableTakeOwnership: true}
      upgrade: {disableTakeOwnership: true}
      """,
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {namespace: NS, name: taken}
      """),
  IMMUTABLE("immutable-field", "values: {track: canary}"),
  HOOK("hook-failed", "values: {hook: jobfail}"),
  TEST("test-failed", "test: {enable: true}\nvalues: {test: jobfail}"),
  SUBSTITUTED(
      "image-verification",
      """
      values:
        refuse: |
          ERROR: Original containers have been substituted for unrecognized ones. Deploying this chart
          with non-standard containers is likely to cause degraded security and performance.

          Unrecognized images:
            - registry.example.io/mirror/webapp:1.0.0

          If you are sure you want to proceed, you can skip container image verification by setting
          the global parameter 'global.security.allowInsecureImages' to true.
      """),
  INIT("init-container-stuck", "values: {sim: init, init: true}"),
  REMOVED("removed-api", "values: {legacy: true}"),
  VALUES_FILE("chart-build-error", "chart: {spec: {valuesFiles: [no-such-values.yaml]}}"),
  KUBECONFIG("cluster-unreachable", "kubeConfig: {secretRef: {name: no-such-kubeconfig}}"),
  CLUSTER(
      "cluster-unreachable",
      "kubeConfig: {secretRef: {name: far}}",
      """
      apiVersion: v1
      kind: Secret
      metadata: {namespace: NS, name: far}
      stringData:
        value: |
          apiVersion: v1
          kind: Config
          current-context: far
          contexts: [{name: far, context: {cluster: far, user: far}}]
          clusters: [{name: far, cluster: {server: "https://127.0.0.1:1"}}]
          users: [{name: far, user: {token: none}}]
      """),
  KUBERNETES("kube-version", "chart: {spec: {version: 9.0.0}}"),
  POST_RENDER(
      "post-render-error",
      """
      # Without another change, helm-controller 1.6 takes the release for in sync after one failure.
      values: {message: changed}
      postRenderers:
      - kustomize: {patches: [{patch: "{apiVersion: v1, kind: Secret, metadata: {name: none}}"}]}
      """);

  private final String cause;
  private final String spec;
  private final String obstacles;

  Breakage(String cause, String spec) {
    this(cause, spec, "");
  }

  Breakage(String cause, String spec, String obstacles) {
    this.cause = cause;
    this.spec = spec;
    this.obstacles = obstacles;
  }

  /// The cause that a diagnosis should name.
  public String cause() {
    return cause;
  }

  /// Whether only the real controllers fail in this way; the stand-in cannot post-render, nor reach
  /// another cluster.
  public boolean needsRealFlux() {
    return this == POST_RENDER || this == CLUSTER;
  }

  /// Puts the obstacles in the way and applies the release, changed.
  public void inflict(Playground playground, Release release) {
    obstacles(release)
        .ifPresent(
            o -> {
              playground.cluster().apply(o);
              settle(playground, release);
            });
    playground.apply(release.with(spec));
  }

  /// Takes the obstacles away, where there are any, as a person would, and waits until the server
  /// knows.
  public void relent(Playground playground, Release release) {
    obstacles(release)
        .ifPresent(
            o ->
                Manifests.read(o)
                    .forEach(
                        m -> {
                          String path = playground.api().path(m);
                          if (playground.exists(path)) {
                            playground.api().delete(path);
                          }
                        }));
    switch (this) {
      case ADMISSION -> taken(playground, release, "apps/v1", "deployments", DENIED);
      case WEBHOOK -> taken(playground, release, "v1", "configmaps", "{metadata: {name: probe}}");
      case IMAGE, CRASH, MEMORY, PROBE, CONTAINER_CONFIG, NO_ROOM, SLOW, CLAIM -> {}
      case CHART_VERSION, CHART_NAME, SOURCE, VALUES, REFUSED, VALUES_SOURCE, TEMPLATE -> {}
      case CRD, DEPENDENCY, MANIFEST, RIGHTS, QUOTA, OWNER, IMMUTABLE, HOOK, TEST -> {}
      case SUBSTITUTED, INIT, REMOVED, VALUES_FILE, KUBECONFIG, CLUSTER -> {}
      case KUBERNETES, POST_RENDER -> {}
    }
  }

  private Optional<String> obstacles(Release release) {
    return obstacles.isEmpty()
        ? Optional.empty()
        : Optional.of(obstacles.replace("NS", release.namespace()));
  }

  /// Waits until an obstacle is one: a quota counts, a policy or a webhook is known to the server.
  private void settle(Playground playground, Release release) {
    switch (this) {
      case QUOTA ->
          playground.await(
              "the quota is in force",
              () ->
                  !playground
                      .api()
                      .get("/api/v1/namespaces/" + release.namespace() + "/resourcequotas/limits")
                      .path("status")
                      .path("hard")
                      .isEmpty());
      case ADMISSION -> refused(playground, release, "apps/v1", "deployments", DENIED);
      case WEBHOOK -> refused(playground, release, "v1", "configmaps", "{metadata: {name: probe}}");
      case IMAGE, CRASH, MEMORY, PROBE, CONTAINER_CONFIG, NO_ROOM, SLOW, CLAIM -> {}
      case CHART_VERSION, CHART_NAME, SOURCE, VALUES, REFUSED, VALUES_SOURCE, TEMPLATE -> {}
      case CRD, DEPENDENCY, MANIFEST, RIGHTS, OWNER, IMMUTABLE, HOOK, TEST -> {}
      case SUBSTITUTED, INIT, REMOVED, VALUES_FILE, KUBECONFIG, CLUSTER -> {}
      case KUBERNETES, POST_RENDER -> {}
    }
  }

  private static final String DENIED =
      """
      metadata: {name: probe}
      spec:
        selector: {matchLabels: {app: probe}}
        template:
          metadata: {labels: {app: probe}}
          spec: {containers: [{name: app, image: "example.io/probe:denied"}]}
      """;

  private static void refused(
      Playground playground, Release release, String apiVersion, String plural, String object) {
    playground.await(
        plural + " are refused", () -> !takes(playground, release, apiVersion, plural, object));
  }

  private static void taken(
      Playground playground, Release release, String apiVersion, String plural, String object) {
    playground.await(
        plural + " are taken", () -> takes(playground, release, apiVersion, plural, object));
  }

  private static boolean takes(
      Playground playground, Release release, String apiVersion, String plural, String object) {
    String base = apiVersion.equals("v1") ? "/api/v1" : "/apis/" + apiVersion;
    String path = base + "/namespaces/" + release.namespace() + "/" + plural + "?dryRun=All";
    JsonNode body = Manifests.read(object).getFirst();
    try {
      playground.api().post(path, body);
      return true;
    } catch (ApiClient.Refused e) {
      return false;
    }
  }
}
