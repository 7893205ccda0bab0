package dev.refloat.adapter.demo;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.model.Json;
import dev.refloat.model.VersionRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/// Reacts to changes as helm-controller 1.6 and source-controller were recorded to: which requests
/// count, when a release stalls, what its status goes through. What Helm would do is not played:
/// an action fails as long as what made it fail in the recording is still so, and else succeeds.
final class PlayedFlux implements AutoCloseable {
  private static final String REQUESTED = "reconcile.fluxcd.io/requestedAt";
  private static final String RESET = "reconcile.fluxcd.io/resetAt";
  private static final String FORCE = "reconcile.fluxcd.io/forceAt";
  private static final String HELM = "helm.toolkit.fluxcd.io";
  private static final String SOURCE = "source.toolkit.fluxcd.io";

  /// How long an action takes here. Real ones take seconds to minutes.
  private static final Duration ACTION = Duration.ofMillis(1_200);

  private static final long IDLE_MILLIS = 500;

  /// Tags that the demonstration's registry does not have.
  private static final Set<String> MISSING_TAGS = Set.of("does-not-exist");

  /// Why a release cannot go on.
  ///
  /// @param early before Helm acts
  private record Obstacle(boolean early, String reason, String message) {}

  private final Store store;
  private final Workloads workloads;
  private final Type releases;
  private final Map<String, Long> attempted = new HashMap<>();
  private final Map<String, Json> deployed = new HashMap<>();
  private final Map<String, String> charts = new HashMap<>();
  private final List<Json.Obj> template = new ArrayList<>();
  private String templateNamespace = "";
  private String templateName = "";
  private final String crashing;
  private final Thread thread;
  private volatile boolean closed;

  PlayedFlux(Store store) {
    this.store = store;
    this.workloads = new Workloads(store);
    this.releases = store.type(HELM, "HelmRelease").orElseThrow();
    for (Json.Obj chart : store.list(type(SOURCE, "HelmChart"), "")) {
      String version = chart.at("status", "artifact", "revision").text();
      if (!version.isEmpty()) {
        charts.put(chart.at("spec", "chart").text(), version);
      }
    }
    for (Json.Obj r : store.list(releases, "")) {
      attempted.put(path(r), r.at("spec", "suspend").isTrue() ? -1 : generation(r));
      deployed.put(path(r), wish(r));
      if (template.isEmpty()
          && ready(r)
          && chart(r).equals("webapp")
          && !r.at("spec", "values").exists()) {
        learn(r);
      }
    }
    crashing =
        store
            .get(type("", "PersistentVolumeClaim"), "ai", "datadir-librechat-mongodb-0")
            .map(c -> c.at("metadata", "uid").text())
            .orElse("");
    for (Json.Obj n : store.list(type("", "Namespace"), "")) {
      workloads.endpoints(n.at("metadata", "name").text());
    }
    thread = Thread.ofPlatform().daemon().name("played-flux").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private Type type(String group, String kind) {
    return store.type(group, kind).orElseThrow();
  }

  private static String path(Json.Obj o) {
    return namespace(o) + "/" + name(o);
  }

  private static String namespace(Json.Obj o) {
    return o.at("metadata", "namespace").text();
  }

  private static String name(Json.Obj o) {
    return o.at("metadata", "name").text();
  }

  private static long generation(Json.Obj o) {
    return o.at("metadata", "generation").integer(1);
  }

  private static String chart(Json.Obj r) {
    return r.at("spec", "chart", "spec", "chart").text();
  }

  private static Json wish(Json.Obj r) {
    return Json.from(List.of(r.at("spec", "chart"), r.at("spec", "values")));
  }

  private static Optional<Json> condition(Json.Obj o, String type) {
    return o.at("status", "conditions").list().stream()
        .filter(c -> c.get("type").text().equals(type))
        .findFirst();
  }

  private static boolean ready(Json.Obj o) {
    return condition(o, "Ready").map(c -> c.get("status").text().equals("True")).orElse(false);
  }

  private static String annotation(Json.Obj o, String key) {
    return o.at("metadata", "annotations", key).text();
  }

  /// What the chart renders is learnt from a release of it that is there.
  private void learn(Json.Obj release) {
    templateNamespace = namespace(release);
    templateName = name(release);
    for (Type t : store.types()) {
      if (t.namespaced() && Set.of("Deployment", "Service", "ConfigMap").contains(t.kind())) {
        for (Json.Obj o : store.list(t, templateNamespace)) {
          if (o.at("metadata", "labels", HELM + "/name").text().equals(templateName)) {
            template.add(o);
          }
        }
      }
    }
  }

  private void run() {
    long seen = store.version();
    while (!closed) {
      try {
        for (Store.Change change : store.since(seen, IDLE_MILLIS)) {
          seen = Math.max(seen, change.version());
          if (change.type().kind().equals("Pod") && change.what().equals("DELETED")) {
            workloads.replace(change.object());
          } else if (change.type().group().equals(SOURCE) && !change.what().equals("DELETED")) {
            source(change.type(), change.object());
          }
        }
        for (Json.Obj r : store.list(releases, "")) {
          if (wanted(r)) {
            reconcile(r);
          }
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private boolean wanted(Json.Obj r) {
    if (r.at("metadata", "deletionTimestamp").exists()) {
      return true;
    }
    if (r.at("spec", "suspend").isTrue()) {
      return false;
    }
    boolean asked =
        !annotation(r, REQUESTED).isEmpty()
            && !annotation(r, REQUESTED).equals(r.at("status", "lastHandledReconcileAt").text());
    boolean changed = attempted.getOrDefault(path(r), -1L) != generation(r);
    // what waits tries again by itself; here only when that changes something
    boolean waits =
        condition(r, "Stalled").isEmpty() && !ready(r) && !running(r) && obstacle(r).isEmpty();
    return asked || changed || waits;
  }

  private static boolean running(Json.Obj r) {
    return condition(r, "Ready").map(c -> c.get("status").text().equals("Unknown")).orElse(false);
  }

  private void reconcile(Json.Obj r) throws InterruptedException {
    if (r.at("metadata", "deletionTimestamp").exists()) {
      end(r);
      return;
    }
    boolean newSpec = attempted.getOrDefault(path(r), -1L) != generation(r);
    attempted.put(path(r), generation(r));
    String token = annotation(r, REQUESTED);
    boolean asked = !token.isEmpty();
    boolean reset =
        asked
            && token.equals(annotation(r, RESET))
            && !token.equals(r.at("status", "lastHandledResetAt").text());
    boolean force =
        asked
            && token.equals(annotation(r, FORCE))
            && !token.equals(r.at("status", "lastHandledForceAt").text());
    List<Json> before = r.at("status", "conditions").list();
    boolean stalled = condition(r, "Stalled").isPresent();
    boolean inSync = ready(r) && wish(r).equals(deployed.get(path(r)));
    update(
        r,
        s ->
            conditions(
                s,
                List.of("Stalled"),
                condition(
                    "Reconciling",
                    "True",
                    "Progressing",
                    "Fulfilling prerequisites",
                    generation(r))));
    syncChart(r);
    Optional<Obstacle> obstacle = obstacle(r);
    if (obstacle.isPresent() && obstacle.get().early()) {
      Obstacle o = obstacle.get();
      update(
          r,
          s ->
              handled(
                  conditions(
                      s,
                      List.of(),
                      condition("Ready", "False", o.reason(), o.message(), generation(r))),
                  token));
      return;
    }
    if ((inSync && !force) || (stalled && !newSpec && !reset && !force)) {
      // nothing to do, or the budget is spent: the token is handled and nothing else
      update(
          r,
          s -> {
            Json.Obj now = handled(observed(s.with("conditions", new Json.Arr(before)), r), token);
            return reset ? cleared(now).with("lastHandledResetAt", Json.from(token)) : now;
          });
      return;
    }
    act(r, token, reset, force, newSpec, obstacle);
  }

  private void act(
      Json.Obj r,
      String token,
      boolean reset,
      boolean force,
      boolean newSpec,
      Optional<Obstacle> obstacle)
      throws InterruptedException {
    List<Json> history = r.at("status", "history").list();
    String action = history.isEmpty() ? "install" : "upgrade";
    String done = action.equals("install") ? "Install" : "Upgrade";
    String running =
        "Running '" + action + "' action with timeout of " + r.at("spec", "timeout").text("5m0s");
    Instant start = Instant.now();
    update(
        r,
        s -> {
          Json.Obj now =
              conditions(
                  s,
                  List.of("Remediated"),
                  condition("Reconciling", "True", "Progressing", running, generation(r)),
                  condition("Ready", "Unknown", "Progressing", running, generation(r)));
          if (reset || newSpec) {
            now = cleared(now);
          }
          if (reset) {
            now = now.with("lastHandledResetAt", Json.from(token));
          }
          if (force) {
            now = now.with("lastHandledForceAt", Json.from(token));
          }
          return now.with("lastAttemptedGeneration", Json.from(generation(r)))
              .with("lastAttemptedRevision", Json.from(version(r)))
              .with("storageNamespace", Json.from(namespace(r)));
        });
    Thread.sleep(ACTION);
    long revision = history.isEmpty() ? 1 : history.getFirst().get("version").integer(0) + 1;
    boolean good = obstacle.isEmpty();
    String message =
        good
            ? "Helm "
                + action
                + " succeeded for release "
                + path(r)
                + ".v"
                + revision
                + " with chart "
                + chart(r)
                + "@"
                + version(r)
            : obstacle.get().message();
    List<Json.Obj> rendered = List.of();
    if (good) {
      rendered = render(r);
      workloads.settle(namespace(r), name(r));
      deployed.put(path(r), wish(r));
    }
    List<Json.Obj> applied = rendered;
    record(r, revision, good, done, applied);
    String reason = done + (good ? "Succeeded" : "Failed");
    update(
        r,
        s -> {
          Json.Obj now =
              conditions(
                  s,
                  List.of(),
                  condition("Ready", good ? "True" : "False", reason, message, generation(r)),
                  condition("Released", good ? "True" : "False", reason, message, generation(r)));
          List<Json> all = new ArrayList<>();
          all.add(entry(r, revision, good, action));
          for (Json old : history) {
            all.add(
                good && old.get("status").text().equals("deployed") && old instanceof Json.Obj o
                    ? o.with("status", Json.from("superseded"))
                    : old);
          }
          now =
              now.with("history", new Json.Arr(all.subList(0, Math.min(5, all.size()))))
                  .with("lastAttemptedReleaseAction", Json.from(action))
                  .with("lastAttemptedConfigDigest", Json.from(digest(r)))
                  .with(
                      "lastAttemptedReleaseActionDuration",
                      Json.from(Duration.between(start, Instant.now()).toMillis() + "ms"));
          if (!applied.isEmpty()) {
            now = now.with("inventory", inventory(applied));
          }
          if (!good) {
            String counter = action + "Failures";
            now =
                now.with("failures", Json.from(s.get("failures").integer(0) + 1))
                    .with(counter, Json.from(s.get(counter).integer(0) + 1));
          }
          return now;
        });
    event(r, good, reason, message);
    long failures =
        good
            ? 0
            : store
                .get(releases, namespace(r), name(r))
                .map(o -> o.at("status", "failures").integer(1))
                .orElse(1L);
    long retries = r.at("spec", action, "remediation", "retries").integer(0);
    boolean exhausted = !good && failures > retries;
    update(
        r,
        s -> {
          Json.Obj now = handled(observed(without(s, "Reconciling"), r), token);
          return exhausted
              ? conditions(
                  now,
                  List.of(),
                  condition(
                      "Stalled",
                      "True",
                      "RetriesExceeded",
                      "Failed to " + action + " after " + failures + " attempt(s)",
                      generation(r)))
              : now;
        });
  }

  private static Json.Obj cleared(Json.Obj status) {
    return status.without("failures").without("installFailures").without("upgradeFailures");
  }

  private static Json.Obj observed(Json.Obj status, Json.Obj r) {
    return status.with("observedGeneration", Json.from(generation(r)));
  }

  private static Json.Obj handled(Json.Obj status, String token) {
    return token.isEmpty() ? status : status.with("lastHandledReconcileAt", Json.from(token));
  }

  private static Json condition(
      String type, String status, String reason, String message, long generation) {
    return Json.builder()
        .put("type", type)
        .put("status", status)
        .put("reason", reason)
        .put("message", message)
        .put("observedGeneration", generation)
        .put("lastTransitionTime", Store.now())
        .build();
  }

  private static Json.Obj without(Json.Obj status, String type) {
    return conditions(status, List.of(type));
  }

  private static Json.Obj conditions(Json.Obj status, List<String> gone, Json... set) {
    Map<String, Json> all = new LinkedHashMap<>();
    status.get("conditions").list().forEach(c -> all.put(c.get("type").text(), c));
    gone.forEach(all::remove);
    for (Json c : set) {
      Json old = all.getOrDefault(c.get("type").text(), Json.Missing.MISSING);
      boolean same = old.get("status").equals(c.get("status"));
      all.put(
          c.get("type").text(),
          same && c instanceof Json.Obj o
              ? o.with("lastTransitionTime", old.get("lastTransitionTime"))
              : c);
    }
    return status.with("conditions", new Json.Arr(List.copyOf(all.values())));
  }

  /// How a status changes.
  private interface Update {
    Json.Obj of(Json.Obj status);
  }

  private void update(Json.Obj r, Update update) {
    update(releases, r, update);
  }

  private void update(Type type, Json.Obj object, Update update) {
    synchronized (store) {
      store
          .get(type, namespace(object), name(object))
          .filter(now -> now.at("metadata", "uid").equals(object.at("metadata", "uid")))
          .ifPresent(
              now ->
                  store.put(
                      type,
                      now.with(
                          "status",
                          update.of(
                              now.get("status") instanceof Json.Obj s ? s : Json.emptyObject()))));
    }
  }

  private String version(Json.Obj r) {
    return charts.getOrDefault(chart(r), "");
  }

  private static String digest(Json.Obj r) {
    return String.format(
        java.util.Locale.ROOT, "sha256:%064x", r.at("spec", "values").hashCode() & 0xffffffffL);
  }

  private Json entry(Json.Obj r, long revision, boolean good, String action) {
    return Json.from(
        new LinkedHashMap<>(
            Map.of(
                "version", revision,
                "name", name(r),
                "namespace", namespace(r),
                "action", action,
                "status", good ? "deployed" : "failed",
                "chartName", chart(r),
                "chartVersion", version(r),
                "configDigest", digest(r),
                "firstDeployed", Store.now(),
                "lastDeployed", Store.now())));
  }

  private static Json inventory(List<Json.Obj> objects) {
    List<Object> entries = new ArrayList<>();
    for (Json.Obj o : objects) {
      String api = o.get("apiVersion").text();
      int slash = api.indexOf('/');
      entries.add(
          Map.of(
              "id",
              namespace(o)
                  + "_"
                  + name(o)
                  + "_"
                  + (slash < 0 ? "" : api.substring(0, slash))
                  + "_"
                  + o.get("kind").text(),
              "v",
              api.substring(slash + 1)));
    }
    return Json.from(Map.of("entries", entries));
  }

  // --- what stands in the way

  private Optional<Obstacle> obstacle(Json.Obj r) {
    for (Json d : r.at("spec", "dependsOn").list()) {
      String ns = d.get("namespace").text(namespace(r));
      Optional<Json.Obj> other = store.get(releases, ns, d.get("name").text());
      if (other.isEmpty() || !ready(other.get()) || running(other.get())) {
        return Optional.of(
            new Obstacle(
                true,
                "DependencyNotReady",
                "dependency '" + ns + "/" + d.get("name").text() + "' is not ready"));
      }
    }
    String offered = charts.getOrDefault(chart(r), "");
    boolean served =
        !offered.isEmpty()
            && dev.refloat.model.SemanticVersion.parse(offered)
                .flatMap(
                    v ->
                        VersionRange.parse(r.at("spec", "chart", "spec", "version").text("*"))
                            .map(range -> range.matches(v)))
                .orElse(false);
    if (!served) {
      return Optional.of(
          new Obstacle(
              true,
              "SourceNotReady",
              "HelmChart '"
                  + namespace(r)
                  + "/"
                  + namespace(r)
                  + "-"
                  + name(r)
                  + "' is not ready: no chart "
                  + chart(r)
                  + " of version "
                  + r.at("spec", "chart", "spec", "version").text("*")
                  + " was found"));
    }
    String account = r.at("spec", "serviceAccountName").text();
    if (!account.isEmpty()
        && store.list(type("rbac.authorization.k8s.io", "RoleBinding"), namespace(r)).isEmpty()) {
      return Optional.of(recorded(r, true, "StateError"));
    }
    return failing(r) ? Optional.of(recorded(r, false, "")) : Optional.empty();
  }

  /// In the words of the recording when there are any.
  private Obstacle recorded(Json.Obj r, boolean early, String reason) {
    String action = r.at("status", "history").list().isEmpty() ? "install" : "upgrade";
    Optional<Json> told =
        condition(r, early ? "Ready" : "Released")
            .filter(c -> !c.get("status").text().equals("True"));
    return new Obstacle(
        early,
        reason,
        told.map(c -> c.get("message").text())
            .filter(m -> !m.isEmpty())
            .orElse(
                "Helm "
                    + action
                    + " failed for release "
                    + path(r)
                    + " with chart "
                    + chart(r)
                    + "@"
                    + version(r)
                    + ": timeout waiting for: [Deployment/"
                    + path(r)
                    + " status: 'InProgress']"));
  }

  /// Whether what made the recorded actions fail is still so.
  private boolean failing(Json.Obj r) {
    Json values = r.at("spec", "values");
    return switch (chart(r)) {
      case "webapp" ->
          MISSING_TAGS.contains(values.at("image", "tag").text())
              || (values.get("replicas").exists() && !(values.get("replicas") instanceof Json.Num))
              || values.get("sim").exists()
              || values.at("resources", "requests", "cpu").integer(0) > 8
              || foreign(r);
      case "librechat" ->
          values.at("mongodb", "sim").text().equals("crash")
              && store
                  .get(
                      type("", "PersistentVolumeClaim"),
                      namespace(r),
                      "datadir-" + name(r) + "-mongodb-0")
                  .map(c -> c.at("metadata", "uid").text().equals(crashing))
                  .orElse(false);
      case "migrating" -> values.get("hookSim").text().equals("jobfail");
      case "mongodb" ->
          !values.get("storageClass").text().isEmpty()
              && store
                  .get(
                      type("storage.k8s.io", "StorageClass"), "", values.get("storageClass").text())
                  .isEmpty();
      case "monitored" ->
          store
              .get(
                  type("apiextensions.k8s.io", "CustomResourceDefinition"),
                  "",
                  "servicemonitors.monitoring.coreos.com")
              .isEmpty();
      default -> false;
    };
  }

  /// The annotation by which somebody made the recorded pods fail, left in the live object.
  private boolean foreign(Json.Obj r) {
    return store
        .get(type("apps", "Deployment"), namespace(r), name(r))
        .map(d -> d.at("spec", "template", "metadata", "annotations", "sim").exists())
        .orElse(false);
  }

  // --- what an action leaves

  /// Applies what the chart renders, as helm-controller; of other charts than the one that was
  /// learnt, what is there stays.
  private List<Json.Obj> render(Json.Obj r) {
    if (!chart(r).equals("webapp")) {
      return List.of();
    }
    List<Json.Obj> applied = new ArrayList<>();
    for (Json.Obj o : template) {
      Json.Obj wanted = (Json.Obj) renamed(o.without("status"), r);
      Json.Obj meta = (Json.Obj) wanted.get("metadata");
      for (String own :
          List.of("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields")) {
        meta = meta.without(own);
      }
      wanted = wanted.with("metadata", meta);
      if (o.get("kind").text().equals("Service")) {
        Json.Obj spec = (Json.Obj) wanted.get("spec");
        wanted = wanted.with("spec", spec.without("clusterIP").without("clusterIPs"));
      }
      if (o.get("kind").text().equals("Deployment")) {
        wanted = configured(wanted, r.at("spec", "values"));
      }
      String api = o.get("apiVersion").text();
      Type type =
          type(api.contains("/") ? api.substring(0, api.indexOf('/')) : "", o.get("kind").text());
      Json.Obj declared = wanted;
      synchronized (store) {
        Json there =
            store
                .get(type, namespace(wanted), name(wanted))
                .map(j -> (Json) j)
                .orElse(Json.emptyObject());
        if (Patches.apply(there, declared, "helm-controller") instanceof Json.Obj merged) {
          applied.add(store.put(type, merged));
        }
      }
    }
    return applied;
  }

  private static Json.Obj configured(Json.Obj deployment, Json values) {
    Json.Obj spec = (Json.Obj) deployment.get("spec");
    if (values.get("replicas") instanceof Json.Num n) {
      spec = spec.with("replicas", n);
    }
    Json containers = spec.at("template", "spec", "containers");
    List<Json> changed = new ArrayList<>();
    for (Json c : containers.list()) {
      String tag = values.at("image", "tag").text();
      String repository = values.at("image", "repository").text();
      changed.add(
          c instanceof Json.Obj o && !tag.isEmpty() && !repository.isEmpty()
              ? o.with("image", Json.from(repository + ":" + tag))
              : c);
    }
    Json.Obj pod = (Json.Obj) spec.get("template");
    return deployment.with(
        "spec",
        spec.with(
            "template",
            pod.with(
                "spec", ((Json.Obj) pod.get("spec")).with("containers", new Json.Arr(changed)))));
  }

  private Json renamed(Json node, Json.Obj r) {
    return switch (node) {
      case Json.Obj o -> {
        Json.Obj[] out = {o};
        o.forEach((k, v) -> out[0] = out[0].with(k, renamed(v, r)));
        yield out[0];
      }
      case Json.Arr(var items) -> new Json.Arr(items.stream().map(i -> renamed(i, r)).toList());
      case Json.Str(var text) -> {
        if (text.equals(templateNamespace)) {
          yield new Json.Str(namespace(r));
        }
        yield text.equals(templateName) || text.startsWith(templateName + "-")
            ? new Json.Str(name(r) + text.substring(templateName.length()))
            : node;
      }
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> node;
    };
  }

  /// Helm's record of a revision.
  private void record(
      Json.Obj r, long revision, boolean good, String done, List<Json.Obj> objects) {
    StringBuilder manifest = new StringBuilder();
    for (Json.Obj o : objects) {
      Json.Obj meta = (Json.Obj) o.get("metadata");
      manifest
          .append("---\n")
          .append(
              JsonText.compact(
                  o.without("status")
                      .with(
                          "metadata",
                          meta.without("managedFields").without("resourceVersion").without("uid"))))
          .append('\n');
    }
    String status = good ? "deployed" : "failed";
    Json release =
        Json.from(
            Map.of(
                "name", name(r),
                "namespace", namespace(r),
                "version", revision,
                "manifest", manifest.toString(),
                "config",
                    r.at("spec", "values").exists() ? r.at("spec", "values") : Json.emptyObject(),
                "chart",
                    Map.of(
                        "metadata",
                        Map.of("name", chart(r), "version", version(r), "apiVersion", "v2")),
                "info",
                    Map.of(
                        "first_deployed",
                        Store.now(),
                        "last_deployed",
                        Store.now(),
                        "status",
                        status,
                        "description",
                        done + (good ? " complete" : " failed"))));
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(JsonText.compact(release).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("a release could not be packed", e);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    String data =
        base64.encodeToString(
            base64.encodeToString(zipped.toByteArray()).getBytes(StandardCharsets.UTF_8));
    store.put(
        type("", "Secret"),
        (Json.Obj)
            Json.from(
                Map.of(
                    "type", "helm.sh/release.v1",
                    "data", Map.of("release", data),
                    "metadata",
                        Map.of(
                            "namespace", namespace(r),
                            "name", "sh.helm.release.v1." + name(r) + ".v" + revision,
                            "labels",
                                Map.of(
                                    "name",
                                    name(r),
                                    "owner",
                                    "helm",
                                    "status",
                                    status,
                                    "version",
                                    Long.toString(revision))))));
  }

  private void event(Json.Obj r, boolean good, String reason, String message) {
    store.put(
        type("", "Event"),
        (Json.Obj)
            Json.from(
                Map.of(
                    "metadata",
                        Map.of(
                            "namespace",
                            namespace(r),
                            "name",
                            name(r) + "." + Long.toHexString(System.nanoTime())),
                    "involvedObject",
                        Map.of(
                            "apiVersion", HELM + "/v2",
                            "kind", "HelmRelease",
                            "namespace", namespace(r),
                            "name", name(r),
                            "uid", r.at("metadata", "uid").text()),
                    "type", good ? "Normal" : "Warning",
                    "reason", reason,
                    "message", message,
                    "source", Map.of("component", "helm-controller"),
                    "firstTimestamp", Store.now(),
                    "lastTimestamp", Store.now(),
                    "count", 1)));
  }

  /// A release that is deleted while suspended leaves everything; else its objects go.
  private void end(Json.Obj r) {
    if (!r.at("spec", "suspend").isTrue()) {
      for (Type t : store.types()) {
        if (t.namespaced() && !t.kind().equals("HelmRelease")) {
          for (Json.Obj o : store.list(t, namespace(r))) {
            if (o.at("metadata", "labels", HELM + "/name").text().equals(name(r))) {
              workloads.removeOwned(o);
              store.delete(t, namespace(o), name(o));
            }
          }
        }
      }
    }
    attempted.remove(path(r));
    store.put(
        releases,
        r.with("metadata", ((Json.Obj) r.get("metadata")).with("finalizers", Json.emptyArray())));
  }

  // --- sources

  /// The HelmChart follows the release.
  private void syncChart(Json.Obj r) {
    Type type = type(SOURCE, "HelmChart");
    String chartName = namespace(r) + "-" + name(r);
    Optional<Json.Obj> there = store.get(type, namespace(r), chartName);
    if (there.isPresent() && there.get().get("spec") instanceof Json.Obj spec) {
      Json.Obj wanted =
          spec.with("chart", Json.from(chart(r)))
              .with("version", Json.from(r.at("spec", "chart", "spec", "version").text("*")));
      if (!wanted.equals(spec)) {
        pulled(type, store.put(type, there.get().with("spec", wanted)), "");
      }
    }
  }

  private void source(Type type, Json.Obj object) {
    String token = annotation(object, REQUESTED);
    if (token.isEmpty() || token.equals(object.at("status", "lastHandledReconcileAt").text())) {
      return;
    }
    if (type.kind().equals("HelmChart")) {
      pulled(type, object, token);
      return;
    }
    update(
        type,
        object,
        s ->
            handled(
                observed(
                    conditions(
                        without(without(s, "Reconciling"), "FetchFailed"),
                        List.of("Stalled"),
                        condition(
                            "Ready", "True", "Succeeded", "stored artifact", generation(object))),
                    object),
                token));
  }

  private void pulled(Type type, Json.Obj chart, String token) {
    String name = chart.at("spec", "chart").text();
    String version = charts.getOrDefault(name, "");
    update(
        type,
        chart,
        s -> {
          if (version.isEmpty()) {
            return handled(s, token);
          }
          Json.Obj artifact = s.get("artifact") instanceof Json.Obj a ? a : Json.emptyObject();
          return handled(
              observed(
                      conditions(
                          s,
                          List.of("Stalled", "Reconciling", "FetchFailed", "BuildFailed"),
                          condition(
                              "Ready",
                              "True",
                              "ChartPullSucceeded",
                              "pulled '" + name + "' chart with version '" + version + "'",
                              generation(chart))),
                      chart)
                  .with("artifact", artifact.with("revision", Json.from(version))),
              token);
        });
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
