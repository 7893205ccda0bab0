package dev.refloat.signal;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.Failure;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The release itself, its failure texts and its drift.
final class ReleaseSignals {

  private ReleaseSignals() {}

  static void release(Belongings b, List<Signal> out) {
    out.add(release(b, b.view(), b.view().resource().ref()));
  }

  static void failures(Belongings b, List<Signal> out) {
    ObjectRef self = b.view().resource().ref();
    for (Failure f : b.view().allFailures()) {
      out.add(failure(self, "status.conditions[" + f.from() + "].message", f));
    }
    recordFailure(b, out);
    logFailures(b, out);
  }

  static void drift(Belongings b, List<Signal> out) {
    drift(b.view(), b.view().resource().ref(), out);
    DriftSignals.read(b, out);
  }

  private static Signal release(Belongings b, ReleaseView v, ObjectRef self) {
    Optional<Condition> ready = v.condition("Ready");
    Optional<Json> suspender = manager(v, "f:suspend");
    Learning learning = Learning.of(b);
    return Signal.of(SignalKind.RELEASE, self)
        .says(
            ready.isPresent() ? "status.conditions[Ready].message" : "status",
            ready.map(Condition::message).orElse("no conditions"))
        .at(ready.flatMap(Condition::since))
        .with("namespace", self.namespace())
        .with("name", self.name())
        .with("release-name", v.storageName())
        .with("target-namespace", v.targetNamespace())
        .with("storage-namespace", v.storageNamespace())
        .with("state", v.state().word())
        .with("stage", v.stage().word())
        .with("suspended", v.suspended())
        .with(
            "suspended-by",
            v.suspended() ? suspender.map(m -> m.get("manager").text()).orElse("") : "")
        .with(
            "suspended-since",
            v.suspended()
                ? suspender
                    .flatMap(m -> Times.parse(m.get("time")))
                    .map(t -> Times.display(Duration.between(t, v.now())))
                    .orElse("")
                : "")
        .with("chart", v.chartName())
        .with("version", v.chartVersion())
        .with("timeout", Times.display(v.timeout()))
        .with("interval", Times.display(v.interval()))
        .with("failures", v.failures())
        .with("action", v.action())
        .with("retries", v.retries())
        .with("service-account", v.resource().spec("serviceAccountName").text())
        .with(
            "kube-config",
            v.resource()
                .spec("kubeConfig", "secretRef", "name")
                .text(v.resource().spec("kubeConfig", "configMapRef", "name").text()))
        .with("wait-strategy", v.resource().spec("waitStrategy", "name").text("poller"))
        .with("strategy", v.strategy())
        .with("drift-mode", v.driftMode())
        .with("deployed-before", deployedBefore(b))
        .with("generation-pending", v.unseenGeneration())
        .with("silent-for", v.unseenGeneration() ? Times.display(v.silence()) : "")
        .with(
            "age",
            v.resource().created().map(t -> Times.display(Duration.between(t, v.now()))).orElse(""))
        .with("finalizers", String.join(", ", v.resource().finalizers()))
        .with(
            "deleting-for",
            v.resource().deleted().map(t -> Times.display(Duration.between(t, v.now()))).orElse(""))
        .with("in-flight", v.inFlight())
        .with("rolled-back", v.rolledBack())
        .with("exhausted", v.exhausted())
        .with(
            "took",
            Times.duration(v.resource().status("lastAttemptedReleaseActionDuration").text())
                .map(Times::display)
                .orElse(""))
        .with("samples", learning.samples())
        .with("learnt-limit", learning.limit())
        .with("learnt-from", learning.from())
        .with("history-says", learning.history())
        .build();
  }

  /// Whether some revision worked once: then a rollback is possible, and an upgrade is what failed.
  private static boolean deployedBefore(Belongings b) {
    return b.view().resource().status("history").list().stream()
            .map(h -> h.get("status").text())
            .anyMatch(s -> s.equals("deployed") || s.equals("superseded"))
        || b.records().stream()
            .map(r -> r.label("status").orElse(""))
            .anyMatch(s -> s.equals("deployed") || s.equals("superseded"));
  }

  /// The newest record's own words: after the condition was overwritten they are what is left.
  private static void recordFailure(Belongings b, List<Signal> out) {
    Optional<HelmRecord> newest = b.newestRecord();
    if (newest.isEmpty() || b.view().stage() == Stage.READY) {
      return;
    }
    HelmRecord r = newest.get();
    if (r.status().equals("failed")) {
      out.add(
          failure(
              r.secret(),
              "info.description",
              new Failure(
                  "record",
                  "failed",
                  r.description(),
                  r.version() == 1 ? "install" : "upgrade",
                  ReleaseView.stageOf(r.description()),
                  r.lastDeployed())));
    }
  }

  /// Some failures reach neither a condition nor a warning event: a HelmChart that cannot be
  /// applied, a
  /// reference across namespaces (flux-facts §2.1). The controller's log has them.
  private static void logFailures(Belongings b, List<Signal> out) {
    if (b.view().stage() != Stage.NOT_RECONCILED) {
      return;
    }
    ControllerLog.errorsOf(b)
        .forEach(
            line ->
                out.add(
                    failure(
                        line.pod(),
                        "log",
                        new Failure(
                            "log", "error", line.text(), "", Stage.NOT_RECONCILED, line.at()))));
  }

  private static Signal failure(ObjectRef object, String field, Failure f) {
    String message = HelmLogs.trim(f.message());
    return Signal.of(SignalKind.FAILURE, object)
        .says(field, message)
        .at(f.at())
        .with("from", f.from())
        .with("reason", f.reason())
        .with("message", message)
        .with("action", f.action())
        .with("stage", f.stage().word())
        .build();
  }

  /// The condition stays when drift detection is switched off (flux-facts §2.2): it counts only
  /// while the
  /// mode is on.
  private static void drift(ReleaseView v, ObjectRef self, List<Signal> out) {
    if (v.driftMode().equals("disabled")) {
      return;
    }
    v.condition("Drifted")
        .filter(Condition::isTrue)
        .ifPresent(
            c -> {
              List<String> lines = c.message().lines().skip(1).map(String::strip).toList();
              out.add(
                  Signal.of(SignalKind.DRIFT, self)
                      .says("status.conditions[Drifted].message", c.message())
                      .at(c.since())
                      .with("objects", String.join("; ", lines))
                      .with("message", c.message())
                      .with("mode", v.driftMode())
                      .with("count", lines.size())
                      .build());
            });
  }

  /// The newest managedFields entry that owns a field of the spec.
  private static Optional<Json> manager(ReleaseView v, String field) {
    return v.resource().meta("managedFields").list().stream()
        .filter(m -> m.at("fieldsV1", "f:spec", field).exists())
        .max(java.util.Comparator.comparing(m -> m.get("time").text()));
  }
}
