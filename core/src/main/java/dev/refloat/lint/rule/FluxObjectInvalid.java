package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// An object of Flux that the API server refuses: a field that does not exist, of a wrong type, or
/// missing. Kustomize-controller then applies nothing of the whole Kustomization. The schema is
/// that
/// of the CustomResourceDefinition in the repository, else that of Flux 2.9.
final class FluxObjectInvalid implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "flux-object-invalid",
          "Objects of Flux have only fields that Flux knows, with values of the right form",
          Severity.ERROR,
          List.of("gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  private final Definitions bundled;

  FluxObjectInvalid(Definitions bundled) {
    this.bundled = bundled;
  }

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<String, Json> own = FluxApis.declared(scene.cluster());
    Map<ObjectRef, Integer> times = new HashMap<>();
    for (Declared d : scene.cluster().objects()) {
      if (FluxApis.isFlux(d.ref().group())) {
        times.merge(d.ref(), 1, Integer::sum);
      }
    }
    for (Declared d : scene.cluster().objects()) {
      if (!FluxApis.isFlux(d.ref().group()) || d.encrypted()) {
        continue;
      }
      String key = Definitions.key(d.ref().apiVersion(), d.ref().kind());
      Json schema = own.getOrDefault(key, Json.Missing.MISSING);
      boolean ours = !schema.exists();
      if (ours) {
        schema = bundled.schemas().getOrDefault(key, Json.Missing.MISSING);
      }
      if (schema.exists()) {
        // Declared several times and applied by nothing that is known: one of them is a patch.
        boolean whole = d.by().isPresent() || times.getOrDefault(d.ref(), 1) == 1;
        for (Schema.Problem p : Schema.check(d.object().root(), schema, ours)) {
          if (whole || p.what() != Schema.Problem.What.MISSING_FIELD) {
            say(d, p, ours, report);
          }
        }
        if (whole) {
          chart(d, report);
        }
      }
    }
  }

  private static void say(Declared d, Schema.Problem p, boolean ours, Report report) {
    String field = p.path().isEmpty() ? "" : new FieldEdit(p.path(), Json.Null.NULL).field() + " ";
    boolean unknown = p.what() == Schema.Problem.What.UNKNOWN_FIELD;
    // What resembles nothing may belong to a Flux that is newer than what comes with us.
    boolean newer =
        ours && p.nearest().isEmpty() && (unknown || p.what() == Schema.Problem.What.UNKNOWN_WORD);
    Severity severity = newer ? Severity.WARNING : Severity.ERROR;
    Report.Draft draft = report.at(d, p.path()).as(severity);
    if (unknown && p.nearest().isPresent()) {
      rename(d, p, draft);
    }
    draft.say(
        field + p.said() + ": " + d.ref().display() + " is refused, and its Kustomization with it",
        p.nearest().map(n -> "Write " + n + ", if that was meant").orElse(advice(p)));
  }

  private static void rename(Declared d, Schema.Problem p, Report.Draft draft) {
    Json value = new FieldEdit(p.path(), Json.Null.NULL).in(d.object().root());
    String name = p.nearest().orElseThrow();
    if (value.scalar().isPresent() && p.path().getLast() instanceof FieldEdit.Key(var old)) {
      List<FieldEdit.Step> path = new ArrayList<>(p.path().subList(0, p.path().size() - 1));
      path.add(new FieldEdit.Key(name));
      draft.fix(
          "Rename " + old + " to " + name,
          new FieldEdit(path, value),
          new FieldEdit(p.path(), Json.Missing.MISSING));
    }
  }

  private static String advice(Schema.Problem p) {
    return switch (p.what()) {
      case UNKNOWN_FIELD -> "Take it out, or move it to where it belongs";
      case MISSING_FIELD -> "Add it";
      case WRONG_TYPE, WRONG_VALUE, UNKNOWN_WORD -> "Correct the value";
    };
  }

  /// What Flux checks by an expression: `chart` or `chartRef`, and not both.
  private static void chart(Declared d, Report report) {
    if (!d.ref().kind().equals("HelmRelease") || !d.ref().apiVersion().endsWith("/v2")) {
      return;
    }
    boolean chart = d.object().spec("chart").exists();
    boolean ref = d.object().spec("chartRef").exists();
    if (chart == ref) {
      report
          .at(d, chart ? Release.keys("spec", "chartRef") : Release.keys("spec"))
          .say(
              d.ref().display()
                  + (chart ? " has both chart and chartRef" : " has neither chart nor chartRef")
                  + ": it is refused, and its Kustomization with it",
              chart ? "Take one of them out" : "Add one of them");
    }
  }
}
