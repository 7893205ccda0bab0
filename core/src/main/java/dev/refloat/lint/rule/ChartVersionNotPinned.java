package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A release that takes whatever version appears. A range with an end (`1.x`) is a decision that
/// some teams make, so that it is only worth knowing.
final class ChartVersionNotPinned implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "chart-version-not-pinned",
          "Charts have an exact version",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  private static final Pattern EXACT =
      Pattern.compile("=?\\s*v?\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?([+_][0-9A-Za-z.-]+)?");

  /// Something in a range keeps the next major version out.
  private static final Pattern BOUNDED =
      Pattern.compile("\\d+\\.[xX*]|\\d+\\.\\d+\\.[xX*]|[~^<]|^v?\\d+(\\.\\d+)?$|\\s-\\s");

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared release : scene.cluster().releases()) {
      Json chart = release.object().spec("chart", "spec");
      // A chart of a GitRepository or Bucket has the version that lies there.
      if (chart.at("sourceRef", "kind").text().equals("HelmRepository")) {
        version(scene, release, chart, report);
      }
      if (release.object().spec("chartRef", "kind").text().equals("OCIRepository")) {
        Json ref = release.object().spec("chartRef");
        scene
            .cluster()
            .find(
                Release.SOURCES,
                "OCIRepository",
                ref.get("namespace").text(release.object().namespace()),
                ref.get("name").text())
            .ifPresent(source -> artifact(release, source, report));
      }
    }
  }

  private static void version(Scene scene, Declared release, Json chart, Report report) {
    String version = chart.get("version").text("*").strip();
    if (exact(version)) {
      return;
    }
    Report.Draft draft =
        report.at(release, "spec", "chart", "spec", "version").as(severity(version));
    Optional<String> running = running(scene, release);
    running.ifPresent(
        v ->
            draft.fix(
                "Pin chart " + chart.get("chart").text() + " to " + v,
                FieldEdit.set(new Json.Str(v), "spec", "chart", "spec", "version")));
    draft.say(
        "Chart "
            + chart.get("chart").text()
            + " has "
            + (chart.get("version").exists() ? "version " + version : "no version")
            + ": "
            + takes(version)
            + " is deployed as soon as it appears",
        "Write the exact version"
            + running.map(v -> ", as " + v + ", which is the newest now").orElse(" that runs now"));
  }

  private static void artifact(Declared release, Declared source, Report report) {
    Json ref = source.object().spec("ref");
    if (ref.get("digest").exists()) {
      return;
    }
    String range = ref.get("semver").text();
    String tag = ref.get("tag").text(range.isEmpty() ? "latest" : "");
    if (range.isEmpty() ? exact(tag) : exact(range)) {
      return;
    }
    report
        .at(source, "spec", "ref", range.isEmpty() ? "tag" : "semver")
        .as(range.isEmpty() ? Severity.WARNING : severity(range))
        .related(release.positions().of(), "takes its chart from here")
        .say(
            range.isEmpty()
                ? "Tag "
                    + tag
                    + " of "
                    + source.object().spec("url").text()
                    + " moves: whatever it points to is deployed at once"
                : "OCI charts of "
                    + source.object().spec("url").text()
                    + " have version "
                    + range
                    + ": "
                    + takes(range)
                    + " is deployed as soon as it appears",
            "Write the tag of an exact version, or its digest");
  }

  private static boolean exact(String version) {
    return EXACT.matcher(version).matches() || version.contains("${");
  }

  private static boolean bounded(String range) {
    return BOUNDED.matcher(range).find();
  }

  private static Severity severity(String range) {
    return bounded(range) ? Severity.INFO : Severity.WARNING;
  }

  private static String takes(String range) {
    return bounded(range) ? "a newer version of the range" : "any newer version, breaking or not,";
  }

  private static Optional<String> running(Scene scene, Declared release) {
    return scene
        .rendering(release)
        .flatMap(
            r ->
                r instanceof Rendering.Rendered rendered
                    ? Optional.of(rendered.chart().version())
                    : Optional.empty());
  }
}
