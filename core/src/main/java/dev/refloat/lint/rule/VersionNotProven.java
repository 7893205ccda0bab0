package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Past;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A chart version that was never Ready in an environment that changes pass through before this
/// one. A release that no earlier environment has is left alone.
final class VersionNotProven implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "version-not-proven",
          "A chart version was Ready in an earlier environment first",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.LEARNT);

  private static final Pattern EXACT =
      Pattern.compile("v?\\d+\\.\\d+\\.\\d+([-+_][0-9A-Za-z.+_-]+)?");

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    if (scene.past().earlier().isEmpty()) {
      return;
    }
    for (Declared release : scene.cluster().releases()) {
      Json chart = release.object().spec("chart", "spec", "version");
      Json chartRef = release.object().spec("chartRef");
      if (chart.exists()) {
        check(scene.past(), release, release, chart.text(), report, "chart", "spec", "version");
      } else if (chartRef.get("kind").text().equals("OCIRepository")) {
        scene
            .cluster()
            .find(
                Release.SOURCES,
                "OCIRepository",
                chartRef.get("namespace").text(release.object().namespace()),
                chartRef.get("name").text())
            .ifPresent(
                source ->
                    check(
                        scene.past(),
                        release,
                        source,
                        source.object().spec("ref", "tag").text(),
                        report,
                        "ref",
                        "tag"));
      }
    }
  }

  private static void check(
      Past past,
      Declared release,
      Declared written,
      String version,
      Report report,
      String... field) {
    if (!EXACT.matcher(version).matches()) {
      return;
    }
    Optional<Learnt.Release> here = past.here().flatMap(e -> find(e, release));
    if (here.map(r -> proved(r, version)).orElse(false)) {
      return;
    }
    List<Learnt.Environment> knowing =
        past.earlier().stream().filter(e -> find(e, release).isPresent()).toList();
    if (knowing.isEmpty()
        || knowing.stream()
            .anyMatch(e -> find(e, release).map(r -> proved(r, version)).orElse(false))) {
      return;
    }
    Learnt.Environment nearest = knowing.getLast();
    String[] path = new String[field.length + 1];
    path[0] = "spec";
    System.arraycopy(field, 0, path, 1, field.length);
    report
        .at(written, path)
        .say(
            "Version "
                + version
                + " of "
                + release.ref().display()
                + " was never Ready in "
                + String.join(" or ", knowing.stream().map(Learnt.Environment::name).toList()),
            "Deploy it to " + nearest.name() + " first, see it Ready there, and run refloat learn");
  }

  private static Optional<Learnt.Release> find(Learnt.Environment e, Declared release) {
    return e.find(release.object().namespace(), release.object().name());
  }

  /// Tags of OCI artifacts have `_` for `+`, and may have a `v`.
  private static boolean proved(Learnt.Release r, String version) {
    return r.actions().stream()
        .anyMatch(
            a ->
                a.outcome() == Learnt.Outcome.READY
                    && plain(a.chartVersion()).equals(plain(version)));
  }

  private static String plain(String version) {
    String v = version.startsWith("v") ? version.substring(1) : version;
    return v.replace('_', '+');
  }
}
