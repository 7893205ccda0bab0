package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseView;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `spec.dependsOn`, followed to the end of the chain: the first release that is not ready for a
/// reason
/// of its own, a missing one, or a cycle.
final class DependencySignals {

  private DependencySignals() {}

  static void read(Belongings b, List<Signal> out) {
    Evidence evidence = b.evidence();
    ReleaseRef self = b.view().ref();
    List<Signal> found = new ArrayList<>();
    for (Json entry : b.view().resource().spec("dependsOn").list()) {
      ReleaseRef dep =
          new ReleaseRef(entry.get("namespace").text(self.namespace()), entry.get("name").text());
      Walk walk = new Walk(evidence);
      walk.from(self, dep);
      Optional<Resource> resource = find(evidence, dep);
      Signal.Builder s =
          Signal.of(SignalKind.DEPENDENCY, dep.object())
              .with("namespace", dep.namespace())
              .with("name", dep.name())
              .with("exists", evidence.presence(dep.object()).word())
              .with("ready-expr", entry.get("readyExpr").text())
              .with("cycle", walk.cycle())
              .with("path", String.join(" -> ", walk.path()))
              .with("root-kind", "HelmRelease")
              .with("root-namespace", walk.root().namespace())
              .with("root-name", walk.root().name());
      resource.ifPresent(
          r -> {
            Optional<Condition> ready = r.condition("Ready");
            s.with("ready", isReady(r) && !refusedByExpression(b, dep))
                .with("suspended", r.spec("suspend").isTrue())
                .with("state", ReleaseView.of(r, evidence).state().word())
                .says(
                    "status.conditions[Ready].message",
                    ready.map(Condition::message).orElse("no conditions"))
                .at(ready.flatMap(Condition::since));
          });
      if (resource.isEmpty()) {
        s.with("ready", "unknown").says("metadata.name", "not found");
      }
      found.add(s.build());
    }
    // those that hold the release back come first
    found.stream().filter(s -> !s.get("ready").equals("true")).forEach(out::add);
    found.stream().filter(s -> s.get("ready").equals("true")).forEach(out::add);
  }

  /// A `readyExpr` may ask for more than Ready; only Flux's message tells that it was not met.
  private static boolean refusedByExpression(Belongings b, ReleaseRef dep) {
    return b.view()
        .condition("Ready")
        .map(c -> c.message().contains("'" + dep.path() + "' is not ready according to readyExpr"))
        .orElse(false);
  }

  private static Optional<Resource> find(Evidence evidence, ReleaseRef ref) {
    return evidence.find(Kind.HELM_RELEASE, ref.namespace(), ref.name());
  }

  /// As helm-controller checks it: Ready, and of the newest generation (flux-facts §5.7).
  static boolean isReady(Resource r) {
    return r.condition("Ready").map(Condition::isTrue).orElse(false)
        && r.status("observedGeneration").integer(-1) >= r.generation();
  }

  /// Follows the first entry that is not ready, as far as it goes.
  private static final class Walk {
    private final Evidence evidence;
    private final Set<String> path = new LinkedHashSet<>();
    private String cycle = "";
    private ReleaseRef root = new ReleaseRef("", "");

    Walk(Evidence evidence) {
      this.evidence = evidence;
    }

    void from(ReleaseRef start, ReleaseRef dep) {
      path.add(start.path());
      ReleaseRef here = dep;
      while (true) {
        root = here;
        if (!path.add(here.path())) {
          closeCycle(here);
          return;
        }
        Optional<Resource> resource = find(evidence, here);
        if (resource.isEmpty() || !waits(resource.get())) {
          return;
        }
        Optional<ReleaseRef> next = firstUnready(resource.get());
        if (next.isEmpty()) {
          return;
        }
        here = next.get();
      }
    }

    /// The cycle's members, from the one that comes first by name, so that every member names the
    /// same.
    private void closeCycle(ReleaseRef again) {
      List<String> members = new ArrayList<>(path);
      List<String> round = members.subList(members.indexOf(again.path()), members.size());
      String first = round.stream().sorted().findFirst().orElse(again.path());
      List<String> turned = new ArrayList<>(round.subList(round.indexOf(first), round.size()));
      turned.addAll(round.subList(0, round.indexOf(first)));
      turned.add(first);
      cycle = String.join(" -> ", turned);
      root =
          new ReleaseRef(
              first.substring(0, first.indexOf('/')), first.substring(first.indexOf('/') + 1));
    }

    private static boolean waits(Resource r) {
      return r.condition("Ready").map(c -> c.reason().equals("DependencyNotReady")).orElse(false);
    }

    private Optional<ReleaseRef> firstUnready(Resource r) {
      for (Json entry : r.spec("dependsOn").list()) {
        ReleaseRef ref =
            new ReleaseRef(entry.get("namespace").text(r.namespace()), entry.get("name").text());
        Optional<Resource> found = find(evidence, ref);
        if (found.isEmpty() || !isReady(found.get())) {
          return Optional.of(ref);
        }
      }
      return Optional.empty();
    }

    String cycle() {
      return cycle;
    }

    ReleaseRef root() {
      return root;
    }

    Set<String> path() {
      return path;
    }
  }
}
