package dev.refloat.lint.rule;

import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.lint.Trial;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The schemas that the objects of one scene are judged by: Kubernetes' own, and those of the
/// CustomResourceDefinitions that the repository and its charts hold.
record ObjectSchemas(Supplier<Definitions> kubernetes, Map<String, Json> custom) {

  /// What came of judging one object.
  ///
  /// @param custom whether a CustomResourceDefinition judged it
  /// @param problems none too where nobody knows its kind
  record Judged(boolean custom, List<Schema.Problem> problems) {
    /// A webhook may fill in what a custom object lacks.
    Severity severity(Schema.Problem p) {
      boolean perhapsFilled = custom && p.what() == Schema.Problem.What.MISSING_FIELD;
      return perhapsFilled || Invalid.perhapsNewer(p) ? Severity.WARNING : Severity.ERROR;
    }
  }

  static ObjectSchemas of(Supplier<Definitions> kubernetes, Scene scene) {
    return new ObjectSchemas(kubernetes, Definitions.of(Trial.definitions(scene)));
  }

  Judged judge(Resource object) {
    Definitions known = kubernetes.get();
    String apiVersion = object.ref().apiVersion();
    Optional<Json> own = known.schema(apiVersion, object.kind());
    if (own.isPresent()) {
      Schema.Terms terms = new Schema.Terms(true, "Kubernetes", known.parts());
      return new Judged(false, Schema.ofKubernetes(object.root(), own.get(), terms));
    }
    Json schema =
        custom.getOrDefault(Definitions.key(apiVersion, object.kind()), Json.Missing.MISSING);
    Schema.Terms terms = new Schema.Terms(false, "its kind", known.parts());
    return new Judged(
        true, schema.exists() ? Schema.ofCustom(object.root(), schema, terms) : List.of());
  }
}
