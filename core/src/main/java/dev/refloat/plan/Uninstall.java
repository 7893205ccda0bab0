package dev.refloat.plan;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Finishes a `helm uninstall` that was killed: Flux can neither upgrade nor install over a record
/// that says `uninstalling` (experiments 8).
final class Uninstall {

  private Uninstall() {}

  static Draft finish(Situation s) {
    if (s.newestRevision() == 0) {
      return Draft.refused("there is no Helm record", "nothing has to be uninstalled");
    }
    List<ObjectRef> objects = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (Resource r : s.belongings().objects()) {
      objects.add(r.ref());
    }
    for (Resource claim : s.claims()) {
      if (objects.stream().noneMatch(o -> o.sameObject(claim.ref()))) {
        objects.add(claim.ref());
      }
    }
    objects.add(s.release());
    steps.add(Moves.backup(s, objects, "backup-release"));
    switch (Volumes.keep(s, "")) {
      case Draft.Steps(var keep) -> steps.addAll(keep);
      case Draft.Refused _ -> {} // no volumes: nothing to keep
    }
    if (!s.view().suspended()) {
      steps.add(FluxSteps.suspend(s, "Helm must not be used while Flux may act"));
    }
    steps.add(
        new Step(
            "helm-uninstall",
            "Finish the uninstall of Helm release "
                + s.view().storageNamespace()
                + "/"
                + s.view().storageName(),
            "Flux can neither upgrade nor install over a record that says uninstalling",
            Risk.DESTRUCTIVE,
            new Effect.HelmUninstall(
                s.release(),
                s.view().storageNamespace(),
                s.view().storageName(),
                s.newestRevision()),
            List.of(
                new Guard.Marked(s.release()),
                new Guard.IsSuspended(s.release()),
                new Guard.Idle(s.release()),
                new Guard.BackedUp(s.release()),
                new Guard.SameRevision(
                    s.release(),
                    s.view().storageNamespace(),
                    s.view().storageName(),
                    s.newestRevision())),
            new Expectation.Written(),
            Duration.ofMinutes(10),
            new Undo.FromBackup("objects and Helm records are in the backup"),
            List.of(
                "helm uninstall "
                    + s.view().storageName()
                    + " -n "
                    + s.view().storageNamespace()
                    + " --no-hooks")));
    steps.add(FluxSteps.resume(s));
    return new Draft.Steps(steps);
  }
}
