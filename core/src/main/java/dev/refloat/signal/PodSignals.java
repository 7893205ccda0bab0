package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Stage;
import dev.refloat.release.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Pods of unhealthy workloads, their containers and the log lines that matter.
///
/// Pods of healthy workloads say nothing: an evicted pod that was replaced, or a restart of last
/// week, is
/// not why a release failed.
public final class PodSignals {

  private static final Set<String> HARD_REASONS =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable",
          "SignatureValidationFailed",
          "CrashLoopBackOff",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError",
          "StartError");

  private PodSignals() {}

  static void read(Belongings b, List<Signal> out) {
    List<Container> containers = new ArrayList<>();
    for (Resource pod : relevantPods(b)) {
      out.add(pod(b, pod));
      containers.addAll(containersOf(b, pod));
    }
    containers.sort(Comparator.comparingInt(Container::urgency));
    containers.forEach(c -> out.add(c.signal(b)));
    for (Container c : containers) {
      logs(b.evidence(), c, out);
    }
  }

  /// The logs worth reading, the most telling first: the previous run of a crashed container, the
  /// current
  /// one of what runs and is not ready.
  public static List<Inquiry.ContainerLog> logInquiries(Belongings b) {
    List<Container> containers = new ArrayList<>();
    for (Resource pod : relevantPods(b)) {
      containers.addAll(containersOf(b, pod));
    }
    containers.sort(Comparator.comparingInt(Container::urgency));
    Set<Inquiry.ContainerLog> logs = new LinkedHashSet<>();
    Set<String> templates = new LinkedHashSet<>();
    for (Container c : containers) {
      // replicas of one workload fail alike: one of them is asked
      if (c.hasLog() && templates.add(c.workload() + "/" + c.name())) {
        logs.add(c.log(c.restarted()));
        if (c.restarted()) {
          logs.add(c.log(false));
        }
      }
    }
    return List.copyOf(logs);
  }

  private static List<Resource> relevantPods(Belongings b) {
    ReleaseView v = b.view();
    return b.pods().stream().filter(pod -> relevant(b, v, pod)).toList();
  }

  private static boolean relevant(Belongings b, ReleaseView v, Resource pod) {
    if (Workloads.healthy(pod) && !pod.deleted().isPresent()) {
      return false;
    }
    Resource top = b.workloadOf(pod).orElse(pod);
    if (Workloads.KINDS.contains(top.kind()) && Workloads.healthy(top)) {
      return false;
    }
    boolean hook = WorkloadSignals.isHook(top);
    boolean hooksMatter = v.stage() == Stage.HOOK || v.stage() == Stage.TEST;
    if (v.stage() != Stage.DELETION && hook != hooksMatter) {
      return false;
    }
    if (v.stage() != Stage.READY) {
      return true;
    }
    // of a ready release only what has failed hard, or has had as much time as Flux would give it
    boolean hard =
        statuses(pod)
            .anyMatch(s -> HARD_REASONS.contains(s.at("state", "waiting", "reason").text()));
    return hard || age(pod, v.now()).compareTo(v.timeout()) > 0;
  }

  private static java.util.stream.Stream<Json> statuses(Resource pod) {
    return java.util.stream.Stream.concat(
        pod.status("initContainerStatuses").list().stream(),
        pod.status("containerStatuses").list().stream());
  }

  private static Duration age(Resource pod, Instant now) {
    return pod.created().map(t -> Duration.between(t, now)).orElse(Duration.ZERO);
  }

  private static Signal pod(Belongings b, Resource pod) {
    Optional<Condition> scheduled = pod.condition("PodScheduled");
    boolean unscheduled = scheduled.map(Condition::isFalse).orElse(false);
    Resource top = b.workloadOf(pod).orElse(pod);
    String field = unscheduled ? "status.conditions[PodScheduled].message" : "status.phase";
    return Signal.of(SignalKind.POD, pod.ref())
        .says(
            field,
            unscheduled
                ? scheduled.map(Condition::message).orElse("")
                : pod.status("phase").text() + suffix(pod.status("reason").text()))
        .at(unscheduled ? scheduled.flatMap(Condition::since) : pod.created())
        .with("namespace", pod.namespace())
        .with("name", pod.name())
        .with("workload", top.ref().display())
        .with("phase", pod.status("phase").text())
        .with("reason", pod.status("reason").text())
        .with("message", pod.status("message").text())
        .with("scheduled", !unscheduled)
        .with("schedule-message", unscheduled ? scheduled.map(Condition::message).orElse("") : "")
        .with("gone", false)
        .with("hook", WorkloadSignals.isHook(top))
        .with("node", pod.spec("nodeName").text())
        .with("age", age(pod, b.view().now()).toSeconds())
        .with("service-account", pod.spec("serviceAccountName").text())
        .build();
  }

  private static String suffix(String reason) {
    return reason.isEmpty() ? "" : " (" + reason + ")";
  }

  private static List<Container> containersOf(Belongings b, Resource pod) {
    Resource top = b.workloadOf(pod).orElse(pod);
    List<Container> out = new ArrayList<>();
    for (Json spec : pod.spec("initContainers").list()) {
      out.add(container(pod, top, spec, pod.status("initContainerStatuses"), true));
    }
    for (Json spec : pod.spec("containers").list()) {
      out.add(container(pod, top, spec, pod.status("containerStatuses"), false));
    }
    // an init container that is done and a container that waits for its turn have nothing to tell
    out.removeIf(c -> c.state().isEmpty() || c.idle());
    return out;
  }

  private static Container container(
      Resource pod, Resource top, Json spec, Json statuses, boolean init) {
    Json status =
        statuses.list().stream()
            .filter(s -> s.get("name").text().equals(spec.get("name").text()))
            .findFirst()
            .orElse(Json.emptyObject());
    return new Container(pod, top, spec, status, init);
  }

  private static void logs(Evidence evidence, Container c, List<Signal> out) {
    for (boolean previous : new boolean[] {true, false}) {
      evidence
          .log(c.log(previous))
          .ifPresent(
              text -> LogLines.telling(text).forEach(line -> out.add(c.line(line, previous))));
    }
  }

  /// One container with its spec and status side by side.
  private record Container(Resource pod, Resource top, Json spec, Json status, boolean init) {

    String name() {
      return spec.get("name").text();
    }

    String workload() {
      return top.ref().display();
    }

    String state() {
      for (String s : List.of("waiting", "terminated", "running")) {
        if (status.at("state", s).exists()) {
          return s;
        }
      }
      return "";
    }

    Json details() {
      return status.at("state", state());
    }

    Json last() {
      return status.at("lastState", "terminated");
    }

    boolean restarted() {
      return last().exists();
    }

    boolean hasLog() {
      return state().equals("terminated") || state().equals("running") || restarted();
    }

    String image() {
      return spec.get("image").text(status.get("image").text());
    }

    boolean idle() {
      String reason = details().get("reason").text();
      if (init && !sidecar()) {
        return state().equals("terminated") && details().get("exitCode").integer(0) == 0;
      }
      boolean done =
          state().equals("terminated")
              && details().get("exitCode").integer(0) == 0
              && top.kind().equals("Job");
      return status.get("ready").isTrue() || reason.equals("PodInitializing") || done;
    }

    private boolean sidecar() {
      return spec.get("restartPolicy").text().equals("Always");
    }

    /// Lower is more telling.
    int urgency() {
      String reason = details().get("reason").text();
      if (HARD_REASONS.contains(reason)) {
        return 0;
      }
      if (state().equals("terminated") && details().get("exitCode").integer(0) != 0) {
        return 1;
      }
      if (restarted()) {
        return 2;
      }
      return state().equals("running") ? 3 : 4;
    }

    Inquiry.ContainerLog log(boolean previous) {
      return new Inquiry.ContainerLog(pod.namespace(), pod.name(), name(), previous);
    }

    Signal signal(Belongings b) {
      Instant now = b.view().now();
      Json d = details();
      String reason = d.get("reason").text();
      String where =
          "status." + (init ? "initContainerStatuses[" : "containerStatuses[") + name() + "]";
      boolean waiting = state().equals("waiting") || state().equals("terminated");
      return Signal.of(SignalKind.CONTAINER, pod.ref())
          .says(
              where + ".state." + state() + (waiting ? ".reason" : ""),
              waiting ? reason + lastSuffix() : "running, not ready" + lastSuffix())
          .at(
              Times.parse(d.get("startedAt"))
                  .or(() -> Times.parse(d.get("finishedAt")))
                  .or(() -> Times.parse(last().get("finishedAt")))
                  .or(pod::created))
          .with("pod", pod.name())
          .with("namespace", pod.namespace())
          .with("workload", workload())
          .with("name", name())
          .with("init", init)
          .with("image", image())
          .with("state", state())
          .with("reason", reason)
          .with("message", d.get("message").text())
          .with("exit-code", d.get("exitCode").text())
          .with("ready", status.get("ready").isTrue())
          .with("started", status.get("started").isTrue())
          .with("restarts", status.get("restartCount").integer(0))
          .with("last-reason", last().get("reason").text())
          .with("last-exit-code", last().get("exitCode").text())
          .with("last-message", last().get("message").text())
          .with(
              "pull-secrets",
              pod.spec("imagePullSecrets").list().stream()
                  .map(s -> s.get("name").text())
                  .collect(Collectors.joining(", ")))
          .with("missing-pull-secrets", missingPullSecrets(b.evidence()))
          .with("hook", WorkloadSignals.isHook(top))
          .with(
              "running-for",
              Times.parse(d.get("startedAt"))
                  .filter(_ -> state().equals("running"))
                  .map(t -> Long.toString(Math.max(0, Duration.between(t, now).toSeconds())))
                  .orElse(""))
          .with("memory-limit", spec.at("resources", "limits", "memory").text())
          .with("probe", probes())
          .build();
    }

    private String missingPullSecrets(Evidence evidence) {
      return pod.spec("imagePullSecrets").list().stream()
          .map(s -> s.get("name").text())
          .filter(
              n ->
                  evidence.presence(new ObjectRef("v1", "Secret", pod.namespace(), n))
                      == Evidence.Presence.ABSENT)
          .collect(Collectors.joining(", "));
    }

    private String probes() {
      return java.util.stream.Stream.of("startupProbe", "readinessProbe", "livenessProbe")
          .filter(p -> spec.get(p).exists())
          .collect(Collectors.joining(", "));
    }

    private String lastSuffix() {
      return restarted()
          ? " (last run: "
              + last().get("reason").text("ended")
              + ", exit code "
              + last().get("exitCode").text("?")
              + ", "
              + status.get("restartCount").integer(0)
              + " restarts)"
          : details().get("exitCode").scalar().map(c -> " (exit code " + c + ")").orElse("");
    }

    Signal line(String line, boolean previous) {
      Map<String, String> texts =
          Map.of(
              "pod", pod.name(),
              "namespace", pod.namespace(),
              "workload", workload(),
              "container", name(),
              "image", image(),
              "line", line,
              "state", state(),
              "exit-code", last().get("exitCode").text(details().get("exitCode").text()));
      Signal.Builder s =
          Signal.of(SignalKind.LOG, pod.ref())
              .says("log of container " + name() + (previous ? " (previous run)" : ""), line)
              .with("previous", previous)
              .with("hook", WorkloadSignals.isHook(top));
      texts.forEach(s::with);
      return s.build();
    }
  }
}
