package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Brings one release to what its spec says, action by action, as helm-controller's atomic release
/// does: look at Helm's storage, choose an action, run it, tell the outcome, look again.
final class ReleaseRun {

  /// Writes the status of the release so far.
  @FunctionalInterface
  interface Writer {
    void write();
  }

  private enum State {
    ABSENT,
    LOCKED,
    UNMANAGED,
    OUT_OF_SYNC,
    UNTESTED,
    FAILED,
    IN_SYNC
  }

  private sealed interface Next {
    record Nothing() implements Next {}

    record Run(ReleaseAction action) implements Next {}

    record GiveUp(String reason, String message, String error) implements Next {}
  }

  /// The state cannot be told.
  private static final class Unclear extends Exception {
    private static final long serialVersionUID = 1L;

    Unclear(String message) {
      super(message);
    }
  }

  private final HelmRelease release;
  private final ReleaseStatus status;
  private final Conditions conditions;
  private final History history;
  private final Chart chart;
  private final Json.Obj values;
  private final Formats formats;
  private final ApiServer api;
  private final Storage storage;
  private final HelmProgram helm;
  private final Events events;
  private final Path folder;
  private final Writer writer;

  ReleaseRun(
      HelmRelease release,
      ReleaseStatus status,
      Chart chart,
      Json.Obj values,
      Tools tools,
      Writer writer) {
    this.release = release;
    this.status = status;
    this.conditions = status.conditions;
    this.history = status.history;
    this.chart = chart;
    this.values = values;
    this.formats = tools.formats();
    this.api = tools.api();
    this.storage = tools.storage();
    this.helm = tools.helm();
    this.events = tools.events();
    this.folder = tools.folder();
    this.writer = writer;
  }

  Outcome run() throws InterruptedException {
    Set<ReleaseAction.Type> done = EnumSet.noneOf(ReleaseAction.Type.class);
    while (true) {
      Next next;
      try {
        next = next(state());
      } catch (Unclear | ApiServer.Refused e) {
        String why =
            e instanceof ApiServer.Refused r
                ? "failed to retrieve last release from storage: query: failed to query with"
                    + " labels: "
                    + r.words()
                : String.valueOf(e.getMessage());
        conditions.set("Ready", "False", "StateError", "Could not determine release state: " + why);
        return new Outcome.Again("cannot determine release state: " + why);
      }
      switch (next) {
        case Next.Nothing _ -> {
          conditions.remove("Reconciling");
          summarize();
          return new Outcome.Done(release.interval());
        }
        case Next.GiveUp(var reason, var message, var error) -> {
          conditions.stalled(reason, message);
          return new Outcome.Terminal(error);
        }
        case Next.Run(var action) -> {
          if (done.contains(action.type())) {
            return stopBeforeRepeating();
          }
          Optional<Outcome> end = perform(action);
          if (end.isPresent()) {
            return end.get();
          }
          done.add(action.type());
          writer.write();
        }
      }
    }
  }

  private Outcome stopBeforeRepeating() {
    Optional<Outcome> retry = retry();
    if (retry.isPresent()) {
      return retry.get();
    }
    Optional<HelmRelease.Remediation> r = remediation();
    if (r.isEmpty() || !exhausted(r.get())) {
      conditions.reconciling("ProgressingWithRetry", conditions.message("Ready"));
      return new Outcome.Again("must requeue");
    }
    conditions.remove("Reconciling");
    return new Outcome.Done(release.interval());
  }

  /// The end of a pass for a release that repeats a failed action instead of remediating it.
  private Optional<Outcome> retry() {
    return activeRetry()
        .map(
            interval -> {
              conditions.reconciling(
                  "ProgressingWithRetry", "retrying after " + GoDuration.text(interval));
              return new Outcome.Done(interval);
            });
  }

  private Optional<Duration> activeRetry() {
    String last = status.text("lastAttemptedReleaseAction");
    return last.isEmpty() ? Optional.empty() : release.retry(last);
  }

  private Optional<HelmRelease.Remediation> remediation() {
    String last = status.text("lastAttemptedReleaseAction");
    return last.isEmpty() ? Optional.empty() : Optional.of(release.remediation(last));
  }

  private boolean exhausted(HelmRelease.Remediation r) {
    return r.exhausted(status.number(r.counter()));
  }

  private Optional<Outcome> perform(ReleaseAction action) throws InterruptedException {
    String running =
        "Running '%s' action with timeout of %s"
            .formatted(action.word(), GoDuration.text(release.timeout(action.word())));
    conditions.reconciling("Progressing", running);
    if (action.type() == ReleaseAction.Type.RELEASE) {
      conditions.set("Ready", "Unknown", "Progressing", running);
    }
    writer.write();
    boolean stored;
    try {
      stored =
          switch (action) {
            case INSTALL, UPGRADE -> release(action);
            case TEST -> test();
            case ROLLBACK -> rollback();
            case UNINSTALL -> uninstallRemediation();
            case UNLOCK -> unlock();
          };
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    if (!stored) {
      Optional<Outcome> retry = retry();
      if (retry.isPresent()) {
        return retry;
      }
      return Optional.of(new Outcome.Again(conditions.message("Ready")));
    }
    if (action.type() != ReleaseAction.Type.REMEDIATE) {
      return Optional.empty();
    }
    Optional<Outcome> retry = retry();
    if (retry.isPresent()) {
      return retry;
    }
    Optional<HelmRelease.Remediation> r = remediation();
    boolean uninstalledAfterUpgrade =
        status.text("lastAttemptedReleaseAction").equals("upgrade")
            && r.isPresent()
            && !r.get().rollback();
    if (r.isEmpty() || !exhausted(r.get()) || uninstalledAfterUpgrade) {
      conditions.reconciling("ProgressingWithRetry", conditions.message("Ready"));
      return Optional.of(new Outcome.Again("must requeue"));
    }
    Next.GiveUp end = retriesExceeded(r.get(), "cannot remediate failed release");
    conditions.stalled(end.reason(), end.message());
    return Optional.of(new Outcome.Terminal(end.error()));
  }

  private Next.GiveUp retriesExceeded(HelmRelease.Remediation r, String what) {
    return new Next.GiveUp(
        "RetriesExceeded",
        "Failed to %s after %d attempt(s)"
            .formatted(status.text("lastAttemptedReleaseAction"), status.number(r.counter())),
        "exceeded maximum retries: " + what);
  }

  private List<ReleaseRecord> records(Optional<String> user) {
    return storage.records(release.storageNamespace(), release.releaseName(), user);
  }

  private State state() throws Unclear {
    List<ReleaseRecord> records = records(release.user());
    if (records.isEmpty()) {
      return State.ABSENT;
    }
    ReleaseRecord last = records.getFirst();
    if (last.pending()) {
      return State.LOCKED;
    }
    Optional<Snapshot> known = history.latest();
    if (known.isEmpty()) {
      return last.status().equals("uninstalled") ? State.ABSENT : State.UNMANAGED;
    }
    if (!known.get().digest().equals(Snapshot.digest(formats, last))) {
      return State.UNMANAGED;
    }
    return switch (last.status()) {
      case "failed" -> State.FAILED;
      case "uninstalled" -> State.ABSENT;
      case "deployed" -> deployed(last, known.get());
      default ->
          throw new Unclear(
              "unable to determine state for release with status '" + last.status() + "'");
    };
  }

  private State deployed(ReleaseRecord last, Snapshot known) {
    if (!last.chartName().equals(chart.name())
        || !last.chartVersion().equals(chart.version())
        || !known.configDigest().equals(Digests.ofValues(formats, values))) {
      return State.OUT_OF_SYNC;
    }
    if (release.testsEnabled()) {
      if (!known.tested()) {
        return State.UNTESTED;
      }
      if (known.failedTest() && remediation().filter(r -> !r.ignoreTests()).isPresent()) {
        return State.FAILED;
      }
    }
    return State.IN_SYNC;
  }

  private Next next(State state) {
    boolean forced = status.requested(release, "forceAt", "lastHandledForceAt");
    return switch (state) {
      case IN_SYNC -> inSync(forced);
      case LOCKED -> new Next.Run(ReleaseAction.UNLOCK);
      case ABSENT -> {
        HelmRelease.Remediation r = release.remediation("install");
        yield exhausted(r) && !forced
            ? retriesExceeded(r, "cannot install release")
            : new Next.Run(ReleaseAction.INSTALL);
      }
      case UNMANAGED -> {
        history.clear();
        yield new Next.Run(ReleaseAction.UPGRADE);
      }
      case OUT_OF_SYNC -> {
        HelmRelease.Remediation r = release.remediation("upgrade");
        yield exhausted(r) && !forced
            ? retriesExceeded(remediation().orElse(r), "cannot upgrade release")
            : new Next.Run(ReleaseAction.UPGRADE);
      }
      case UNTESTED -> {
        replaceRemediated();
        yield new Next.Run(ReleaseAction.TEST);
      }
      case FAILED -> failed(forced);
    };
  }

  private Next inSync(boolean forced) {
    if (activeRetry().isPresent()) {
      history.truncateToLongest();
    } else {
      history.truncate(
          remediation()
              .map(HelmRelease.Remediation::ignoreTests)
              .orElse(release.ignoresTestFailures()));
    }
    if (forced) {
      return new Next.Run(ReleaseAction.UPGRADE);
    }
    replaceRemediated();
    if (!conditions.isTrue("Ready") || !conditions.isTrue("Released")) {
      Optional<String> was = conditions.get("Released").map(Condition::reason);
      history
          .latest()
          .ifPresent(
              s -> {
                if (was.equals(Optional.of("InstallFailed"))) {
                  conditions.set("Released", "True", "InstallSucceeded", succeeded("install", s));
                  summarize();
                } else if (was.equals(Optional.of("UpgradeFailed"))) {
                  conditions.set("Released", "True", "UpgradeSucceeded", succeeded("upgrade", s));
                  summarize();
                }
              });
    }
    return new Next.Nothing();
  }

  /// A rollback that brought what the spec wants is a success.
  private void replaceRemediated() {
    if (conditions.isTrue("Remediated") && history.latest().isPresent()) {
      conditions.remove("Remediated");
      conditions.set(
          "Released", "True", "UpgradeSucceeded", succeeded("upgrade", history.latest().get()));
    }
  }

  private Next failed(boolean forced) {
    if (activeRetry().isPresent()) {
      history.truncateToLongest();
      return new Next.Run(ReleaseAction.UPGRADE);
    }
    Optional<HelmRelease.Remediation> active = remediation();
    if (active.isEmpty() || status.number(active.get().counter()) <= 0 || forced) {
      return new Next.Run(ReleaseAction.UPGRADE);
    }
    HelmRelease.Remediation r = active.get();
    if (exhausted(r) && !r.remediateLast()) {
      return retriesExceeded(r, "cannot remediate failed release");
    }
    history.truncate(r.ignoreTests());
    if (!r.rollback()) {
      return new Next.Run(ReleaseAction.UNINSTALL);
    }
    Optional<Snapshot> previous = history.previous(r.ignoreTests());
    if (previous.isEmpty()) {
      return new Next.GiveUp(
          "MissingRollbackTarget",
          "Failed to perform remediation: missing target release for rollback: cannot remediate"
              + " failed release",
          "missing target release for rollback: cannot remediate failed release");
    }
    boolean intact =
        records(release.user()).stream()
            .anyMatch(
                rec ->
                    rec.version() == previous.get().version()
                        && Snapshot.digest(formats, rec).equals(previous.get().digest()));
    return new Next.Run(intact ? ReleaseAction.ROLLBACK : ReleaseAction.UPGRADE);
  }

  /// Flags that every action with a time limit has.
  private List<String> common(String action, String... head) {
    List<String> line = new ArrayList<>(List.of(head));
    line.add("--namespace=" + release.releaseNamespace());
    line.add("--timeout=" + GoDuration.text(release.timeout(action)));
    release.user().ifPresent(u -> line.add("--kube-as-user=" + u));
    return line;
  }

  private void waiting(List<String> line, String action) {
    Json spec = release.spec(action);
    if (spec.get("disableWait").isTrue()) {
      line.add("--wait=hookOnly");
    } else {
      boolean legacy = release.spec("waitStrategy", "name").text().equals("legacy");
      line.add(legacy ? "--wait=legacy" : "--wait=watcher");
      if (!spec.get("disableWaitForJobs").isTrue()) {
        line.add("--wait-for-jobs");
      }
    }
    if (spec.get("disableHooks").isTrue()) {
      line.add("--no-hooks");
    }
  }

  private boolean release(ReleaseAction action) throws IOException, InterruptedException {
    String word = action.word();
    Json spec = release.spec(word);
    status.set("lastAttemptedReleaseAction", word);
    if (action == ReleaseAction.INSTALL) {
      history.clear();
    }
    conditions.remove("TestSuccess");
    conditions.remove("Remediated");

    List<String> line = common(word, word, release.releaseName(), chart.archive().toString());
    waiting(line, word);
    line.add("--force-conflicts");
    if (!spec.get("disableTakeOwnership").isTrue()) {
      line.add("--take-ownership");
    }
    if (spec.get("disableOpenAPIValidation").isTrue()) {
      line.add("--disable-openapi-validation");
    }
    if (spec.get("disableSchemaValidation").isTrue()) {
      line.add("--skip-schema-validation");
    }
    if (action == ReleaseAction.INSTALL) {
      if (spec.get("replace").isTrue()) {
        line.add("--replace");
      }
      if (spec.get("createNamespace").isTrue() && release.spec("targetNamespace").exists()) {
        line.add("--create-namespace");
      }
      if (spec.get("crds").text().equals("Skip")) {
        line.add("--skip-crds");
      }
    } else {
      line.add(
          spec.get("preserveValues").isTrue() ? "--reset-then-reuse-values" : "--reset-values");
      line.add("--history-max=" + release.spec("maxHistory").integer(5));
      if (spec.get("cleanupOnFail").isTrue()) {
        line.add("--cleanup-on-fail");
      }
      spec.get("serverSideApply")
          .scalar()
          .ifPresent(
              s ->
                  line.add(
                      "--server-side="
                          + switch (s) {
                            case "enabled" -> "true";
                            case "disabled" -> "false";
                            default -> "auto";
                          }));
    }
    Path file = folder.resolve("values-" + release.namespace() + "-" + release.name() + ".json");
    Files.writeString(file, formats.json(values));
    line.add("--values=" + file);

    Map<Integer, String> before = digests();
    Optional<Integer> base = base();
    Instant start = Instant.now();
    HelmProgram.Result result = helm.forRelease(release.namespace(), release.name(), line);
    status.set(
        "lastAttemptedReleaseActionDuration",
        GoDuration.text(Duration.between(start, Instant.now())));
    Files.deleteIfExists(file);
    boolean stored = observe(before, word, false);
    if (stored && !result.error().contains("-upgrade hooks failed")) {
      // Helm has written the release it upgraded once more, and helm-controller then no longer
      // knows which action had made it.
      base.flatMap(history::version).ifPresent(s -> history.put(s.without("action")));
    }
    if (result.succeeded()) {
      succeed(action);
    } else {
      fail(action, result.error());
      if (stored) {
        status.count(release.remediation(word).counter());
      }
    }
    summarize();
    return stored || result.succeeded();
  }

  /// The record that Helm upgrades: the newest deployed one, else the newest.
  private Optional<Integer> base() {
    List<ReleaseRecord> records = records(Optional.empty());
    return records.stream()
        .filter(r -> r.status().equals("deployed"))
        .findFirst()
        .or(() -> records.stream().findFirst())
        .map(ReleaseRecord::version);
  }

  private Map<Integer, String> digests() {
    Map<Integer, String> digests = new HashMap<>();
    for (ReleaseRecord r : records(Optional.empty())) {
      digests.put(r.version(), Snapshot.digest(formats, r));
    }
    return digests;
  }

  /// Takes over what an action wrote to Helm's storage; answers whether it wrote anything.
  ///
  /// @param everywhere an action of this name is noted for older records too
  private boolean observe(Map<Integer, String> before, String action, boolean everywhere) {
    boolean changed = false;
    boolean newest = true;
    for (ReleaseRecord r : records(Optional.empty())) {
      if (!Snapshot.digest(formats, r).equals(before.get(r.version()))) {
        Optional<Snapshot> old = history.version(r.version());
        if (newest || old.isPresent()) {
          String oci =
              newest && !everywhere ? chart.ociDigest() : old.map(Snapshot::ociDigest).orElse("");
          Snapshot s = Snapshot.of(formats, r, newest || everywhere ? action : "", oci);
          Optional<Json.Obj> tests = old.flatMap(Snapshot::testHooks);
          history.put(tests.isPresent() && !newest ? s.with("testHooks", tests.get()) : s);
        }
        changed = true;
      }
      if (newest && changed) {
        status.set("inventory", Inventory.of(formats, api, r));
      }
      newest = false;
    }
    return changed;
  }

  private String succeeded(String action, Snapshot s) {
    return "Helm %s succeeded for release %s with chart %s"
        .formatted(action, s.fullName(), s.chart());
  }

  private void succeed(ReleaseAction action) {
    String reason = action == ReleaseAction.INSTALL ? "InstallSucceeded" : "UpgradeSucceeded";
    Snapshot now = history.latest().orElseThrow();
    String message = succeeded(action.word(), now);
    conditions.set("Released", "True", reason, message);
    if (release.testsEnabled() && !now.tested()) {
      conditions.set(
          "TestSuccess",
          "Unknown",
          "AwaitingTests",
          "Helm release %s with chart %s is awaiting tests".formatted(now.fullName(), now.chart()));
    }
    if (release.retry(action.word()).isPresent()) {
      status.clearFailures();
    }
    events.normal(release, reason, message);
  }

  private void fail(ReleaseAction action, String error) {
    String reason = action == ReleaseAction.INSTALL ? "InstallFailed" : "UpgradeFailed";
    String message =
        "Helm %s failed for release %s/%s with chart %s: %s"
            .formatted(
                action.word(),
                release.releaseNamespace(),
                release.longReleaseName(),
                chart,
                error.strip());
    status.count("failures");
    conditions.set("Released", "False", reason, message);
    events.warning(release, reason, message);
  }

  private boolean test() throws InterruptedException {
    Snapshot now = history.latest().orElseThrow();
    List<String> line = common("test", "test", release.releaseName());
    for (Json filter : release.spec("test", "filters").list()) {
      line.add(
          "--filter="
              + (filter.get("exclude").isTrue() ? "!name=" : "name=")
              + filter.get("name").text());
    }
    HelmProgram.Result result = helm.forRelease(release.namespace(), release.name(), line);
    Json.Obj hooks = testHooks();
    Snapshot tested = now.with("testHooks", hooks);
    history.put(tested);
    String what = "for release %s with chart %s: ".formatted(now.fullName(), now.chart());
    if (result.succeeded()) {
      String count =
          hooks.size() == 0
              ? "no test hooks"
              : hooks.size()
                  + " test hook"
                  + (hooks.size() > 1 ? "s" : "")
                  + " completed successfully";
      String message = "Helm test succeeded " + what + count;
      conditions.set("TestSuccess", "True", "TestSucceeded", message);
      events.normal(release, "TestSucceeded", message);
    } else {
      String message = "Helm test failed " + what + result.error().strip();
      status.count("failures");
      conditions.set("TestSuccess", "False", "TestFailed", message);
      events.warning(release, "TestFailed", message);
      Optional<HelmRelease.Remediation> r = remediation();
      if (tested.tested() && r.isPresent() && !r.get().ignoreTests()) {
        status.count(r.get().counter());
      }
    }
    summarize();
    return result.succeeded() || tested.tested();
  }

  private Json.Obj testHooks() {
    Json.Builder all = Json.builder();
    records(Optional.empty()).stream()
        .findFirst()
        .ifPresent(
            r -> {
              for (Json hook : r.body().get("hooks").list()) {
                if (hook.get("events").list().stream().anyMatch(e -> e.text().equals("test"))) {
                  Json run = hook.get("last_run");
                  all.put(
                      hook.get("name").text(),
                      Json.builder()
                          .put("lastStarted", Snapshot.seconds(run.get("started_at").text()))
                          .put("lastCompleted", Snapshot.seconds(run.get("completed_at").text()))
                          .put("phase", run.get("phase").text())
                          .build());
                }
              }
            });
    return all.build();
  }

  private boolean rollback() throws InterruptedException {
    HelmRelease.Remediation r = release.remediation("upgrade");
    Snapshot target = history.previous(r.ignoreTests()).orElseThrow();
    List<String> line =
        common("rollback", "rollback", release.releaseName(), Integer.toString(target.version()));
    waiting(line, "rollback");
    line.add("--force-conflicts");
    line.add("--history-max=" + release.spec("maxHistory").integer(5));
    if (release.spec("rollback", "cleanupOnFail").isTrue()) {
      line.add("--cleanup-on-fail");
    }
    Map<Integer, String> before = digests();
    HelmProgram.Result result = helm.forRelease(release.namespace(), release.name(), line);
    boolean stored = observe(before, "rollback", true);
    String what =
        "Helm rollback to previous release %s with chart %s "
            .formatted(target.fullName(), target.chart());
    if (result.succeeded()) {
      conditions.set("Remediated", "True", "RollbackSucceeded", what + "succeeded");
      events.normal(release, "RollbackSucceeded", what + "succeeded");
    } else {
      String message = what + "failed: " + result.error().strip();
      status.count("failures");
      conditions.set("Remediated", "False", "RollbackFailed", message);
      events.warning(release, "RollbackFailed", message);
    }
    summarize();
    return stored || result.succeeded();
  }

  private HelmProgram.Result helmUninstall() throws InterruptedException {
    List<String> line = common("uninstall", "uninstall", release.releaseName());
    Json spec = release.spec("uninstall");
    if (!spec.get("disableWait").isTrue()) {
      line.add("--wait=watcher");
    }
    if (spec.get("disableHooks").isTrue()) {
      line.add("--no-hooks");
    }
    if (spec.get("keepHistory").isTrue()) {
      line.add("--keep-history");
    }
    line.add("--cascade=" + spec.get("deletionPropagation").text("background"));
    return helm.forRelease(release.namespace(), release.name(), line);
  }

  private boolean uninstallRemediation() throws InterruptedException {
    Snapshot now = history.latest().orElseThrow();
    HelmProgram.Result result = helmUninstall();
    boolean gone = uninstalled(now, "uninstall-remediation");
    String message =
        "Helm uninstall remediation for release %s with chart %s "
            .formatted(now.fullName(), now.chart());
    if (result.succeeded()) {
      conditions.set("Remediated", "True", "UninstallSucceeded", message + "succeeded");
      events.normal(release, "UninstallSucceeded", message + "succeeded");
    } else {
      message += "failed: " + result.error().strip();
      status.count("failures");
      conditions.set("Remediated", "False", "UninstallFailed", message);
      events.warning(release, "UninstallFailed", message);
    }
    return gone;
  }

  /// Notes in the history that Helm took the release away; answers whether it did.
  private boolean uninstalled(Snapshot now, String action) {
    Optional<ReleaseRecord> left =
        records(Optional.empty()).stream().filter(r -> r.version() == now.version()).findFirst();
    if (left.isPresent() && !left.get().status().equals("uninstalled")) {
      return false;
    }
    history.put(
        now.with("status", new Json.Str("uninstalled"))
            .with("action", new Json.Str(action))
            .with(
                "deleted",
                new Json.Str(
                    Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString()))
            .with(
                "digest",
                new Json.Str(
                    left.map(r -> Snapshot.digest(formats, r)).orElse(now.digest() + "0"))));
    return true;
  }

  /// Takes the release away because its HelmRelease goes or names another; answers whether it is
  /// gone.
  boolean uninstall() throws InterruptedException {
    Optional<Snapshot> latest = history.latest();
    if (latest.isEmpty()) {
      return true;
    }
    Snapshot now = latest.get();
    HelmProgram.Result result = helmUninstall();
    boolean gone = true;
    if (result.succeeded()) {
      String message =
          "Helm uninstall succeeded for release %s with chart %s"
              .formatted(now.fullName(), now.chart());
      status.set("inventory", Json.Missing.MISSING);
      conditions.set("Released", "False", "UninstallSucceeded", message);
      events.normal(release, "UninstallSucceeded", message);
    } else if (result.error().contains("release: not found")) {
      conditions.set(
          "Released",
          "False",
          "UninstallSucceeded",
          "Release " + now.fullName() + " was not found, assuming it is uninstalled");
    } else {
      String message =
          "Helm uninstall failed for release %s with chart %s: %s"
              .formatted(now.fullName(), now.chart(), result.error().strip());
      status.count("failures");
      conditions.set("Released", "False", "UninstallFailed", message);
      events.warning(release, "UninstallFailed", message);
      gone = false;
    }
    summarize();
    return gone;
  }

  private boolean unlock() {
    ReleaseRecord last = records(Optional.empty()).getFirst();
    if (last.pending()) {
      String was = last.status();
      storage.unlock(last);
      ReleaseRecord now = records(Optional.empty()).getFirst();
      Snapshot snapshot =
          Snapshot.of(
              formats, now, history.version(now.version()).map(Snapshot::action).orElse(""), "");
      if (history.version(now.version()).isPresent()) {
        history.put(snapshot);
      }
      String message =
          "Unlocked Helm release %s with chart %s in %s state"
              .formatted(snapshot.fullName(), snapshot.chart(), was);
      conditions.set("Released", "False", "PendingRelease", message);
      events.normal(release, "PendingRelease", message);
    }
    summarize();
    return true;
  }

  /// Ready says what the most important of Remediated, TestSuccess and Released says; a remediation
  /// is never Ready.
  private void summarize() {
    if (!release.testsEnabled()) {
      conditions.remove("TestSuccess");
    }
    List<String> types =
        release.testsEnabled() && !release.ignoresTestFailures()
            ? List.of("Remediated", "TestSuccess", "Released")
            : List.of("Remediated", "Released");
    Optional<Condition> chosen = Optional.empty();
    for (String type : types) {
      Optional<Condition> c = conditions.get(type);
      if (c.isPresent() && (chosen.isEmpty() || c.get().generation() > chosen.get().generation())) {
        chosen = c;
      }
    }
    chosen.ifPresent(
        c -> {
          String ready = c.type().equals("Remediated") ? "False" : c.status();
          if (ready.equals("True")) {
            conditions.remove("Stalled");
          }
          conditions.set("Ready", ready, c.reason(), c.message());
        });
  }
}
