package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Rendering.Failed.Refusal;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.EnumSet;
import java.util.List;

/// A chart that checks its images refuses a substituted one, as Bitnami's do.
final class ImageRefused implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "image-refused",
          "The chart accepts the images that the values name",
          Severity.ERROR,
          List.of("image-verification"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.eachFailed(
        scene,
        EnumSet.of(Failed.At.REFUSED_IMAGE),
        (release, failed) -> say(scene, release, failed, report));
  }

  private static void say(Scene scene, Declared release, Failed failed, Report report) {
    String chart = failed.chart().map(c -> Renderings.theChart(c)).orElse("The chart");
    List<Refusal> refusals =
        failed.refusals().isEmpty()
            ? List.of(new Refusal(List.of(), "substituted images", List.of()))
            : failed.refusals();
    for (Refusal r : refusals) {
      Renderings.atValue(scene, report, release, r.path())
          .say(
              chart + " refuses an image that is not its own: " + Renderings.sentence(r.why()),
              "Use the chart's own image, or set global.security.allowInsecureImages: true if the"
                  + " image was checked");
    }
  }
}
