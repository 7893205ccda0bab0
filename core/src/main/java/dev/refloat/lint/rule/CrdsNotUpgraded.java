package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;

/// CRDs are replaced when the release is installed but not when it is upgraded: only the first
/// install gets them as the chart has them.
final class CrdsNotUpgraded implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "crds-not-upgraded",
          "A release that replaces CRDs does so in upgrades too",
          Severity.WARNING,
          List.of("crd-missing"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().releases()) {
      String install = d.object().spec("install", "crds").text();
      String upgrade = d.object().spec("upgrade", "crds").text();
      boolean skipped = upgrade.equals("Skip");
      if (!install.equals("CreateReplace") || upgrade.equals("CreateReplace")) {
        continue;
      }
      report
          .at(
              d,
              skipped
                  ? Release.keys("spec", "upgrade", "crds")
                  : Release.keys("spec", "install", "crds"))
          .as(skipped ? Severity.WARNING : Severity.INFO)
          .say(
              "HelmRelease "
                  + d.ref().path()
                  + " replaces its CRDs in the install but "
                  + (skipped ? "skips them" : "does not say so")
                  + " in upgrades: a new version of the chart may need fields that they lack",
              "Set upgrade.crds: CreateReplace");
    }
  }
}
