package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.lint.Trial;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// An object in Git that the API server refuses: a field that its kind does not have, a value of a
/// wrong type, something missing, two items of a list with one key. Kustomize-controller then
/// applies
/// nothing of the whole Kustomization. Objects of Flux have a rule of their own.
final class DeclaredObjectInvalid implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "declared-object-invalid",
          "Objects in Git fit the schema of Kubernetes or of their definition",
          Severity.ERROR,
          List.of("gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  private final Supplier<Definitions> kubernetes;

  DeclaredObjectInvalid(Supplier<Definitions> kubernetes) {
    this.kubernetes = kubernetes;
  }

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Definitions known = kubernetes.get();
    Map<String, Json> custom = Definitions.of(Trial.definitions(scene));
    for (Declared d : scene.cluster().objects()) {
      if (FluxApis.isFlux(d.ref().group()) || d.encrypted() || !scene.cluster().holdsAllOf(d)) {
        continue;
      }
      Optional<Json> own = known.schema(d.ref().apiVersion(), d.ref().kind());
      Json schema =
          custom.getOrDefault(
              Definitions.key(d.ref().apiVersion(), d.ref().kind()), Json.Missing.MISSING);
      if (own.isPresent()) {
        Schema.ofKubernetes(
                d.object().root(), own.get(), new Schema.Terms(true, "Kubernetes", known.parts()))
            .forEach(p -> Invalid.say(d, p, severity(p, false), report));
      } else if (schema.exists()) {
        Schema.ofCustom(
                d.object().root(), schema, new Schema.Terms(false, "its kind", known.parts()))
            .forEach(p -> Invalid.say(d, p, severity(p, true), report));
      }
    }
  }

  /// A webhook may fill in what a custom object lacks.
  static Severity severity(Schema.Problem p, boolean custom) {
    boolean perhapsFilled = custom && p.what() == Schema.Problem.What.MISSING_FIELD;
    return perhapsFilled || Invalid.perhapsNewer(p) ? Severity.WARNING : Severity.ERROR;
  }
}
