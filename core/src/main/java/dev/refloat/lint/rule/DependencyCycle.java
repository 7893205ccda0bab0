package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.ObjectRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Objects that wait for each other: none of them is ever applied. Flux does not look for cycles.
final class DependencyCycle implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "dependency-cycle",
          "Nothing waits for itself, directly or by others",
          Severity.ERROR,
          List.of("dependency-not-ready", "gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    new Search(scene.cluster(), Release.GROUP, "HelmRelease", report).run("dependency-not-ready");
    new Search(scene.cluster(), "kustomize.toolkit.fluxcd.io", "Kustomization", report)
        .run("gitops-blocked");
  }

  /// Walks from every object along `dependsOn`, deepest first; each object once.
  private static final class Search {
    private final Cluster cluster;
    private final String group;
    private final String kind;
    private final Report report;
    private final Set<ObjectRef> done = new HashSet<>();

    Search(Cluster cluster, String group, String kind, Report report) {
      this.cluster = cluster;
      this.group = group;
      this.kind = kind;
      this.report = report;
    }

    void run(String prevents) {
      for (Declared start : cluster.all(group, kind)) {
        walk(start, prevents);
      }
    }

    /// One object on the way, with what it waits for and how far that was followed.
    private static final class Step {
      final Declared object;
      final List<Release.Reference> waitsFor;
      int next;

      Step(Declared object, List<Release.Reference> waitsFor) {
        this.object = object;
        this.waitsFor = waitsFor;
      }
    }

    private void walk(Declared start, String prevents) {
      Map<ObjectRef, Step> way = new LinkedHashMap<>();
      List<Step> stack = new ArrayList<>();
      push(start, way, stack);
      while (!stack.isEmpty()) {
        Step here = stack.getLast();
        if (here.next == here.waitsFor.size()) {
          stack.removeLast();
          way.remove(here.object.ref());
          done.add(here.object.ref());
          continue;
        }
        Release.Reference ref = here.waitsFor.get(here.next++);
        Optional<Declared> next = cluster.find(group, kind, ref.namespace(), ref.name());
        if (next.isEmpty()) {
          continue;
        }
        if (way.containsKey(next.get().ref())) {
          found(stack, next.get(), here.object, ref, prevents);
        } else {
          push(next.get(), way, stack);
        }
      }
    }

    private void push(Declared object, Map<ObjectRef, Step> way, List<Step> stack) {
      if (!done.contains(object.ref())) {
        Step step = new Step(object, Release.dependencies(object, kind));
        way.put(object.ref(), step);
        stack.add(step);
      }
    }

    private void found(
        List<Step> stack, Declared first, Declared last, Release.Reference ref, String prevents) {
      List<String> names = new ArrayList<>();
      Report.Draft draft = report.at(last, ref.path("name")).prevents(prevents);
      boolean inside = false;
      for (Step s : stack) {
        inside |= s.object.ref().equals(first.ref());
        if (inside) {
          names.add(s.object.ref().path());
          if (!s.object.ref().equals(last.ref())) {
            draft.related(s.object.positions().of("spec", "dependsOn"), "waits for the next");
          }
        }
      }
      names.add(first.ref().path());
      draft.say(
          names.size() == 2
              ? kind + " " + names.getFirst() + " waits for itself and is never applied"
              : kind
                  + "s wait for each other and none is ever applied: "
                  + String.join(" -> ", names),
          "Take one of the dependencies out");
    }
  }
}
