package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Plays helm-controller: everything about a HelmRelease but the Helm actions, which [ReleaseRun]
/// takes.
final class ReleaseController implements AutoCloseable {
  private static final String FINALIZER = "finalizers.fluxcd.io";
  private static final String SOURCES = "/apis/source.toolkit.fluxcd.io/v1/namespaces/";
  private static final String MANAGER = "?fieldManager=" + HelmGateway.MANAGER;

  private final Tools tools;
  private final Formats formats;
  private final ApiServer api;
  private final Events events;
  private final ChartStore charts;
  private final Values valuesReader;
  private final Duration dependencyRequeue;
  private final Schedule schedule;
  private final Map<String, Source> sources = new HashMap<>();

  /// The last known source of a release, and how often it changed for the better.
  private record Source(String revision, boolean ready, int changes) {}

  ReleaseController(Settings settings, ApiServer api, HelmProgram helm, ChartStore charts) {
    this.formats = settings.formats();
    this.api = api;
    this.events = new Events(api);
    this.tools =
        new Tools(formats, api, new Storage(api, formats), helm, events, settings.folder());
    this.charts = charts;
    this.valuesReader = new Values(api, formats);
    this.dependencyRequeue = settings.dependencyRequeue();
    this.schedule = new Schedule(settings.workers(), settings.log());
  }

  /// Looks at every HelmRelease once, and works on those that changed or are due.
  void look() {
    Map<String, Json> found = new HashMap<>();
    for (String plural : List.of("helmcharts", "ocirepositories")) {
      for (Json o : api.list("/apis/source.toolkit.fluxcd.io/v1/" + plural)) {
        found.put(
            plural
                + "/"
                + o.at("metadata", "namespace").text()
                + "/"
                + o.at("metadata", "name").text(),
            o);
      }
    }
    Set<String> keys = new HashSet<>();
    for (Json object : api.list("/apis/helm.toolkit.fluxcd.io/v2/helmreleases")) {
      HelmRelease release = new HelmRelease(object);
      keys.add(release.key());
      Json source = found.getOrDefault(sourceKey(release), Json.Missing.MISSING);
      String revision = source.at("status", "artifact", "revision").text();
      boolean ready = new Conditions(source).isTrue("Ready");
      Source old = sources.getOrDefault(release.key(), new Source("", false, 0));
      boolean better =
          (!revision.isEmpty() && !revision.equals(old.revision())) || (ready && !old.ready());
      int changes = old.changes() + (better ? 1 : 0);
      sources.put(release.key(), new Source(revision, ready, changes));
      String seen =
          object.at("metadata", "uid").text()
              + " "
              + release.generation()
              + " "
              + release.annotation("requestedAt")
              + " "
              + release.deleting()
              + " "
              + changes;
      schedule.offer(release.key(), seen, () -> reconcile(release));
    }
    sources.keySet().retainAll(keys);
    schedule.keep(keys);
  }

  private static String sourceKey(HelmRelease release) {
    if (release.spec("chartRef").exists()) {
      String plural =
          release.spec("chartRef", "kind").text().equals("HelmChart")
              ? "helmcharts"
              : "ocirepositories";
      return plural
          + "/"
          + release.spec("chartRef", "namespace").text(release.namespace())
          + "/"
          + release.spec("chartRef", "name").text();
    }
    return "helmcharts/"
        + release.spec("chart", "spec", "sourceRef", "namespace").text(release.namespace())
        + "/"
        + release.namespace()
        + "-"
        + release.name();
  }

  private Outcome reconcile(HelmRelease offered) throws InterruptedException {
    // The list may be older than the last pass.
    Json object = api.get(offered.path());
    if (!object.exists()) {
      return new Outcome.Done(Duration.ZERO);
    }
    HelmRelease release = new HelmRelease(object);
    ReleaseStatus status = new ReleaseStatus(release);
    Outcome outcome;
    try {
      outcome = release.deleting() ? delete(release, status) : pass(release, status);
    } catch (ApiServer.Refused e) {
      if (status.conditions.isTrue("Ready")) {
        status.conditions.set("Ready", "False", "ReconcileError", e.words());
      }
      outcome = new Outcome.Again(e.words());
    }
    status.set(
        "lastHandledReconcileAt",
        release.annotation("requestedAt").isEmpty()
            ? status.text("lastHandledReconcileAt")
            : release.annotation("requestedAt"));
    if (outcome.observed()) {
      status.set("observedGeneration", release.generation());
    }
    write(release, status);
    if (release.deleting() && outcome instanceof Outcome.Done) {
      removeFinalizer(release);
    }
    return outcome;
  }

  private void write(HelmRelease release, ReleaseStatus status) {
    Json.Obj changes = status.patch();
    if (changes.size() == 0) {
      return;
    }
    try {
      api.mergePatch(
          release.path() + "/status" + MANAGER, Json.builder().put("status", changes).build());
    } catch (ApiServer.Refused e) {
      if (e.status() != 404) {
        throw e;
      }
    }
  }

  private Outcome pass(HelmRelease release, ReleaseStatus status) throws InterruptedException {
    List<Json> finalizers = release.object().at("metadata", "finalizers").list();
    if (finalizers.stream().noneMatch(f -> f.text().equals(FINALIZER))) {
      List<Json> more = new ArrayList<>(finalizers);
      more.add(new Json.Str(FINALIZER));
      finalizers(release, more);
      return new Outcome.Again("the finalizer is added");
    }
    if (release.suspended()) {
      return new Outcome.Done(Duration.ZERO);
    }
    reconcileHelmChart(release, status);
    Conditions conditions = status.conditions;
    conditions.reconciling("Progressing", "Fulfilling prerequisites");
    write(release, status);

    Optional<String> beyond = beyondThisStandIn(release);
    if (beyond.isPresent()) {
      String message = "the stand-in for Flux cannot do this: " + beyond.get();
      conditions.set("Ready", "False", "StandInUnsupported", message);
      conditions.stalled("StandInUnsupported", message);
      return new Outcome.Terminal(message);
    }
    Optional<String> waits = waitsFor(release);
    if (waits.isPresent()) {
      conditions.set("Ready", "False", "DependencyNotReady", waits.get());
      events.normal(release, "DependencyNotReady", waits.get());
      return new Outcome.Waiting(dependencyRequeue);
    }
    progress(conditions, "DependencyNotReady");

    String key = sourceKey(release);
    String[] parts = key.split("/", -1);
    String kind = parts[0].equals("helmcharts") ? "HelmChart" : "OCIRepository";
    Json source = api.get(SOURCES + parts[1] + "/" + parts[0] + "/" + parts[2]);
    if (!source.exists()) {
      String message =
          "could not get Source object: %s.source.toolkit.fluxcd.io \"%s\" not found"
              .formatted(kind, parts[2]);
      conditions.set("Ready", "False", "ArtifactFailed", message);
      return new Outcome.Again(message);
    }
    Optional<String> notReady = notReady(source);
    if (notReady.isPresent()) {
      String message =
          "%s '%s/%s' is not ready: %s".formatted(kind, parts[1], parts[2], notReady.get());
      conditions.set("Ready", "False", "SourceNotReady", message);
      return new Outcome.Waiting(dependencyRequeue);
    }
    progress(conditions, "SourceNotReady");

    Json.Obj values;
    try {
      values = valuesReader.of(release);
    } catch (Values.Unresolved e) {
      String message = String.valueOf(e.getMessage());
      conditions.set("Ready", "False", "ValuesError", message);
      events.warning(release, "ValuesError", message);
      return new Outcome.Again(message);
    }
    progress(conditions, "ValuesError");

    Chart chart;
    Optional<Path> archive = charts.find(source.at("status", "artifact", "digest").text());
    if (archive.isEmpty()) {
      // After a start the charts are fetched again, in a moment.
      conditions.set(
          "Ready",
          "False",
          "ArtifactFailed",
          "Source not ready: artifact not found. Retrying in "
              + GoDuration.text(dependencyRequeue));
      return new Outcome.Waiting(Duration.ofSeconds(1));
    }
    try {
      String revision = source.at("status", "artifact", "revision").text();
      String oci = kind.equals("OCIRepository") ? revision.replaceFirst(".*@", "") : "";
      chart = Chart.read(formats, archive.get(), oci);
    } catch (IOException e) {
      String message = "Could not load chart: " + e.getMessage();
      conditions.set("Ready", "False", "ArtifactFailed", message);
      events.warning(release, "ArtifactFailed", message);
      return new Outcome.Again(message);
    }
    progress(conditions, "ArtifactFailed");

    if (release.spec("kubeConfig").exists()) {
      String secret = release.spec("kubeConfig", "secretRef", "name").text();
      String message =
          api.get("/api/v1/namespaces/" + release.namespace() + "/secrets/" + secret).exists()
              ? "the stand-in for Flux cannot reach another cluster"
              : "could not get KubeConfig secret '%s/%s': Secret \"%s\" not found"
                  .formatted(release.namespace(), secret, secret);
      conditions.set("Ready", "False", "RESTClientError", message);
      return new Outcome.Again(message);
    }
    progress(conditions, "RESTClientError");

    ReleaseRun run =
        new ReleaseRun(release, status, chart, values, tools, () -> write(release, status));
    if (targetChanged(release, status, chart)) {
      if (!run.uninstall()) {
        return new Outcome.Again("the release of the former target is not uninstalled");
      }
      status.history.clear();
      status.clearFailures();
      status.set("storageNamespace", "");
      return new Outcome.Again("the target changed");
    }
    status.set("storageNamespace", release.storageNamespace());
    if (mustResetFailures(release, status, chart, values)) {
      status.clearFailures();
    }
    status.set("lastAttemptedGeneration", release.generation());
    status.set("lastAttemptedRevision", chart.version());
    status.set("lastAttemptedRevisionDigest", chart.ociDigest());
    status.set("lastAttemptedConfigDigest", Digests.ofValues(formats, values));
    return run.run();
  }

  /// What is over leaves no trace: Ready no longer says what was in the way.
  private static void progress(Conditions conditions, String reason) {
    if (conditions.hasReason("Ready", reason)) {
      conditions.set("Ready", "Unknown", "Progressing", "reconciliation in progress");
    }
  }

  private static Optional<String> beyondThisStandIn(HelmRelease release) {
    if (!release.spec("postRenderers").list().isEmpty()) {
      return Optional.of("postRenderers");
    }
    if (!release.storageNamespace().equals(release.releaseNamespace())) {
      return Optional.of("a storageNamespace that is not the targetNamespace");
    }
    if (release.spec("dependsOn").list().stream().anyMatch(d -> d.get("readyExpr").exists())) {
      return Optional.of("readyExpr");
    }
    if (!release.spec("healthCheckExprs").list().isEmpty()) {
      return Optional.of("healthCheckExprs");
    }
    return Optional.empty();
  }

  private Optional<String> waitsFor(HelmRelease release) {
    for (Json d : release.spec("dependsOn").list()) {
      String namespace = d.get("namespace").text(release.namespace());
      String name = d.get("name").text();
      String key = namespace + "/" + name;
      Json other =
          api.get(
              "/apis/helm.toolkit.fluxcd.io/v2/namespaces/" + namespace + "/helmreleases/" + name);
      if (!other.exists()) {
        return Optional.of(
            "unable to get '%s' dependency: helmreleases.helm.toolkit.fluxcd.io \"%s\" not found"
                .formatted(key, name));
      }
      if (other.at("metadata", "generation").integer(0)
              != other.at("status", "observedGeneration").integer(-1)
          || !new Conditions(other).isTrue("Ready")) {
        return Optional.of("dependency '" + key + "' is not ready");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> notReady(Json source) {
    Conditions c = new Conditions(source);
    if (source.at("metadata", "generation").integer(0)
        != source.at("status", "observedGeneration").integer(-1)) {
      return Optional.of(
          c.get("Ready")
              .filter(r -> r.status().equals("False"))
              .map(Condition::message)
              .orElse("latest generation of object has not been reconciled"));
    }
    if (c.isTrue("Stalled")) {
      return Optional.of(c.message("Stalled"));
    }
    return source.at("status", "artifact").exists()
        ? Optional.empty()
        : Optional.of("does not have an artifact");
  }

  private static boolean targetChanged(HelmRelease release, ReleaseStatus status, Chart chart) {
    Optional<Snapshot> now = status.history.latest();
    if (status.text("storageNamespace").isEmpty() || now.isEmpty()) {
      return false;
    }
    return !release.storageNamespace().equals(status.text("storageNamespace"))
        || !release.releaseNamespace().equals(now.get().namespace())
        || !release.releaseName().equals(now.get().name())
        || (!chart.name().equals(now.get().chartName())
            && !release.spec("upgrade", "chartNameChangeStrategy").text().equals("InPlaceUpdate"));
  }

  private boolean mustResetFailures(
      HelmRelease release, ReleaseStatus status, Chart chart, Json values) {
    // First, so that the request is noted whatever the rest says.
    boolean requested = status.requested(release, "resetAt", "lastHandledResetAt");
    String lastValues = status.text("lastAttemptedConfigDigest");
    return status.number("lastAttemptedGeneration") != release.generation()
        || !status.text("lastAttemptedRevision").equals(chart.version())
        || (!lastValues.isEmpty() && !lastValues.equals(Digests.ofValues(formats, values)))
        || requested;
  }

  /// Makes or updates the HelmChart of a release that has a chart template.
  private void reconcileHelmChart(HelmRelease release, ReleaseStatus status) {
    Json template = release.spec("chart", "spec");
    if (!(template instanceof Json.Obj t)) {
      deleteHelmChart(status);
      return;
    }
    String[] key = sourceKey(release).split("/", -1);
    String now = key[1] + "/" + key[2];
    if (!status.text("helmChart").isEmpty() && !status.text("helmChart").equals(now)) {
      deleteHelmChart(status);
    }
    Json.Obj reference =
        t.get("sourceRef") instanceof Json.Obj r ? r.without("namespace") : Json.emptyObject();
    Json.Obj spec =
        t.with("sourceRef", reference)
            .with("version", new Json.Str(t.get("version").text("*")))
            .with("interval", new Json.Str(t.get("interval").text(release.spec("interval").text())))
            .with(
                "reconcileStrategy", new Json.Str(t.get("reconcileStrategy").text("ChartVersion")));
    api.apply(
        SOURCES + key[1] + "/helmcharts/" + key[2],
        HelmGateway.MANAGER,
        Json.builder()
            .put("apiVersion", "source.toolkit.fluxcd.io/v1")
            .put("kind", "HelmChart")
            .put(
                "metadata",
                Json.builder()
                    .put("namespace", key[1])
                    .put("name", key[2])
                    .put(
                        "labels",
                        Json.builder()
                            .put("helm.toolkit.fluxcd.io/name", release.name())
                            .put("helm.toolkit.fluxcd.io/namespace", release.namespace())
                            .build())
                    .build())
            .put("spec", spec)
            .build());
    status.set("helmChart", now);
  }

  private void deleteHelmChart(ReleaseStatus status) {
    String[] key = status.text("helmChart").split("/", -1);
    if (key.length == 2) {
      api.delete(SOURCES + key[0] + "/helmcharts/" + key[1]);
      status.set("helmChart", "");
    }
  }

  private Outcome delete(HelmRelease release, ReleaseStatus status) throws InterruptedException {
    if (release.suspended()) {
      return new Outcome.Done(Duration.ZERO);
    }
    if (!status.text("storageNamespace").isEmpty() && !lacksItsAccount(release)) {
      Chart none = new Chart(tools.folder(), "", "", "");
      ReleaseRun run =
          new ReleaseRun(
              release, status, none, Json.emptyObject(), tools, () -> write(release, status));
      if (!run.uninstall()) {
        return new Outcome.Again(status.conditions.message("Released"));
      }
      status.history.clear();
      status.set("storageNamespace", "");
    }
    deleteHelmChart(status);
    return new Outcome.Done(Duration.ZERO);
  }

  /// Without its service account a release cannot be uninstalled, and is left as it is.
  private boolean lacksItsAccount(HelmRelease release) {
    return release
        .spec("serviceAccountName")
        .scalar()
        .filter(
            a ->
                !api.get("/api/v1/namespaces/" + release.namespace() + "/serviceaccounts/" + a)
                    .exists())
        .isPresent();
  }

  private void removeFinalizer(HelmRelease release) {
    finalizers(
        release,
        release.object().at("metadata", "finalizers").list().stream()
            .filter(f -> !f.text().equals(FINALIZER))
            .toList());
  }

  private void finalizers(HelmRelease release, List<Json> all) {
    try {
      api.mergePatch(
          release.path() + MANAGER,
          Json.builder()
              .put("metadata", Json.builder().put("finalizers", all.iterator()).build())
              .build());
    } catch (ApiServer.Refused e) {
      if (e.status() != 404) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    schedule.close();
  }
}
