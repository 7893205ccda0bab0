package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;
import java.util.stream.Stream;

/// A release that gives up at the first failure: neither `remediation.retries` nor the strategy
/// `RetryOnFailure`. Flux's default is 0 retries, then Stalled until somebody acts; a failed
/// release
/// stays in place.
final class RetriesMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "retries-missing",
          "Failed installs and upgrades are retried or remediated",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    if (Controllers.feature(scene.cluster(), "helm-controller", "DefaultToRetryOnFailure")) {
      return;
    }
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      List<String> bare = Stream.of("install", "upgrade").filter(a -> givesUp(release, a)).toList();
      if (bare.isEmpty()) {
        continue;
      }
      String what = String.join(" or ", bare);
      report
          .at(d, bare.size() == 2 ? Release.keys("spec") : Release.keys("spec", bare.getFirst()))
          .as(bare.contains("upgrade") ? Severity.WARNING : Severity.INFO)
          .say(
              "HelmRelease "
                  + release.path()
                  + " gives up at the first failed "
                  + what
                  + ": it stays as it failed until somebody acts",
              "Set strategy.name: RetryOnFailure or remediation.retries: 3 under "
                  + String.join(" and ", bare.stream().map(b -> "spec." + b).toList()));
    }
  }

  private static boolean givesUp(Release release, String action) {
    return release.retries(action) == 0
        && !release.retriesOnFailure(action)
        && !release.spec(action, "remediation", "remediateLastFailure").isTrue()
        && !Absence.open(release.spec(action, "remediation", "retries").text("0"));
  }
}
