package dev.refloat.plan;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The runbook's option C: back to a revision that really worked. Flux's own way is to change the
/// spec; `helm rollback` fails on a release that Flux made, and a forced one leaves fields that
/// Flux
/// cannot remove, so that it is followed by giving those up (experiments 2, 3, 19).
final class Rollback {

  private static final Pattern WORKED =
      Pattern.compile("(?:Install|Upgrade) complete|Rollback to \\d+|Rollback complete");

  private Rollback() {}

  /// The records of revisions that worked, newest first, the newest record itself left out. A
  /// record
  /// that failed becomes `superseded` by the next attempt, so that its status alone proves nothing:
  /// its description does.
  static List<HelmRecord> good(Situation s) {
    List<HelmRecord> good = new ArrayList<>();
    for (Resource secret : s.belongings().records()) {
      Optional<HelmRecord> r = s.evidence().record(secret.namespace(), secret.name());
      if (r.isPresent()
          && r.get().version() != s.newestRevision()
          && (r.get().status().equals("deployed") || r.get().status().equals("superseded"))
          && WORKED.matcher(r.get().description()).find()
          && !testsFailed(s, r.get().version())) {
        good.add(r.get());
      }
    }
    return good;
  }

  private static boolean testsFailed(Situation s, int version) {
    for (Json snapshot : s.resource().status("history").list()) {
      if (snapshot.get("version").integer(-1) == version) {
        boolean[] failed = {false};
        if (snapshot.get("testHooks") instanceof Json.Obj hooks) {
          hooks.forEach((name, hook) -> failed[0] |= hook.get("phase").text().equals("Failed"));
        }
        return failed[0];
      }
    }
    return false;
  }

  static Draft draft(Situation s, Optional<Integer> wanted) {
    if (s.view().rolledBack() && wanted.isEmpty()) {
      return Draft.refused(
          "Flux has rolled it back already", "fix forward in Git, or name a revision with --to");
    }
    List<HelmRecord> good = good(s);
    if (good.isEmpty()) {
      return Draft.refused(
          "no revision of " + s.view().storageName() + " is known to have worked", "fix forward");
    }
    Optional<HelmRecord> target =
        wanted.isPresent()
            ? good.stream().filter(r -> r.version() == wanted.get()).findFirst()
            : good.stream().findFirst();
    if (target.isEmpty()) {
      return Draft.refused(
          "revision " + wanted.orElse(0) + " is not one that worked",
          "those that did: "
              + String.join(", ", good.stream().map(r -> "" + r.version()).toList()));
    }
    return new Draft.Steps(steps(s, target.get()));
  }

  private static List<Step> steps(Situation s, HelmRecord to) {
    List<Step> steps = new ArrayList<>();
    List<ObjectRef> objects = s.belongings().objects().stream().map(Resource::ref).toList();
    steps.add(Moves.backup(s, objects, "backup-release"));
    boolean sameValues = s.newestRecord().map(r -> r.values().equals(to.values())).orElse(false);
    boolean versioned = !s.resource().spec("chartRef").exists();
    List<Effect.FieldChange> pin =
        List.of(new Effect.FieldChange("spec.chart.spec.version", Json.from(to.chartVersion())));
    String why =
        "Revision "
            + to.version()
            + " ("
            + to.chartName()
            + " "
            + to.chartVersion()
            + ") was the last that worked.";
    if (versioned && sameValues && s.wishes().git()) {
      switch (GitEdits.draft(s, s.release(), pin, why)) {
        case Draft.Steps(var more) -> {
          steps.addAll(more);
          return steps;
        }
        case Draft.Refused _ -> {}
      }
    }
    if (!s.view().suspended()) {
      steps.add(FluxSteps.suspend(s, "Flux would upgrade again at once (experiments 2)"));
    }
    steps.add(
        new Step(
            "helm-rollback",
            "Roll Helm release "
                + s.view().storageName()
                + " back to revision "
                + to.version()
                + " ("
                + to.chartName()
                + " "
                + to.chartVersion()
                + ")",
            why,
            Risk.DISRUPTIVE,
            new Effect.HelmRollback(
                s.release(),
                s.view().storageNamespace(),
                s.view().storageName(),
                to.version(),
                s.newestRevision()),
            List.of(
                new Guard.Marked(s.release()),
                new Guard.IsSuspended(s.release()),
                new Guard.Idle(s.release()),
                new Guard.SameRevision(
                    s.release(),
                    s.view().storageNamespace(),
                    s.view().storageName(),
                    s.newestRevision())),
            new Expectation.Written(),
            s.attempt(),
            new Undo.Reverse(
                new Effect.HelmRollback(
                    s.release(),
                    s.view().storageNamespace(),
                    s.view().storageName(),
                    s.newestRevision(),
                    s.newestRevision() + 1),
                false),
            List.of(
                "helm rollback "
                    + s.view().storageName()
                    + " "
                    + to.version()
                    + " -n "
                    + s.view().storageNamespace()
                    + " --force-conflicts --wait")));
    steps.add(Disowning.step(s, objects, "helm"));
    String hand =
        "In Git, pin "
            + s.release().display()
            + " to what revision "
            + to.version()
            + " had: "
            + (versioned ? "spec.chart.spec.version: " + to.chartVersion() : "its chart reference")
            + (sameValues
                ? ""
                : ", and its values (helm get values --revision " + to.version() + ")");
    steps.add(
        new Step(
            "pin",
            hand,
            "Resuming without a change in Git applies the bad version again",
            Risk.SAFE,
            new Effect.ByHand(s.release(), hand),
            List.of(),
            new Expectation.Written(),
            FluxSteps.SHORT,
            new Undo.Nothing("done by a person"),
            List.of(
                "helm get values "
                    + s.view().storageName()
                    + " -n "
                    + s.view().storageNamespace()
                    + " --revision "
                    + to.version())));
    steps.add(FluxSteps.resume(s));
    return steps;
  }
}
