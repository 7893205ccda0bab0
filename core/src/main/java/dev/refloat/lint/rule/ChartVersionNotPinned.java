package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import java.util.List;
import java.util.regex.Pattern;

/// A release that takes whatever version appears.
final class ChartVersionNotPinned implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "chart-version-not-pinned",
          "Charts have an exact version",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  private static final Pattern EXACT =
      Pattern.compile("=?v?[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?");

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared release : scene.cluster().releases()) {
      Json chart = release.object().spec("chart", "spec");
      // A chart of a GitRepository or Bucket has the version that lies there.
      if (!chart.exists() || !chart.at("sourceRef", "kind").text().equals("HelmRepository")) {
        continue;
      }
      String version = chart.get("version").text("*");
      if (!EXACT.matcher(version).matches() && !version.contains("${")) {
        report
            .at(release, "spec", "chart", "spec", "version")
            .say(
                "The version "
                    + version
                    + " of chart "
                    + chart.get("chart").text()
                    + " is not exact: a new version is deployed as soon as it appears",
                "Write the exact version that runs now.");
      }
    }
  }
}
