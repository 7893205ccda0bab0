package dev.refloat.release;

import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Whether a workload is where its spec wants it, by the rules of kstatus, which helm-controller's
/// poller waits by since 1.5 (flux-facts §2.4). Stricter than the legacy wait: `maxUnavailable` is
/// no
/// excuse.
public final class Workloads {

  /// The kinds whose health is judged here.
  public static final Set<String> KINDS =
      Set.of("Deployment", "StatefulSet", "DaemonSet", "Job", "Pod");

  private Workloads() {}

  public static boolean healthy(Resource w) {
    if (w.status("observedGeneration").integer(w.generation()) < w.generation()) {
      return false;
    }
    return switch (w.kind()) {
      case "Deployment" ->
          w.spec("paused").isTrue()
              || (count(w, "readyReplicas") >= desired(w)
                  && count(w, "updatedReplicas") >= desired(w)
                  && count(w, "replicas") <= desired(w));
      case "StatefulSet" ->
          count(w, "readyReplicas") >= desired(w)
              && (w.spec("updateStrategy", "type").text().equals("OnDelete")
                  || w.spec("updateStrategy", "rollingUpdate", "partition").integer(0) > 0
                  || w.status("updateRevision").text().equals(w.status("currentRevision").text())
                  || count(w, "updatedReplicas") >= desired(w));
      case "DaemonSet" ->
          count(w, "numberReady") >= desired(w) && count(w, "updatedNumberScheduled") >= desired(w);
      case "Job" -> w.spec("suspend").isTrue() || is(w, "Complete") || is(w, "SuccessCriteriaMet");
      case "Pod" -> w.status("phase").text().equals("Succeeded") || is(w, "Ready");
      default -> true;
    };
  }

  public static boolean failed(Resource w) {
    return switch (w.kind()) {
      case "Job" -> is(w, "Failed");
      case "Pod" -> w.status("phase").text().equals("Failed");
      default -> false;
    };
  }

  public static long desired(Resource w) {
    return switch (w.kind()) {
      case "DaemonSet" -> count(w, "desiredNumberScheduled");
      case "Job" -> w.spec("completions").integer(1);
      case "Pod" -> 1;
      default -> w.spec("replicas").integer(1);
    };
  }

  public static long ready(Resource w) {
    return switch (w.kind()) {
      case "DaemonSet" -> count(w, "numberReady");
      case "Job" -> count(w, "succeeded");
      case "Pod" -> is(w, "Ready") ? 1 : 0;
      default -> count(w, "readyReplicas");
    };
  }

  /// When the workload became what it is now, as far as its conditions tell.
  public static Optional<Instant> settled(Resource w) {
    return switch (w.kind()) {
      case "Job" -> Times.parse(w.status("completionTime"));
      case "Pod" -> w.condition("Ready").flatMap(Condition::since);
      default -> w.condition("Available").flatMap(Condition::since);
    };
  }

  private static boolean is(Resource w, String condition) {
    return w.condition(condition).map(Condition::isTrue).orElse(false);
  }

  private static long count(Resource w, String field) {
    Json value = w.status(field);
    return value.integer(0);
  }
}
