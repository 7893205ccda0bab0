package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.EnumSet;
import java.util.List;

/// A chart or a version of it that its repository or registry does not have.
final class ChartMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "chart-missing",
          "The repository has the chart, in a version that fits",
          Severity.ERROR,
          List.of("chart-not-found"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.eachFailed(
        scene,
        EnumSet.of(Failed.At.CHART, Failed.At.CHART_VERSION),
        (release, failed) -> say(scene, release, failed, report));
  }

  private static void say(Scene scene, Declared release, Failed failed, Report report) {
    boolean version = failed.at() == Failed.At.CHART_VERSION;
    List<String> instead =
        failed.refusals().isEmpty() ? List.of() : failed.refusals().getFirst().instead();
    draft(scene, release, version, report)
        .say(
            "HelmRelease "
                + release.ref().path()
                + " cannot get its chart: "
                + Renderings.sentence(failed.message()),
            instead.isEmpty()
                ? "Name a chart and version that are published there"
                : "Use " + String.join(" or ", instead.stream().limit(3).toList()));
  }

  /// A chart that comes as an OCIRepository is named there.
  private static Report.Draft draft(Scene scene, Declared release, boolean version, Report report) {
    if (!release.object().spec("chartRef").exists()) {
      return version
          ? report.at(release, "spec", "chart", "spec", "version")
          : report.at(release, "spec", "chart", "spec", "chart");
    }
    return scene
        .cluster()
        .find(
            Release.SOURCES,
            release.object().spec("chartRef", "kind").text(),
            release.object().spec("chartRef", "namespace").text(release.object().namespace()),
            release.object().spec("chartRef", "name").text())
        .map(s -> version ? report.at(s, "spec", "ref") : report.at(s, "spec", "url"))
        .orElseGet(() -> report.at(release, "spec", "chartRef", "name"));
  }
}
