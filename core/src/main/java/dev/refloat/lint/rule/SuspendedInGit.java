package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;

/// `suspend: true` in Git: nothing is reconciled any more, whatever is changed, and `flux resume`
/// does not help for longer than until the next sync.
final class SuspendedInGit implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "suspended-in-git",
          "Nothing is suspended in Git",
          Severity.WARNING,
          List.of("suspended", "gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().objects()) {
      String group = d.ref().group();
      boolean kustomization = group.equals("kustomize.toolkit.fluxcd.io");
      if ((kustomization || group.equals(Release.GROUP) || group.equals(Release.SOURCES))
          && d.object().spec("suspend").isTrue()) {
        report
            .at(d, "spec", "suspend")
            .prevents(kustomization ? "gitops-blocked" : "suspended")
            .say(
                d.ref().display() + " is suspended in Git: " + what(d.ref().kind(), group),
                "Take suspend: true out, or suppress this rule with the reason and until when");
      }
    }
  }

  private static String what(String kind, String group) {
    if (group.equals(Release.SOURCES)) {
      return "charts and values stay as old as they are now";
    }
    return kind.equals("HelmRelease")
        ? "no upgrade, no drift correction and no fix reaches it"
        : "nothing that it holds is applied";
  }
}
