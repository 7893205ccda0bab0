package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import java.util.List;

/// A change that makes Flux uninstall the release before it installs it anew: name, target or
/// storage namespace, cluster, or name of the chart (helm-controller 1.6,
/// helmrelease_controller.go:376). Claims that the chart declares go with it.
final class ReleaseMoved implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "release-moved",
          "A change does not make Flux uninstall a release",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.BASE);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    scene.releasePairs().forEach(p -> check(scene, p.before(), p.now(), report));
  }

  private static void check(Scene scene, Declared before, Declared now, Report report) {
    Release old = new Release(before);
    Release next = new Release(now);
    changed(
        scene,
        before,
        now,
        old.releaseName(),
        next.releaseName(),
        "its name",
        report,
        "releaseName");
    changed(
        scene,
        before,
        now,
        old.targetNamespace(),
        next.targetNamespace(),
        "its target namespace",
        report,
        "targetNamespace");
    changed(
        scene,
        before,
        now,
        old.storageNamespace(),
        next.storageNamespace(),
        "its storage namespace",
        report,
        "storageNamespace");
    if (!next.spec("upgrade", "chartNameChangeStrategy").text().equals("InPlaceUpdate")) {
      changed(
          scene,
          before,
          now,
          chart(old),
          chart(next),
          "the name of its chart",
          report,
          "chart",
          "spec",
          "chart");
    }
  }

  /// Only a repository's charts have their name in the HelmRelease.
  private static String chart(Release release) {
    return release.spec("chart", "spec", "sourceRef", "kind").text().equals("HelmRepository")
        ? release.spec("chart", "spec", "chart").text()
        : "";
  }

  private static void changed(
      Scene scene,
      Declared before,
      Declared now,
      String old,
      String next,
      String what,
      Report report,
      String... field) {
    if (old.equals(next) || Absence.open(old, next)) {
      return;
    }
    // A name that follows from the target namespace changes with it: told once.
    boolean follows =
        what.equals("its name")
            && !now.object().spec("releaseName").exists()
            && !before.object().spec("releaseName").exists();
    if (follows) {
      return;
    }
    List<FieldEdit.Step> path = Release.keys("spec");
    path.addAll(Release.keys(field));
    List<String> stored = Stateful.objects(scene.baseRendering(before));
    report
        .at(now, path)
        .as(stored.isEmpty() ? Severity.WARNING : Severity.ERROR)
        .say(
            "HelmRelease "
                + now.ref().path()
                + " changes "
                + what
                + " from "
                + old
                + " to "
                + next
                + ": Flux uninstalls the release first"
                + (stored.isEmpty() ? "" : ", and " + String.join(", ", stored) + " with it"),
            "Keep the old one, or back up what the release stores and plan for it being away");
  }
}
