package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;
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
    ObjectSchemas schemas = ObjectSchemas.of(kubernetes, scene);
    for (Declared d : scene.cluster().objects()) {
      if (FluxApis.isFlux(d.ref().group()) || d.encrypted() || !scene.cluster().holdsAllOf(d)) {
        continue;
      }
      ObjectSchemas.Judged judged = schemas.judge(d.object());
      judged.problems().forEach(p -> Invalid.say(d, p, judged.severity(p), report));
    }
  }
}
