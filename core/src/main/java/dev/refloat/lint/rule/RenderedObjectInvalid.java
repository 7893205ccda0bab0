package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A chart renders a custom object that its CustomResourceDefinition refuses. Only definitions that
/// the repository or its charts hold are known.
final class RenderedObjectInvalid implements Check {
  private static final int MOST = 5;

  private static final RuleInfo INFO =
      new RuleInfo(
          "rendered-object-invalid",
          "Custom objects that charts render fit their definitions",
          Severity.ERROR,
          List.of("manifest-invalid"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<String, Json> schemas = new HashMap<>();
    scene.cluster().all("apiextensions.k8s.io", "CustomResourceDefinition").stream()
        .map(Declared::object)
        .forEach(d -> learn(d, schemas));
    Renderings.eachHere(
        scene,
        (_, r) ->
            Stream.concat(r.crds().stream(), Renderings.objects(r))
                .filter(o -> o.kind().equals("CustomResourceDefinition"))
                .forEach(d -> learn(d, schemas)));
    Renderings.eachHere(scene, (release, r) -> check(release, r, schemas, report));
  }

  private static void learn(Resource definition, Map<String, Json> schemas) {
    for (Json version : definition.spec("versions").list()) {
      Json schema = version.at("schema", "openAPIV3Schema");
      if (schema.exists()) {
        schemas.put(
            Definitions.key(
                definition.spec("group").text() + "/" + version.get("name").text(),
                definition.spec("names", "kind").text()),
            schema);
      }
    }
  }

  private static void check(
      Declared release, Rendered rendering, Map<String, Json> schemas, Report report) {
    for (Resource o : Renderings.objects(rendering).toList()) {
      Json schema =
          schemas.getOrDefault(
              Definitions.key(o.ref().apiVersion(), o.kind()), Json.Missing.MISSING);
      if (schema.exists()) {
        Schema.check(o.root(), schema, false).stream()
            .limit(MOST)
            .forEach(p -> say(release, rendering, o, p, report));
      }
    }
  }

  private static void say(
      Declared release, Rendered rendering, Resource object, Schema.Problem p, Report report) {
    boolean certain =
        switch (p.what()) {
          // A webhook may fill in what is missing; unknown fields are refused by server-side apply.
          case UNKNOWN_FIELD, MISSING_FIELD -> false;
          case WRONG_TYPE, WRONG_VALUE, UNKNOWN_WORD -> true;
        };
    String field = p.path().isEmpty() ? "" : new FieldEdit(p.path(), Json.Null.NULL).field() + " ";
    Renderings.chart(report, release)
        .as(certain ? Severity.ERROR : Severity.WARNING)
        .say(
            Renderings.theChart(rendering.chart())
                + " renders "
                + object.ref().display()
                + ", which its definition refuses: "
                + field
                + p.said().replace("that Flux knows", "that it knows"),
            p.nearest()
                .map(n -> "See that the values make it " + n)
                .orElse("Correct the value, or take versions of chart and definition that fit"));
  }
}
