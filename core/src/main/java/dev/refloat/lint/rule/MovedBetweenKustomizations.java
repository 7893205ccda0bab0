package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.ObjectRef;
import java.util.List;

/// A release that another Flux Kustomization applies from now on. When the old one is reconciled
/// before the new one has taken over, it prunes the HelmRelease, and Flux uninstalls it.
final class MovedBetweenKustomizations implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "moved-between-kustomizations",
          "A release stays with its Flux Kustomization",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.BASE);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Scene.Pair pair : scene.releasePairs()) {
      Declared before = pair.before();
      Declared d = pair.now();
      if (before.by().isPresent()
          && d.by().isPresent()
          && !before.by().equals(d.by())
          && !d.object().spec("suspend").isTrue()
          && prunes(scene.base().orElseThrow(), before)) {
        ObjectRef old = before.by().get();
        report
            .at(d)
            .related(before.positions().of(), "where it was")
            .say(
                d.ref().display()
                    + " moves from Kustomization "
                    + old.path()
                    + " to "
                    + d.by().get().path()
                    + ": the old one may prune it before the new one has it, and Flux uninstalls"
                    + " the release",
                "Set kustomize.toolkit.fluxcd.io/prune: disabled on it in a commit before, or"
                    + " suspend it for the move");
      }
    }
  }

  private static boolean prunes(Cluster base, Declared release) {
    boolean disabled =
        release
            .object()
            .annotation("kustomize.toolkit.fluxcd.io/prune")
            .or(() -> release.object().label("kustomize.toolkit.fluxcd.io/prune"))
            .filter(v -> v.equalsIgnoreCase("disabled"))
            .isPresent();
    return !disabled
        && release
            .by()
            .flatMap(base::find)
            .map(k -> k.object().spec("prune").isTrue())
            .orElse(true);
  }
}
