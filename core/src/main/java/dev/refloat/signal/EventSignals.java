package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.SourceChain;
import dev.refloat.release.Stage;
import dev.refloat.release.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Warning events of the newest attempt about the release, its sources, and everything it made,
/// pods that
/// are gone included: after a rollback they are the only witnesses (experiments 18).
final class EventSignals {

  /// Clocks of nodes and of the control plane differ, and events are written a moment late.
  private static final Duration SLACK = Duration.ofMinutes(2);

  /// For a release that is ready, only what happened lately can matter.
  private static final Duration LATELY = Duration.ofMinutes(15);

  private EventSignals() {}

  static void read(Belongings b, List<Signal> out) {
    List<SourceChain.Link> sources = SourceChain.of(b.view(), b.evidence());
    boolean quiet =
        !b.evidence().tellsOfTroubleIn("")
            && b.namespaces().stream().noneMatch(b.evidence()::tellsOfTroubleIn)
            && sources.stream().noneMatch(l -> b.evidence().tellsOfTroubleIn(l.ref().namespace()));
    if (quiet) {
      return;
    }
    List<Resource> events = new ArrayList<>(b.events());
    for (SourceChain.Link link : sources) {
      b.evidence().eventsAbout(link.ref().namespace(), link.ref().name()).stream()
          .filter(e -> e.at("involvedObject", "kind").text().equals(link.ref().kind()))
          .filter(e -> e.at("involvedObject", "name").text().equals(link.ref().name()))
          .forEach(events::add);
    }
    Set<String> healthy = healthyPods(b);
    Optional<Instant> since = since(b.view());
    events.stream()
        .filter(Evidence::tellsOfTrouble)
        .filter(e -> !healthy.contains(e.at("involvedObject", "name").text()))
        .filter(e -> !former(b, e))
        .filter(e -> b.view().stage() != Stage.READY || !(gone(b, e) || overcome(b, e)))
        .filter(e -> since.isEmpty() || !time(e).map(t -> t.isBefore(since.get())).orElse(false))
        .sorted(
            Comparator.comparing((Resource e) -> gone(b, e))
                .thenComparing(Comparator.comparing(EventSignals::timeText).reversed()))
        .forEach(e -> out.add(signal(b, e)));
  }

  /// What a pod complained of before it became ready is over.
  private static Set<String> healthyPods(Belongings b) {
    return b.pods().stream()
        .filter(Workloads::healthy)
        .map(Resource::name)
        .collect(java.util.stream.Collectors.toSet());
  }

  /// Whether an event is about an object that had the name of a present one: a pod of a set, a
  /// claim made anew. What it complained of is gone, and its successor speaks for itself.
  private static boolean former(Belongings b, Resource e) {
    Json about = e.at("involvedObject");
    Optional<Resource> present =
        b.evidence()
            .find(
                new ObjectRef(
                    about.get("apiVersion").text("v1"),
                    about.get("kind").text(),
                    about.get("namespace").text(),
                    about.get("name").text()));
    if (present.isEmpty() || present.get().uid().isEmpty()) {
      return false;
    }
    String uid = about.get("uid").text();
    return uid.isEmpty()
        ? time(e).flatMap(t -> present.get().created().map(t::isBefore)).orElse(false)
        : !uid.equals(present.get().uid());
  }

  /// Whether an event is about a workload that runs as it should by now, or about a ReplicaSet of
  /// one.
  private static boolean overcome(Belongings b, Resource e) {
    String kind = e.at("involvedObject", "kind").text();
    String name = e.at("involvedObject", "name").text();
    return b.workloads().stream()
        .filter(w -> w.namespace().equals(e.at("involvedObject", "namespace").text()))
        .filter(
            w ->
                (w.kind().equals(kind) && w.name().equals(name))
                    || (w.kind().equals("Deployment")
                        && kind.equals("ReplicaSet")
                        && name.startsWith(w.name() + "-")))
        .anyMatch(Workloads::healthy);
  }

  private static Optional<Instant> since(ReleaseView v) {
    if (v.stage() == Stage.READY) {
      Instant lately = v.now().minus(LATELY);
      return Optional.of(lately);
    }
    if (v.stage() == Stage.DELETION) {
      return v.resource().deleted().map(t -> t.minus(SLACK));
    }
    // after a remediation the newest snapshot is the rollback's, and the failed attempt lies before
    // it
    return v.resource().status("history").list().stream()
        .filter(h -> h.get("status").text().equals("failed"))
        .findFirst()
        .or(() -> v.resource().status("history").list().stream().findFirst())
        .flatMap(h -> Times.parse(h.get("lastDeployed")))
        .map(t -> t.minus(SLACK));
  }

  static Optional<Instant> time(Resource event) {
    return Times.parse(event.at("lastTimestamp"))
        .or(() -> Times.parse(event.at("series", "lastObservedTime")))
        .or(() -> Times.parse(event.at("eventTime")))
        .or(() -> Times.parse(event.at("firstTimestamp")))
        .or(event::created);
  }

  static String timeText(Resource event) {
    return time(event).map(Instant::toString).orElse("");
  }

  private static boolean gone(Belongings b, Resource e) {
    Json about = e.at("involvedObject");
    String apiVersion = about.get("apiVersion").text("v1");
    String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
    return b.gone(
        about.get("kind").text(), group, about.get("namespace").text(), about.get("name").text());
  }

  private static Signal signal(Belongings b, Resource e) {
    Json about = e.at("involvedObject");
    ObjectRef ref =
        new ObjectRef(
            about.get("apiVersion").text("v1"),
            about.get("kind").text(),
            about.get("namespace").text(),
            about.get("name").text());
    String message = HelmLogs.trim(e.at("message").text());
    return Signal.of(SignalKind.EVENT, ref)
        .says("event " + e.at("reason").text(), message)
        .at(time(e))
        .with("about", about(ref.kind()))
        .with("kind", ref.kind())
        .with("namespace", ref.namespace())
        .with("name", ref.name())
        .with("reason", e.at("reason").text())
        .with("message", message)
        .with("count", e.at("count").integer(1))
        .with("gone", gone(b, e))
        .with("component", e.at("source", "component").text(e.at("reportingComponent").text()))
        .with("hook", aboutHook(b, ref))
        .build();
  }

  private static boolean aboutHook(Belongings b, ObjectRef ref) {
    return b.hooks().stream()
        .anyMatch(
            hook ->
                ref.namespace().equals(hook.namespace())
                    && (ref.name().equals(hook.name())
                        || ref.name().startsWith(hook.name() + "-")));
  }

  private static String about(String kind) {
    return switch (kind) {
      case "HelmRelease" -> "release";
      case "HelmChart",
          "HelmRepository",
          "OCIRepository",
          "GitRepository",
          "Bucket",
          "ExternalArtifact" ->
          "source";
      case "Pod" -> "pod";
      case "PersistentVolumeClaim" -> "claim";
      case "Service" -> "service";
      case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob" -> "workload";
      default -> "other";
    };
  }
}
