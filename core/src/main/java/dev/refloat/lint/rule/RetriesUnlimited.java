package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;

/// `retries: -1` with a remedy between the tries: an install that cannot succeed is uninstalled and
/// installed again without an end, a bad upgrade rolled back and tried again. Claims of the chart
/// go
/// with every uninstall, and Stalled never tells anybody.
final class RetriesUnlimited implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "retries-unlimited",
          "Retries with a remedy between them have a limit",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      for (String action : List.of("install", "upgrade")) {
        if (release.retries(action) < 0 && !release.retriesOnFailure(action)) {
          report
              .at(d, "spec", action, "remediation", "retries")
              .as(action.equals("install") ? Severity.WARNING : Severity.INFO)
              .say(
                  "HelmRelease "
                      + release.path()
                      + (action.equals("install")
                          ? " uninstalls and installs without an end when the install fails, and"
                              + " what the chart stored goes each time"
                          : " rolls back and upgrades without an end when the upgrade fails")
                      + "; it is never Stalled, so that no alert for that fires",
                  "Set a limit, as retries: 3, or strategy.name: RetryOnFailure, which tries again"
                      + " without a remedy in between");
        }
      }
    }
  }
}
