package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A chart that cannot be built or rendered with these values.
final class ChartFails implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "chart-fails",
          "The chart renders, to Kubernetes objects, for this version of Kubernetes",
          Severity.ERROR,
          List.of("template-error", "manifest-invalid", "chart-build-error", "kube-version"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.eachFailed(
        scene,
        EnumSet.of(
            Failed.At.TEMPLATE, Failed.At.MANIFEST, Failed.At.CHART_BUILD, Failed.At.KUBE_VERSION),
        (release, failed) -> say(release, failed, report));
  }

  private static void say(Declared release, Failed failed, Report report) {
    String chart =
        failed
            .chart()
            .map(c -> Renderings.theChart(c))
            .orElseGet(() -> "Chart " + release.object().spec("chart", "spec", "chart").text("?"));
    String said = Renderings.sentence(failed.message());
    Report.Draft draft = Renderings.chart(report, release);
    switch (failed.at()) {
      case TEMPLATE ->
          draft
              .prevents("template-error")
              .say(
                  chart + " does not render with these values: " + said,
                  "Set the value that the template needs, or take a chart version without the"
                      + " mistake");
      case MANIFEST ->
          draft
              .prevents("manifest-invalid")
              .say(chart + " renders what is no object: " + said, "Correct the value or the chart");
      case CHART_BUILD ->
          valuesFile(release, failed)
              .map(path -> report.at(release, path))
              .orElse(draft)
              .prevents("chart-build-error")
              .say(chart + " cannot be used: " + said, "Correct the chart or its dependencies");
      case KUBE_VERSION ->
          draft
              .prevents("kube-version")
              .as(Severity.WARNING)
              .say(
                  said.substring(0, 1).toUpperCase(Locale.ROOT) + said.substring(1),
                  "Take a version of the chart for the Kubernetes that runs, or give that version"
                      + " with --kube-version");
      case CHART,
          CHART_VERSION,
          SOURCE,
          SOURCE_AUTH,
          SOURCE_TLS,
          VALUES,
          REFUSED_VALUES,
          REFUSED_IMAGE,
          POST_RENDER ->
          throw new IllegalArgumentException("not about the chart");
    }
  }

  /// The item of `valuesFiles` that a failure is about.
  private static Optional<List<FieldEdit.Step>> valuesFile(Declared release, Failed failed) {
    if (failed.refusals().isEmpty() || release.object().spec("chartRef").exists()) {
      return Optional.empty();
    }
    List<String> path = failed.refusals().getFirst().path();
    if (path.size() != 2 || !path.getFirst().equals("valuesFiles")) {
      return Optional.empty();
    }
    List<FieldEdit.Step> steps = Release.keys("spec", "chart", "spec", "valuesFiles");
    steps.add(new FieldEdit.Index(Integer.parseInt(path.getLast())));
    return Optional.of(steps);
  }
}
