package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import java.util.List;

/// Retries of the upgrade, but the last failure is kept: `remediateLastFailure: false` takes away
/// what retries bring by default.
final class RollbackOff implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "rollback-off",
          "The last failed upgrade is rolled back",
          Severity.INFO,
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
      if (release.retries("upgrade") > 0
          && !release.retriesOnFailure("upgrade")
          && release.spec("upgrade", "remediation", "remediateLastFailure") == Json.Bool.FALSE) {
        report
            .at(d, "spec", "upgrade", "remediation", "remediateLastFailure")
            .say(
                "HelmRelease "
                    + release.path()
                    + " stays on the failed upgrade after its last retry",
                "Take remediateLastFailure: false out, so that the last good version runs");
      }
    }
  }
}
