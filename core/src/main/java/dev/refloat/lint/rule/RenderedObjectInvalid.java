package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.function.Supplier;

/// A chart renders an object that Kubernetes or its CustomResourceDefinition refuses. Only
/// definitions
/// that the repository or its charts hold are known.
final class RenderedObjectInvalid implements Check {
  private static final int MOST = 5;

  private static final RuleInfo INFO =
      new RuleInfo(
          "rendered-object-invalid",
          "Objects that charts render fit the schema of Kubernetes or their definition",
          Severity.ERROR,
          List.of("manifest-invalid"),
          RuleInfo.Needs.CHARTS);

  private final Supplier<Definitions> kubernetes;

  RenderedObjectInvalid(Supplier<Definitions> kubernetes) {
    this.kubernetes = kubernetes;
  }

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    ObjectSchemas schemas = ObjectSchemas.of(kubernetes, scene);
    Renderings.eachHere(scene, (release, r) -> check(scene, release, r, schemas, report));
  }

  private static void check(
      Scene scene, Declared release, Rendered rendering, ObjectSchemas schemas, Report report) {
    for (Resource o : Renderings.objects(rendering).toList()) {
      ObjectSchemas.Judged judged = schemas.judge(o);
      judged.problems().stream()
          .limit(MOST)
          .forEach(p -> say(scene, release, rendering, o, p, judged, report));
    }
  }

  private static void say(
      Scene scene,
      Declared release,
      Rendered rendering,
      Resource object,
      Schema.Problem p,
      ObjectSchemas.Judged judged,
      Report report) {
    boolean custom = judged.custom();
    // The definitions of a chart may be of another version than those that the cluster has.
    boolean uncertain = custom && p.what() == Schema.Problem.What.UNKNOWN_FIELD;
    List<String> value = Renderings.valueOf(rendering.values(), object.root(), p.path());
    (value.isEmpty()
            ? Renderings.chart(report, release)
            : Renderings.atValue(scene, report, release, value))
        .as(uncertain ? Severity.WARNING : judged.severity(p))
        .say(
            Renderings.theChart(rendering.chart())
                + " renders "
                + object.ref().display()
                + ", which "
                + (custom ? "its definition" : "Kubernetes")
                + " refuses: "
                + Invalid.field(p)
                + p.said(),
            p.nearest()
                .map(n -> "See that the values make it " + n)
                .orElse(
                    custom
                        ? "Correct the value, or take versions of chart and definition that fit"
                        : "Correct the value, or take another version of the chart"));
  }
}
