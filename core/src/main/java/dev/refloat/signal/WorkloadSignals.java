package dev.refloat.signal;

import dev.refloat.model.Condition;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Stage;
import dev.refloat.release.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The workloads of a release, one by one and together.
final class WorkloadSignals {

  private WorkloadSignals() {}

  static void read(Belongings b, List<Signal> out) {
    b.workloads().forEach(w -> out.add(signal(w)));
  }

  static void together(Belongings b, List<Signal> out) {
    List<Resource> judged = b.workloads().stream().filter(w -> !isHook(w)).toList();
    if (!judged.isEmpty()) {
      out.add(convergence(b, judged));
    }
  }

  static boolean isHook(Resource r) {
    return r.annotation("helm.sh/hook").isPresent();
  }

  private static Signal signal(Resource w) {
    Optional<Condition> telling = tellingCondition(w);
    return Signal.of(SignalKind.WORKLOAD, w.ref())
        .says(
            telling.map(c -> "status.conditions[" + c.type() + "].message").orElse("status"),
            telling
                .map(Condition::message)
                .orElse(Workloads.ready(w) + " of " + Workloads.desired(w) + " ready"))
        .at(telling.flatMap(Condition::since))
        .with("kind", w.kind())
        .with("namespace", w.namespace())
        .with("name", w.name())
        .with("healthy", Workloads.healthy(w))
        .with("ready", Workloads.ready(w))
        .with("desired", Workloads.desired(w))
        .with("reason", telling.map(Condition::reason).orElse(""))
        .with("message", telling.map(Condition::message).orElse(""))
        .with(
            "claim-templates",
            w.spec("volumeClaimTemplates").list().stream()
                .map(t -> t.at("metadata", "name").text())
                .collect(Collectors.joining(", ")))
        .build();
  }

  /// `ReplicaFailure` and `Failed` tell why; `Available` only that.
  private static Optional<Condition> tellingCondition(Resource w) {
    return w.condition("ReplicaFailure")
        .filter(Condition::isTrue)
        .or(() -> w.condition("Failed").filter(Condition::isTrue))
        .or(() -> w.condition("Progressing").filter(Condition::isFalse))
        .or(() -> w.condition("Available").filter(Condition::isFalse))
        .or(() -> w.condition("Ready").filter(Condition::isFalse));
  }

  private static Signal convergence(Belongings b, List<Resource> workloads) {
    ReleaseView v = b.view();
    List<Resource> unhealthy = workloads.stream().filter(w -> !Workloads.healthy(w)).toList();
    Optional<Instant> settled = settled(b, workloads);
    Optional<Duration> took = took(b, settled).filter(d -> d.compareTo(v.timeout()) >= 0);
    boolean failedInWait = v.stage() == Stage.WAIT || v.stage() == Stage.HOOK;
    boolean late =
        unhealthy.isEmpty() && failedInWait && !v.rolledBack() && !v.uninstalledByRemediation();
    return Signal.of(SignalKind.CONVERGENCE, v.resource().ref())
        .says(
            "status",
            unhealthy.isEmpty()
                ? "all " + workloads.size() + " workloads are ready"
                : unhealthy.stream().map(w -> w.ref().display()).collect(Collectors.joining(", "))
                    + " not ready")
        .at(settled)
        .with("healthy", unhealthy.isEmpty())
        .with("late", late)
        .with("took", took.map(Times::display).orElse(""))
        .with("limit", Times.display(v.timeout()))
        .with("workloads", workloads.size())
        .with(
            "unhealthy",
            unhealthy.stream().map(w -> w.ref().display()).collect(Collectors.joining(", ")))
        .build();
  }

  /// How long a late attempt took until the last of its workloads was ready; nothing while one is
  /// not, or when they were ready before it began.
  static Optional<Duration> lateAfter(Belongings b) {
    List<Resource> judged = b.workloads().stream().filter(w -> !isHook(w)).toList();
    boolean late =
        b.view().stage() == Stage.WAIT
            && !judged.isEmpty()
            && judged.stream().allMatch(Workloads::healthy)
            && !b.view().rolledBack()
            && !b.view().uninstalledByRemediation();
    return late
        ? took(b, settled(b, judged)).filter(d -> d.compareTo(b.view().timeout()) >= 0)
        : Optional.empty();
  }

  private static Optional<Duration> took(Belongings b, Optional<Instant> settled) {
    return b.view()
        .attemptStart()
        .flatMap(start -> settled.map(end -> Duration.between(start, end)))
        .filter(d -> !d.isNegative());
  }

  private static Optional<Instant> settled(Belongings b, List<Resource> workloads) {
    return workloads.stream().flatMap(w -> settled(b, w).stream()).max(Instant::compareTo);
  }

  /// The last pod that became ready tells more than the workload's own condition, which a
  /// StatefulSet
  /// does not have.
  private static Optional<Instant> settled(Belongings b, Resource w) {
    Optional<Instant> pods =
        b.pods().stream()
            .filter(p -> b.workloadOf(p).map(t -> t.ref().sameObject(w.ref())).orElse(false))
            .flatMap(p -> Workloads.settled(p).stream())
            .max(Instant::compareTo);
    return pods.or(() -> Workloads.settled(w));
  }
}
