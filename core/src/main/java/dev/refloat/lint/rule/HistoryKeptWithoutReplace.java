package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.List;

/// `uninstall.keepHistory` without `install.replace`: what was uninstalled cannot be installed
/// again
/// ("cannot reuse a name that is still in use"), also when install remediation uninstalls.
final class HistoryKeptWithoutReplace implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "history-kept-without-replace",
          "A release that keeps its history may replace itself",
          Severity.WARNING,
          List.of("name-in-use"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().releases()) {
      if (d.object().spec("uninstall", "keepHistory").isTrue()
          && !d.object().spec("install", "replace").isTrue()) {
        report
            .at(d, "spec", "uninstall", "keepHistory")
            .fix(
                "Let the install replace what was uninstalled",
                FieldEdit.set(Json.Bool.TRUE, "spec", "install", "replace"))
            .say(
                "HelmRelease "
                    + d.ref().path()
                    + " keeps its history when it is uninstalled and cannot be installed again"
                    + " under its name",
                "Set install.replace: true, or take keepHistory out");
      }
    }
  }
}
