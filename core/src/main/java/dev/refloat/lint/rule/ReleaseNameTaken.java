package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Two HelmReleases with one Helm release: same name, same storage namespace, same cluster. Each
/// upgrades what the other did, without an end; deleting one uninstalls both.
final class ReleaseNameTaken implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "release-name-taken",
          "Every HelmRelease has a Helm release of its own",
          Severity.ERROR,
          List.of("ownership-conflict"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<List<String>, Declared> first = new LinkedHashMap<>();
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      if (Absence.open(release.releaseName(), release.storageNamespace())) {
        continue;
      }
      List<String> identity =
          List.of(
              release.storageNamespace(),
              release.releaseName(),
              release.spec("kubeConfig").toString());
      Declared other = first.putIfAbsent(identity, d);
      // The same HelmRelease twice is another rule's.
      if (other != null && !other.ref().sameObject(d.ref())) {
        report
            .at(d, "spec", "releaseName")
            .related(other.positions().of(), "the other HelmRelease")
            // Without entry points the two may be for different clusters.
            .as(d.by().isPresent() && other.by().isPresent() ? Severity.ERROR : Severity.WARNING)
            .say(
                "HelmReleases "
                    + other.ref().path()
                    + " and "
                    + release.path()
                    + " are one Helm release, "
                    + release.releaseName()
                    + " in "
                    + release.storageNamespace()
                    + ": each undoes what the other did",
                "Give one of them another releaseName or storageNamespace");
      }
    }
  }
}
