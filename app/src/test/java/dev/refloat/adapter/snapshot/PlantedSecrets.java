package dev.refloat.adapter.snapshot;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A snapshot of a failing release that holds a secret in every place where real clusters hold one.
/// Each is a unique marker, so that a search of any output tells which place leaked.
public final class PlantedSecrets {

  /// Every marker that must appear in no output. Each contains [#STEM].
  public static final List<String> MARKERS;

  /// What all markers contain.
  public static final String STEM = "pl4nted";

  private static final List<String> MADE = new ArrayList<>();

  private static final String SECRET_DATA = marker("SecretData");
  private static final String SECRET_STRING_DATA = marker("SecretStringData");
  private static final String SECRET_IN_EVENT = marker("SecretQuotedByAnEvent");
  private static final String SECRET_VALUES = marker("SecretWithValuesFile");
  private static final String PULL_PASSWORD = marker("PullSecretPassword");
  private static final String INLINE_VALUE = marker("InlineValue");
  private static final String INLINE_PASSWORD = marker("InlinePassword");
  private static final String CONFIG_MAP = marker("ConfigMapPassword");
  private static final String CONFIG_MAP_FILE = marker("ConfigMapValuesFile");
  private static final String RECORD_VALUE = marker("HelmRecordValue");
  private static final String RECORD_ENV = marker("HelmRecordEnv");
  private static final String RECORD_SECRET = marker("HelmRecordSecretObject");
  private static final String RECORD_DESCRIPTION = marker("HelmRecordDescription");
  private static final String ENV = marker("PodEnv");
  private static final String ARGUMENT = marker("PodArgument");
  private static final String FLAG = marker("PodFlag");
  private static final String ANNOTATION = marker("Annotation");
  private static final String LAST_APPLIED = marker("LastApplied");
  private static final String URL_USER = marker("UrlUserInfo");
  private static final String URL_QUERY = marker("UrlQuery");
  private static final String EVENT = marker("EventMessage");
  private static final String CONDITION = marker("ConditionMessage");
  private static final String WAITING = marker("WaitingMessage");
  private static final String LOG_KEY = marker("LogPassword");
  private static final String LOG_JSON = marker("LogJson");
  private static final String LOG_BEARER = marker("LogBearer");
  private static final String LOG_URL = marker("LogUrl");
  private static final String LOG_PEM = marker("LogPrivateKey");
  private static final String LOG_KNOWN = marker("LogKnownValue");
  private static final String PREVIOUS_LOG = marker("PreviousLog");
  private static final String CONTROLLER_LOG = marker("ControllerLog");
  private static final String CUSTOM_RESOURCE = marker("CustomResourceToken");

  static {
    MARKERS = List.copyOf(MADE);
  }

  private PlantedSecrets() {}

  private static String marker(String place) {
    String marker = STEM + place + MADE.size();
    MADE.add(marker);
    return marker;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Which markers a text contains, plainly or in base64.
  public static List<String> foundIn(String text) {
    List<String> found = new ArrayList<>();
    for (String marker : MARKERS) {
      // the middle of the base64 form is the same wherever the marker begins in a longer text,
      // except for its shift
      boolean hidden = false;
      for (int shift = 0; shift < 3; shift++) {
        String form = base64("x".repeat(shift) + marker);
        hidden |= text.contains(form.substring(4, form.length() - 4));
      }
      if (hidden || text.contains(marker)) {
        found.add(marker);
      }
    }
    return found;
  }

  /// Writes the snapshot into a new folder.
  public static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Json> items = new ArrayList<>();
    for (Json document : YamlTrees.read("planted", objects())) {
      items.add(document);
    }
    items.add(record().root());
    Files.writeString(
        folder.resolve("objects.json"),
        JsonText.pretty(
            Json.builder()
                .put("apiVersion", "v1")
                .put("kind", "List")
                .put("items", items.iterator())
                .build()));
    log(folder, "ai/app-5c964ccc57-tmct4/app.log", appLog());
    log(
        folder,
        "ai/app-5c964ccc57-tmct4/app.previous.log",
        "panic: cannot connect, password=" + PREVIOUS_LOG + "\n");
    log(
        folder,
        "flux-system/helm-controller/manager.log",
        "{\"level\":\"error\",\"ts\":\"2026-11-23T11:15:03.197Z\",\"msg\":\"Reconciler error\","
            + "\"namespace\":\"ai\",\"name\":\"app\",\"error\":\"GET https://user:"
            + CONTROLLER_LOG
            + "@charts.example.com/index.yaml: 401\"}\n");
    return folder;
  }

  private static void log(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve("logs").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String appLog() {
    return """
    starting
    DB_PASSWORD=%s
    {"level":"info","clientSecret":"%s"}
    Authorization: Bearer %s
    dial mongodb://root:%s@db.ai:27017/app failed
    -----BEGIN RSA PRIVATE KEY-----
    MIIE%s
    -----END RSA PRIVATE KEY-----
    config dump: %s
    fatal: giving up
    """
        .formatted(LOG_KEY, LOG_JSON, LOG_BEARER, LOG_URL, LOG_PEM, LOG_KNOWN);
  }

  /// The storage Secret of the failed revision.
  private static Resource record() throws IOException {
    List<Resource> manifest =
        YamlTrees.read(
                "manifest",
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: app, namespace: ai}
                spec:
                  template:
                    spec:
                      containers:
                      - name: app
                        env: [{name: API_TOKEN, value: %s}]
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: app, namespace: ai}
                stringData: {key: %s}
                """
                    .formatted(RECORD_ENV, RECORD_SECRET))
            .stream()
            .map(Resource::of)
            .toList();
    return HelmStorage.encode(
        new HelmRecord(
            new ObjectRef("v1", "Secret", "ai", "sh.helm.release.v1.app.v1"),
            "app",
            "ai",
            1,
            "failed",
            "Release \"app\" failed: password=" + RECORD_DESCRIPTION,
            Optional.of(Instant.parse("2026-11-23T11:10:00Z")),
            Optional.of(Instant.parse("2026-11-23T11:10:00Z")),
            "app",
            "1.0.0",
            Json.from(java.util.Map.of("harmlessName", RECORD_VALUE)),
            manifest,
            List.of()),
        Json.Missing.MISSING);
  }

  private static String objects() {
    return """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata:
      name: app
      namespace: ai
      generation: 1
      creationTimestamp: "2026-11-23T11:00:00Z"
      annotations:
        kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"values":{"a":"%s"}}}'
        example.com/api-token: %s
      labels: {kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux-system}
    spec:
      interval: 5m
      chart: {spec: {chart: app, version: 1.0.0, sourceRef: {kind: HelmRepository, name: charts}}}
      values: {harmlessName: %s, auth: {password: %s}}
      valuesFrom: [{kind: Secret, name: values}, {kind: ConfigMap, name: values}]
    status:
      observedGeneration: 1
      storageNamespace: ai
      conditions:
      - type: Ready
        status: "False"
        reason: InstallFailed
        lastTransitionTime: "2026-11-23T11:15:00Z"
        message: 'Helm install failed for release ai/app with chart app@1.0.0: token=%s'
      - type: Released
        status: "False"
        reason: InstallFailed
        lastTransitionTime: "2026-11-23T11:15:00Z"
        message: "Helm install failed for release ai/app with chart app@1.0.0: context deadline exceeded"
      history: [{name: app, namespace: ai, version: 1, status: failed, chartName: app, chartVersion: 1.0.0}]
    ---
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: HelmRepository
    metadata: {name: charts, namespace: ai}
    spec: {url: "https://robot:%s@charts.example.com/stable?sig=%s", secretRef: {name: pull}}
    status: {conditions: [{type: Ready, status: "True", reason: Succeeded, message: stored}]}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: values, namespace: ai}
    data: {password: %s, event: %s, logged: %s, values.yaml: %s}
    stringData: {plain: %s}
    ---
    apiVersion: v1
    kind: Secret
    type: kubernetes.io/dockerconfigjson
    metadata: {name: pull, namespace: ai}
    data: {.dockerconfigjson: %s}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: values, namespace: ai}
    data:
      adminPassword: %s
      values.yaml: "db:\\n  password: %s\\n"
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: app
      namespace: ai
      uid: d-1
      labels: {helm.toolkit.fluxcd.io/name: app, helm.toolkit.fluxcd.io/namespace: ai}
    spec: {replicas: 1}
    status: {replicas: 1, unavailableReplicas: 1}
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: app-5c964ccc57-tmct4
      namespace: ai
      labels: {pod-template-hash: 5c964ccc57, helm.toolkit.fluxcd.io/name: app, helm.toolkit.fluxcd.io/namespace: ai}
      ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: app-5c964ccc57, uid: r-1, controller: true}]
    spec:
      containers:
      - name: app
        image: ghcr.io/example/app:1.0.0
        args: ["--db-password", "%s", "--token=%s"]
        env: [{name: DB_PASSWORD, value: %s}]
    status:
      phase: Running
      containerStatuses:
      - name: app
        restartCount: 7
        ready: false
        image: ghcr.io/example/app:1.0.0
        state: {waiting: {reason: CrashLoopBackOff, message: "back-off, last said password=%s"}}
        lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: "2026-11-23T11:14:00Z"}}
    ---
    apiVersion: v1
    kind: Event
    metadata: {name: app.1, namespace: ai}
    involvedObject: {kind: Pod, namespace: ai, name: app-5c964ccc57-tmct4}
    type: Warning
    reason: BackOff
    message: "connecting to amqp://guest:%s@mq failed; value %s refused"
    lastTimestamp: "2026-11-23T11:14:30Z"
    ---
    apiVersion: example.com/v1
    kind: Database
    metadata: {name: db, namespace: ai, labels: {helm.toolkit.fluxcd.io/name: app, helm.toolkit.fluxcd.io/namespace: ai}}
    spec: {accessToken: %s}
    """
        .formatted(
            LAST_APPLIED,
            ANNOTATION,
            INLINE_VALUE,
            INLINE_PASSWORD,
            CONDITION,
            URL_USER,
            URL_QUERY,
            base64(SECRET_DATA),
            base64(SECRET_IN_EVENT),
            base64(LOG_KNOWN),
            base64("deep:\n  nested: " + SECRET_VALUES + "\n"),
            SECRET_STRING_DATA,
            base64(
                "{\"auths\":{\"ghcr.io\":{\"username\":\"x\",\"password\":\""
                    + PULL_PASSWORD
                    + "\"}}}"),
            CONFIG_MAP,
            CONFIG_MAP_FILE,
            ARGUMENT,
            FLAG,
            ENV,
            WAITING,
            EVENT,
            SECRET_IN_EVENT,
            CUSTOM_RESOURCE);
  }
}
