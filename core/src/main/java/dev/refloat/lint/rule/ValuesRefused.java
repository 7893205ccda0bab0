package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Rendering.Failed.Refusal;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import java.util.EnumSet;
import java.util.List;

/// Values that the chart refuses: by its schema, by `required` or `fail`; or that cannot be merged.
final class ValuesRefused implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "values-refused",
          "The chart accepts the values",
          Severity.ERROR,
          List.of("values-error"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.eachFailed(
        scene,
        EnumSet.of(Failed.At.REFUSED_VALUES),
        (release, failed) -> refused(scene, release, failed, report));
    Renderings.eachFailed(
        scene,
        EnumSet.of(Failed.At.VALUES),
        (release, failed) -> unusable(release, failed, report));
  }

  private static void refused(Scene scene, Declared release, Failed failed, Report report) {
    String chart = failed.chart().map(c -> Renderings.theChart(c)).orElse("The chart");
    List<Refusal> refusals =
        failed.refusals().isEmpty()
            ? List.of(new Refusal(List.of(), failed.message(), List.of()))
            : failed.refusals();
    for (Refusal r : refusals) {
      String value = r.path().isEmpty() ? "the values" : "value " + String.join(".", r.path());
      Renderings.atValue(scene, report, release, r.path())
          .say(
              chart + " refuses " + value + ": " + Renderings.sentence(r.why()),
              r.path().isEmpty()
                  ? "Correct the values as the chart's message says"
                  : "Set "
                      + String.join(".", r.path())
                      + " to what the chart asks for; see its values.yaml and values.schema.json");
    }
  }

  private static void unusable(Declared release, Failed failed, Report report) {
    List<String> path =
        failed.refusals().isEmpty() ? List.of() : failed.refusals().getFirst().path();
    List<FieldEdit.Step> at =
        path.size() == 2
            ? Release.item(Integer.parseInt(path.get(1)), List.of("spec", "valuesFrom"))
            : List.of(new FieldEdit.Key("spec"), new FieldEdit.Key("valuesFrom"));
    report
        .at(release, at)
        .say(
            "Values of HelmRelease "
                + release.ref().path()
                + " cannot be merged: "
                + Renderings.sentence(failed.message()),
            "Correct the text under the key that valuesFrom names");
  }
}
