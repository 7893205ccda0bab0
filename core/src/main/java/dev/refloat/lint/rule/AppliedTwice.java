package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Two Flux Kustomizations apply the same object. Each takes it over from the other, and when one
/// no
/// longer has it, it is deleted although the other still has it.
final class AppliedTwice implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "applied-twice",
          "Every object is applied by one Flux Kustomization",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  /// Namespaces are declared in several places on purpose, and the same in each.
  private static final Set<String> SHARED = Set.of("Namespace");

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<String, Declared> first = new HashMap<>();
    for (Declared d : scene.cluster().objects()) {
      if (d.by().isEmpty() || SHARED.contains(d.ref().kind()) || Absence.open(d.ref().name())) {
        continue;
      }
      String identity = d.ref().group() + "/" + d.ref().display();
      Declared other = first.putIfAbsent(identity, d);
      if (other != null && !other.by().equals(d.by()) && !elsewhere(scene.cluster(), other, d)) {
        boolean same = content(other).equals(content(d));
        report
            .at(d)
            .as(same ? Severity.INFO : Severity.WARNING)
            .related(other.positions().of(), "also applied, by " + name(other))
            .say(
                d.ref().display()
                    + " is applied by "
                    + name(other)
                    + " and by "
                    + name(d)
                    + (same
                        ? ": the one that drops it deletes it for both"
                        : ", in two forms: it changes back and forth"),
                "Declare it in one place");
      }
    }
  }

  /// Kustomizations with a kubeconfig apply to another cluster.
  private static boolean elsewhere(Cluster cluster, Declared a, Declared b) {
    return !kubeConfig(cluster, a).equals(kubeConfig(cluster, b));
  }

  /// Without labels and annotations, which Kustomizations add.
  private static Json content(Declared object) {
    return object.object().root() instanceof Json.Obj o
        ? o.without("metadata")
        : Json.emptyObject();
  }

  private static Json kubeConfig(Cluster cluster, Declared object) {
    return object
        .by()
        .flatMap(cluster::find)
        .map(k -> k.object().spec("kubeConfig"))
        .orElse(Json.Missing.MISSING);
  }

  private static String name(Declared object) {
    return "Kustomization " + object.by().map(ObjectRef::path).orElse("");
  }
}
