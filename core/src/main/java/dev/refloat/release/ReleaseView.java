package dev.refloat.release;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// One HelmRelease read as helm-controller reads it: defaults filled in, conditions weighed.
///
/// Reads v2, v2beta2 and v2beta1. What the Ready condition says is not enough: after a remediation
/// it
/// tells of the rollback, and while retrying it tells of the retry; the reason is in Released or
/// TestSuccess then (flux-facts §2).
public final class ReleaseView {

  /// helm-controller's default for `spec.timeout` (flux-facts §1.1).
  public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

  /// How long a controller may be silent about a new generation before that is worth a word.
  static final Duration SILENCE = Duration.ofSeconds(90);

  private static final Set<String> PREREQUISITE_REASONS =
      Set.of(
          "DependencyNotReady",
          "AccessDenied",
          "InvalidCELExpression",
          "ArtifactFailed",
          "SourceNotReady",
          // helm-controller 0.37, before 1.0 called it SourceNotReady
          "HelmChartNotReady",
          "ValuesError",
          "ChartMutateError",
          "RESTClientError",
          "ResourceManagerError",
          "FactoryError",
          "ConfigFactoryErr",
          "InitFailed");

  private static final Pattern HOOK =
      Pattern.compile(
          "failed (?:pre|post)-(?:install|upgrade|rollback|delete)"
              + "|(?:pre|post)-(?:install|upgrade|rollback|delete) hooks? failed"
              + "|warning: Hook |\\b[Hh]ook \\S+ (?:\\S+ )?failed");
  private static final Pattern WAIT =
      Pattern.compile(
          "timeout waiting for|timed out waiting for|failed early due to stalled resources"
              + "|can't determine status|context deadline exceeded|would exceed context deadline"
              + "|client rate limiter Wait|not ready\\. status|resource \\S+ not ready"
              + "|beforeHook|deadline exceeded");
  private static final Pattern CALL =
      Pattern.compile("failed calling webhook|admission webhook|failed to call webhook");
  private static final Pattern RUNNING =
      Pattern.compile("Running '([^']+)' action with timeout of (\\S+)");

  private final Resource resource;
  private final Instant now;
  private final boolean unattended;
  private final List<Condition> conditions;
  private final List<Failure> failures;
  private final Stage stage;

  private ReleaseView(Resource resource, Instant now, boolean unattended) {
    this.resource = resource;
    this.now = now;
    this.unattended = unattended;
    // these are asked for again and again
    this.conditions = resource.conditions();
    this.failures = readFailures();
    this.stage = readStage();
  }

  public static ReleaseView of(Resource resource, Evidence evidence) {
    return new ReleaseView(
        resource, evidence.takenAt(), Controllers.unattended(resource, evidence));
  }

  public Resource resource() {
    return resource;
  }

  public ReleaseRef ref() {
    return new ReleaseRef(resource.namespace(), resource.name());
  }

  public Instant now() {
    return now;
  }

  // --- spec

  public boolean suspended() {
    return resource.spec("suspend").isTrue();
  }

  public boolean deleting() {
    return resource.deleted().isPresent();
  }

  /// Where the release's objects go: `spec.targetNamespace`, else the HelmRelease's own.
  public String targetNamespace() {
    return resource.spec("targetNamespace").text(resource.namespace());
  }

  /// Where Helm keeps its records. Not the target namespace (flux-facts §1.1).
  public String storageNamespace() {
    return resource
        .status("storageNamespace")
        .text(resource.spec("storageNamespace").text(resource.namespace()));
  }

  /// Helm's name of the release: `spec.releaseName`, else `[targetNamespace-]name`, shortened to 53
  /// characters with a hash at its end. Of a shortened name only the status knows the hash.
  public String storageName() {
    Json history = resource.status("history");
    if (history instanceof Json.Arr(var items) && !items.isEmpty()) {
      return items.getFirst().get("name").text();
    }
    String composed =
        resource
            .spec("releaseName")
            .text(
                resource.spec("targetNamespace").exists()
                    ? targetNamespace() + "-" + resource.name()
                    : resource.name());
    return composed.length() <= 53 ? composed : composed.substring(0, 40);
  }

  public boolean remote() {
    return resource.spec("kubeConfig").exists();
  }

  /// The timeout of the action that was tried last.
  public Duration timeout() {
    return resource
        .spec(action().equals("install") ? "install" : "upgrade", "timeout")
        .scalar()
        .or(() -> resource.spec("timeout").scalar())
        .flatMap(Times::duration)
        .orElse(DEFAULT_TIMEOUT);
  }

  public Duration interval() {
    return resource
        .spec("interval")
        .scalar()
        .flatMap(Times::duration)
        .orElse(Duration.ofMinutes(10));
  }

  public String chartName() {
    return resource
        .spec("chart", "spec", "chart")
        .text(resource.spec("chartRef", "name").text(newest().get("chartName").text()));
  }

  public String chartVersion() {
    return resource
        .spec("chart", "spec", "version")
        .text(resource.spec("chartRef").exists() ? "" : "*");
  }

  /// The action that was tried last, `install` before any was.
  public String action() {
    String tried = resource.status("lastAttemptedReleaseAction").text();
    if (!tried.isEmpty()) {
      return tried;
    }
    return resource.status("history").list().isEmpty() ? "install" : "upgrade";
  }

  /// How often the action may fail before the release stalls; -1 is forever.
  public long retries() {
    return resource.spec(action(), "remediation", "retries").integer(0);
  }

  public String strategy() {
    return resource.spec(action(), "strategy", "name").text("RemediateOnFailure");
  }

  public String driftMode() {
    return resource.spec("driftDetection", "mode").text("disabled");
  }

  // --- status

  public Optional<Condition> condition(String type) {
    for (Condition c : conditions) {
      if (c.type().equals(type)) {
        return Optional.of(c);
      }
    }
    return Optional.empty();
  }

  public long failures() {
    return Math.max(
        resource.status("failures").integer(0),
        Math.max(
            resource.status("installFailures").integer(0),
            resource.status("upgradeFailures").integer(0)));
  }

  /// The newest snapshot in `status.history`.
  public Json newest() {
    List<Json> history = resource.status("history").list();
    return history.isEmpty() ? Json.emptyObject() : history.getFirst();
  }

  public boolean stalled() {
    return condition("Stalled").map(Condition::isTrue).orElse(false);
  }

  public boolean exhausted() {
    return condition("Stalled")
        .filter(Condition::isTrue)
        .map(c -> c.reason().equals("RetriesExceeded"))
        .orElse(false);
  }

  /// Whether the failures have used up the retries. The controller says so in Stalled a moment
  /// after
  /// the last attempt has failed; the counters say it at once.
  public boolean spent() {
    return exhausted() || spent("install") || spent("upgrade");
  }

  private boolean spent(String action) {
    long failures = resource.status(action + "Failures").integer(0);
    long retries = resource.spec(action, "remediation", "retries").integer(0);
    boolean forever =
        retries < 0 || resource.spec(action, "strategy", "name").text().equals("RetryOnFailure");
    return !forever && failures > retries;
  }

  public boolean rolledBack() {
    return condition("Remediated")
        .filter(Condition::isTrue)
        .map(c -> c.reason().equals("RollbackSucceeded"))
        .orElse(false);
  }

  public boolean uninstalledByRemediation() {
    return condition("Remediated")
        .filter(Condition::isTrue)
        .map(c -> c.reason().equals("UninstallSucceeded"))
        .orElse(false);
  }

  public boolean ready() {
    return condition("Ready").map(Condition::isTrue).orElse(false) && !stalled();
  }

  /// Whether a Helm action is running and still within its time. Each wait and each hook has a
  /// clock of
  /// its own, so an action may take several timeouts (flux-facts §1.1).
  public boolean inFlight() {
    // helm-controller before 0.37 had no Reconciling, and put Ready to Unknown while it worked
    Optional<Condition> reconciling =
        condition("Reconciling")
            .filter(Condition::isTrue)
            .or(() -> condition("Ready").filter(c -> c.reason().equals("Progressing")));
    if (reconciling.isEmpty()
        || !condition("Ready").map(c -> c.status().equals("Unknown")).orElse(true)) {
      return false;
    }
    var running = RUNNING.matcher(reconciling.get().message());
    Duration limit =
        running.find() ? Times.duration(running.group(2)).orElse(timeout()) : timeout();
    return reconciling
        .get()
        .since()
        .map(
            since ->
                Duration.between(since, now).compareTo(limit.multipliedBy(3).plusMinutes(5)) < 0)
        .orElse(true);
  }

  /// When the spec was last written, by the managers' own account.
  public Optional<Instant> specChanged() {
    return resource.meta("managedFields").list().stream()
        .filter(m -> m.get("subresource").text().isEmpty())
        .filter(m -> m.at("fieldsV1", "f:spec").exists())
        .flatMap(m -> Times.parse(m.get("time")).stream())
        .max(Instant::compareTo)
        .or(resource::created);
  }

  /// Whether the controller has not yet looked at the newest generation. Conditions carry the
  /// generation
  /// they speak of; `status.observedGeneration` lags behind while an action fails (flux-facts
  /// §1.2).
  public boolean unseenGeneration() {
    long seen = resource.status("observedGeneration").integer(-1);
    for (Condition c : conditions) {
      seen = Math.max(seen, c.observedGeneration());
    }
    return seen < resource.generation();
  }

  /// How long the controller has not looked at the newest generation.
  public Duration silence() {
    return unseenGeneration()
        ? specChanged()
            .map(t -> Duration.between(t, now))
            .filter(d -> !d.isNegative())
            .orElse(SILENCE)
        : Duration.ZERO;
  }

  /// When the newest attempt began.
  public Optional<Instant> attemptStart() {
    return Times.parse(newest().get("lastDeployed")).or(() -> resource.created());
  }

  public Stage stage() {
    return stage;
  }

  private Stage readStage() {
    if (deleting()) {
      return Stage.DELETION;
    }
    if (suspended()) {
      return Stage.SUSPENDED;
    }
    if (conditions.isEmpty() || unseenGeneration()) {
      boolean patient = silence().compareTo(SILENCE) < 0 && !unattended;
      return patient ? Stage.IN_FLIGHT : Stage.NOT_RECONCILED;
    }
    if (ready()) {
      return Stage.READY;
    }
    Optional<Condition> ready = condition("Ready");
    if (ready.isEmpty() || ready.get().status().equals("Unknown")) {
      if (failures() == 0 || failure().isEmpty()) {
        return inFlight() && !unattended ? Stage.IN_FLIGHT : Stage.NOT_RECONCILED;
      }
    }
    return failure().map(Failure::stage).orElse(Stage.ACTION);
  }

  public ReleaseState state() {
    return switch (stage) {
      case DELETION -> ReleaseState.DELETING;
      case SUSPENDED -> ReleaseState.SUSPENDED;
      case NOT_RECONCILED -> ReleaseState.NOT_RECONCILED;
      case READY -> ReleaseState.READY;
      case IN_FLIGHT -> ReleaseState.IN_FLIGHT;
      case PREREQUISITE, STATE, ACTION, WAIT, HOOK, TEST, REMEDIATION -> failingState();
    };
  }

  private ReleaseState failingState() {
    if (rolledBack()) {
      return ReleaseState.ROLLED_BACK;
    }
    if (stalled()) {
      return ReleaseState.STALLED;
    }
    if (condition("Ready").map(c -> c.reason().equals("DependencyNotReady")).orElse(false)) {
      return ReleaseState.WAITING;
    }
    if (condition("Ready").map(c -> c.status().equals("Unknown")).orElse(false)) {
      return ReleaseState.IN_FLIGHT;
    }
    boolean retrying =
        condition("Reconciling").filter(Condition::isTrue).isPresent() && failures() > 0;
    return retrying ? ReleaseState.RETRYING : ReleaseState.FAILING;
  }

  /// The text that tells why the newest attempt failed: the one that stands closest to the reason.
  public Optional<Failure> failure() {
    return failures.isEmpty() ? Optional.empty() : Optional.of(failures.getFirst());
  }

  /// All failure texts, the most telling first.
  public List<Failure> allFailures() {
    return failures;
  }

  private List<Failure> readFailures() {
    List<Failure> out = new ArrayList<>();
    Optional<Condition> ready = condition("Ready");
    Optional<Condition> released = condition("Released").filter(Condition::isFalse);
    Optional<Condition> test = condition("TestSuccess").filter(Condition::isFalse);
    Optional<Condition> remediated = condition("Remediated").filter(Condition::isFalse);
    boolean blockedBefore =
        ready
            .filter(Condition::isFalse)
            .map(c -> PREREQUISITE_REASONS.contains(c.reason()) || c.reason().equals("StateError"))
            .orElse(false);
    if (blockedBefore) {
      ready.ifPresent(c -> out.add(failureOf(c)));
    }
    test.filter(c -> ready.map(r -> !r.isTrue()).orElse(true))
        .ifPresent(c -> out.add(failureOf(c)));
    released
        .filter(c -> ready.map(r -> !r.isTrue()).orElse(true))
        .ifPresent(c -> out.add(failureOf(c)));
    remediated
        .filter(c -> ready.map(r -> !r.isTrue()).orElse(true))
        .ifPresent(c -> out.add(failureOf(c)));
    condition("Stalled")
        .filter(Condition::isTrue)
        .filter(c -> !c.reason().equals("RetriesExceeded"))
        .ifPresent(c -> out.add(failureOf(c)));
    if (!blockedBefore) {
      ready
          .filter(Condition::isFalse)
          .filter(c -> out.stream().noneMatch(f -> f.message().equals(c.message())))
          .ifPresent(c -> out.add(failureOf(c)));
    }
    return List.copyOf(out);
  }

  private Failure failureOf(Condition c) {
    String action =
        switch (c.reason()) {
          case "InstallFailed" -> "install";
          case "UpgradeFailed" -> "upgrade";
          case "RollbackFailed", "RollbackSucceeded" -> "rollback";
          case "UninstallFailed", "UninstallSucceeded" -> "uninstall";
          case "TestFailed" -> "test";
          default -> "";
        };
    return new Failure(c.type(), c.reason(), c.message(), action, stageOf(c), c.since());
  }

  private static Stage stageOf(Condition c) {
    if (PREREQUISITE_REASONS.contains(c.reason())) {
      return Stage.PREREQUISITE;
    }
    // helm-controller before 0.37 said GetLastReleaseFailed
    if (c.reason().equals("StateError") || c.reason().equals("GetLastReleaseFailed")) {
      return Stage.STATE;
    }
    if (c.type().equals("TestSuccess") || c.reason().equals("TestFailed")) {
      return Stage.TEST;
    }
    if (c.type().equals("Remediated") || c.reason().equals("MissingRollbackTarget")) {
      return Stage.REMEDIATION;
    }
    return stageOf(c.message());
  }

  /// At which stage an action failed, by Helm's words (flux-facts §2.4).
  public static Stage stageOf(String message) {
    if (CALL.matcher(message).find()) {
      return Stage.ACTION;
    }
    if (HOOK.matcher(message).find()) {
      return Stage.HOOK;
    }
    return WAIT.matcher(message).find() ? Stage.WAIT : Stage.ACTION;
  }
}
