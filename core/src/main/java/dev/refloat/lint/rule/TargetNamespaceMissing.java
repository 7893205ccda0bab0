package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.ReleaseTarget;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A release goes to a namespace that neither the repository nor Helm makes.
final class TargetNamespaceMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "target-namespace-missing",
          "The target namespace of a release is in the repository or made by Helm",
          Severity.WARNING,
          List.of("namespace-missing"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Set<String> made = new HashSet<>(Set.of("flux-system"));
    for (Declared release : scene.cluster().releases()) {
      // A HelmRelease, or anything else, can only be where there is a namespace.
      made.add(release.object().namespace());
      if (release.object().spec("install", "createNamespace").isTrue()) {
        made.add(ReleaseTarget.of(release.object()).namespace());
      }
    }
    Renderings.each(
        scene,
        (_, r) ->
            Renderings.objects(r)
                .filter(o -> o.kind().equals("Namespace"))
                .forEach(o -> made.add(o.name())));
    for (Declared release : scene.cluster().releases()) {
      String target = release.object().spec("targetNamespace").text();
      if (!target.isEmpty()
          && !release.object().spec("kubeConfig").exists()
          && !made.contains(target)
          && !Absence.given(target)
          && !Absence.declares(scene.cluster(), target)) {
        say(scene, release, target, report);
      }
    }
  }

  private static void say(Scene scene, Declared release, String target, Report report) {
    Optional<String> open = Absence.openEnded(scene.cluster(), release);
    if (open.isPresent()) {
      report.notChecked(release, "namespace " + target + " " + open.get());
      return;
    }
    report
        .at(release, "spec", "targetNamespace")
        .fix(
            "Let Helm make namespace " + target,
            FieldEdit.set(Json.Bool.TRUE, "spec", "install", "createNamespace"))
        .say(
            "Namespace "
                + target
                + ", where HelmRelease "
                + release.ref().path()
                + " goes, is not in the repository, and Helm is not told to make it",
            "Add the Namespace, or set spec.install.createNamespace: true");
  }
}
