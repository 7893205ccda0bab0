package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
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
        boolean whole = scene.cluster().holdsAllOf(d);
        Schema.Terms terms = ours ? Schema.Terms.FLUX : new Schema.Terms(false, "Flux", Map.of());
        for (Schema.Problem p : Schema.ofCustom(d.object().root(), schema, terms)) {
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
    Invalid.say(d, p, ours && Invalid.perhapsNewer(p) ? Severity.WARNING : Severity.ERROR, report);
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
