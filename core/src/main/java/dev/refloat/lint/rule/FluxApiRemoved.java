package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An API version that Flux no longer serves. When the repository holds Flux itself
/// (`gotk-components.yaml`), its CustomResourceDefinitions decide.
final class FluxApiRemoved implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "flux-api-removed",
          "Objects of Flux have an API version that Flux still serves",
          Severity.WARNING,
          List.of("gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  private final Definitions bundled;

  FluxApiRemoved(Definitions bundled) {
    this.bundled = bundled;
  }

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<String, Json> served = FluxApis.declared(scene.cluster());
    for (Declared d : scene.cluster().objects()) {
      if (FluxApis.isFlux(d.ref().group())) {
        check(scene.cluster(), d, served, report);
      }
    }
  }

  private void check(Cluster cluster, Declared d, Map<String, Json> served, Report report) {
    String version = d.ref().apiVersion();
    Optional<String> removed = FluxApis.removedIn(version);
    Optional<Declared> definition = FluxApis.definition(cluster, d.ref());
    boolean refused =
        definition.isPresent() && !served.containsKey(Definitions.key(version, d.ref().kind()));
    if (!refused && removed.isEmpty()) {
      return;
    }
    String successor = FluxApis.successor(d.ref());
    boolean successorServed =
        definition.isEmpty() || served.containsKey(Definitions.key(successor, d.ref().kind()));
    if (!refused && !successorServed) {
      // This Flux is older than the successor: there is nothing to do yet.
      return;
    }
    Report.Draft draft = report.at(d, "apiVersion").as(refused ? Severity.ERROR : Severity.WARNING);
    definition.ifPresent(
        c -> draft.related(c.positions().of("spec", "versions"), "what this Flux serves"));
    if (successorServed && valid(d, successor)) {
      draft.fix(
          "Write apiVersion: " + successor, FieldEdit.set(new Json.Str(successor), "apiVersion"));
    }
    draft.say(
        d.ref().display()
            + " has apiVersion "
            + version
            + ", which "
            + (refused
                ? "the Flux of this repository does not serve: its Kustomization fails"
                : "Flux "
                    + removed.orElseThrow()
                    + " and newer do not serve: after that upgrade its Kustomization fails"),
        successorServed ? "Write apiVersion: " + successor : "Write a version that is served");
  }

  /// Whether the object can have the other version as it is.
  private boolean valid(Declared d, String version) {
    return bundled
        .schema(version, d.ref().kind())
        .map(s -> Schema.ofCustom(d.object().root(), s, Schema.Terms.FLUX).isEmpty())
        .orElse(false);
  }
}
