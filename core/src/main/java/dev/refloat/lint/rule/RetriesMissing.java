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

  /// Up to that many are told one by one.
  private static final int MOST = 3;

  private static final int RELATED = 20;

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    if (Controllers.feature(scene.cluster(), "helm-controller", "DefaultToRetryOnFailure")) {
      return;
    }
    List<Declared> releases = scene.cluster().releases();
    List<Declared> bare = releases.stream().filter(d -> actions(d).size() == 2).toList();
    if (bare.size() > MOST && bare.size() * 2 > releases.size()) {
      most(bare, releases.size(), report);
      return;
    }
    for (Declared d : releases) {
      List<String> actions = actions(d);
      if (!actions.isEmpty()) {
        one(d, actions, Absence.isFragment(scene.cluster(), d), report);
      }
    }
  }

  /// Where most releases retry nothing it is a habit, which one finding tells better than a
  /// hundred.
  private static void most(List<Declared> bare, int all, Report report) {
    Report.Draft draft = report.at(bare.getFirst(), "spec");
    bare.stream()
        .skip(1)
        .limit(RELATED)
        .forEach(d -> draft.related(d.positions().of(), "neither does this"));
    draft.say(
        (bare.size() == all
                ? "None of the " + all + " HelmReleases retries anything"
                : bare.size() + " of the " + all + " HelmReleases retry nothing")
            + ": each gives up at its first failed install or upgrade"
            + " and stays as it failed until somebody acts",
        "Patch all of them in their Kustomization with strategy.name: RetryOnFailure, or switch on"
            + " the feature gate DefaultToRetryOnFailure of helm-controller");
  }

  /// @param fragment whether the Kustomization that applies it, and may patch it, is not known
  private static void one(Declared d, List<String> actions, boolean fragment, Report report) {
    report
        .at(
            d,
            actions.size() == 2 ? Release.keys("spec") : Release.keys("spec", actions.getFirst()))
        .as(actions.contains("upgrade") && !fragment ? Severity.WARNING : Severity.INFO)
        .say(
            d.ref().display()
                + " gives up at the first failed "
                + String.join(" or ", actions)
                + ": it stays as it failed until somebody acts",
            "Set strategy.name: RetryOnFailure or remediation.retries: 3 under "
                + String.join(" and ", actions.stream().map(b -> "spec." + b).toList()));
  }

  /// What of it gives up at once.
  private static List<String> actions(Declared d) {
    Release release = new Release(d);
    return Stream.of("install", "upgrade").filter(a -> givesUp(release, a)).toList();
  }

  private static boolean givesUp(Release release, String action) {
    return release.retries(action) == 0
        && !release.retriesOnFailure(action)
        && !release.spec(action, "remediation", "remediateLastFailure").isTrue()
        && !Absence.open(release.spec(action, "remediation", "retries").text("0"));
  }
}
