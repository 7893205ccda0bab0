package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;
import java.util.Optional;

/// `dependsOn` names a HelmRelease or Kustomization that is not declared. Flux waits for it every
/// 30 seconds, without an end and without an alert (the event is Normal).
final class DependencyMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "dependency-missing",
          "Everything that dependsOn names is declared",
          Severity.ERROR,
          List.of("dependency-not-ready", "gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    check(scene, Release.GROUP, "HelmRelease", "dependency-not-ready", report);
    check(scene, "kustomize.toolkit.fluxcd.io", "Kustomization", "gitops-blocked", report);
  }

  private static void check(
      Scene scene, String group, String kind, String prevents, Report report) {
    Cluster cluster = scene.cluster();
    List<Declared> all = cluster.all(group, kind);
    for (Declared d : all) {
      for (Release.Reference ref : Release.dependencies(d, kind)) {
        if (!ref.complete()
            || cluster.find(group, kind, ref.namespace(), ref.name()).isPresent()
            || Absence.somewhere(cluster, group, ref)
            || Absence.rendered(scene, group, ref)) {
          continue;
        }
        Optional<String> open = Absence.openEndedForFlux(cluster, d);
        if (open.isPresent()) {
          report.notChecked(d, ref.display() + " " + open.get());
          continue;
        }
        missing(cluster, d, ref, all, report.at(d, ref.path("name")).prevents(prevents));
      }
    }
  }

  private static void missing(
      Cluster cluster,
      Declared waiting,
      Release.Reference ref,
      List<Declared> all,
      Report.Draft draft) {
    Optional<Declared> elsewhere =
        all.stream().filter(d -> d.ref().name().equals(ref.name())).findFirst();
    Optional<String> meant = Absence.meant(ref.name(), all, ref.namespace());
    elsewhere.ifPresent(
        d -> draft.related(d.positions().of(), "one of this name, in " + d.ref().namespace()));
    draft
        .as(Absence.ofFluxObject(cluster, waiting, ref.namespace()))
        .say(
            ref.display()
                + " is not declared in the repository: "
                + waiting.ref().display()
                + " waits for it without an end",
            elsewhere
                .map(d -> "Write namespace: " + d.ref().namespace() + " beside the name")
                .or(() -> meant.map(m -> "Write name: " + m + ", if that was meant"))
                .orElse("Declare it, or take it out of dependsOn"));
  }
}
