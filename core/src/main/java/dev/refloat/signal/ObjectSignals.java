package dev.refloat.signal;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Other objects of the release: load balancers, custom resources, hooks, what is being deleted.
final class ObjectSignals {

  private ObjectSignals() {}

  static void loadBalancers(Belongings b, List<Signal> out) {
    b.of(Kind.SERVICE).forEach(s -> loadBalancer(b, s, out));
  }

  static void customResources(Belongings b, List<Signal> out) {
    b.customResources().forEach(c -> customResource(c, out));
  }

  static void terminating(Belongings b, List<Signal> out) {
    b.objects().forEach(o -> terminating(b, o, out));
    b.pods().stream().filter(p -> p.deleted().isPresent()).forEach(p -> terminating(b, p, out));
  }

  private static void loadBalancer(Belongings b, Resource service, List<Signal> out) {
    if (!service.spec("type").text().equals("LoadBalancer")
        || !service.status("loadBalancer", "ingress").list().isEmpty()) {
      return;
    }
    out.add(
        Signal.of(SignalKind.LOAD_BALANCER, service.ref())
            .says("status.loadBalancer.ingress", "no address")
            .at(service.created())
            .with("namespace", service.namespace())
            .with("name", service.name())
            .with(
                "age",
                service
                    .created()
                    .map(
                        t ->
                            Long.toString(
                                Math.max(0, Duration.between(t, b.view().now()).toSeconds())))
                    .orElse(""))
            .build());
  }

  /// kstatus: Stalled, then Ready; other negative conditions are not judged. Without conditions a
  /// custom
  /// resource counts as ready at once (experiments 14).
  private static void customResource(Resource cr, List<Signal> out) {
    Optional<Condition> bad =
        cr.condition("Stalled")
            .filter(Condition::isTrue)
            .or(() -> cr.condition("Ready").filter(c -> !c.isTrue()))
            .or(() -> cr.condition("Reconciling").filter(Condition::isTrue));
    bad.ifPresent(
        c ->
            out.add(
                Signal.of(SignalKind.CUSTOM_RESOURCE, cr.ref())
                    .says("status.conditions[" + c.type() + "].message", c.message())
                    .at(c.since())
                    .with("kind", cr.kind())
                    .with("api-version", cr.ref().apiVersion())
                    .with("namespace", cr.namespace())
                    .with("name", cr.name())
                    .with("ready", false)
                    .with("condition", c.type())
                    .with("status", c.status())
                    .with("reason", c.reason())
                    .with("message", c.message())
                    .build()));
  }

  static void hooks(Belongings b, List<Signal> out) {
    for (Resource o : b.objects()) {
      String when = o.annotation("helm.sh/hook").orElse("");
      if (!when.isEmpty()) {
        out.add(hook(o, when));
      }
    }
    testHooksOfHistory(b, out);
    b.newestRecord()
        .map(HelmRecord::hooks)
        .orElse(List.of())
        .forEach(
            h -> {
              boolean seen =
                  b.objects().stream()
                      .anyMatch(
                          o ->
                              o.kind().equals(h.object().kind())
                                  && o.name().equals(h.object().name()));
              if (!seen) {
                out.add(
                    Signal.of(SignalKind.HOOK, h.object().ref())
                        .says("hooks[" + h.object().name() + "].last_run.phase", h.phase())
                        .with("kind", h.object().kind())
                        .with("name", h.object().name())
                        .with("when", String.join(",", h.events()))
                        .with("phase", h.phase())
                        .build());
              }
            });
  }

  private static Signal hook(Resource o, String when) {
    String phase =
        Workloads.failed(o)
            ? "Failed"
            : Workloads.healthy(o) && Workloads.KINDS.contains(o.kind()) ? "Succeeded" : "Running";
    Optional<Condition> failed = o.condition("Failed").filter(Condition::isTrue);
    return Signal.of(SignalKind.HOOK, o.ref())
        .says(
            failed.isPresent() ? "status.conditions[Failed].message" : "status",
            failed.map(c -> c.reason() + ": " + c.message()).orElse(phase))
        .at(failed.flatMap(Condition::since).or(o::created))
        .with("kind", o.kind())
        .with("name", o.name())
        .with("when", when)
        .with("phase", phase)
        .with("message", failed.map(c -> c.reason() + ": " + c.message()).orElse(""))
        .with("took", took(o).map(Times::display).orElse(""))
        .build();
  }

  /// How long a Job that succeeded took.
  static Optional<Duration> took(Resource job) {
    return Times.parse(job.status("startTime"))
        .flatMap(
            start ->
                Times.parse(job.status("completionTime"))
                    .map(end -> Duration.between(start, end))
                    .filter(d -> !d.isNegative()));
  }

  /// Test pods are often gone; the history remembers their phase.
  private static void testHooksOfHistory(Belongings b, List<Signal> out) {
    if (b.view().newest().get("testHooks") instanceof Json.Obj tests) {
      tests.forEach(
          (name, t) ->
              out.add(
                  Signal.of(SignalKind.HOOK, b.view().resource().ref())
                      .says(
                          "status.history[0].testHooks[" + name + "].phase", t.get("phase").text())
                      .at(Times.parse(t.get("lastCompleted")))
                      .with("name", name)
                      .with("when", "test")
                      .with("phase", t.get("phase").text())
                      .build()));
    }
  }

  private static void terminating(Belongings b, Resource o, List<Signal> out) {
    o.deleted()
        .ifPresent(
            since ->
                out.add(
                    Signal.of(SignalKind.TERMINATING, o.ref())
                        .says("metadata.finalizers", String.join(", ", o.finalizers()))
                        .at(o.deleted())
                        .with("kind", o.kind())
                        .with("namespace", o.namespace())
                        .with("name", o.name())
                        .with("finalizers", String.join(", ", o.finalizers()))
                        .with("since", Times.display(Duration.between(since, b.view().now())))
                        .build()));
  }
}
