package dev.refloat.plan;

import dev.refloat.evidence.Kind;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import dev.refloat.release.Workloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
            "Flux can neither upgrade nor install over a record that says uninstalling" + stays(s),
            Risk.DESTRUCTIVE,
            new Effect.HelmUninstall(
                s.release(),
                s.view().storageNamespace(),
                s.view().storageName(),
                s.newestRevision(),
                s.helmLimit()),
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
    for (Resource hook : leftHooks(s)) {
      steps.add(
          new Step(
              "delete-hook-" + hook.kind().toLowerCase(Locale.ROOT) + "-" + hook.name(),
              "Delete " + hook.ref().display() + ", a hook of the old release",
              "Helm does not count hooks as its own and leaves them; it would go on running",
              Risk.DESTRUCTIVE,
              new Effect.Delete(hook.ref(), hook.uid(), Propagation.BACKGROUND),
              List.of(
                  new Guard.Marked(s.release()),
                  new Guard.IsSuspended(s.release()),
                  new Guard.SameObject(hook.ref(), hook.uid()),
                  new Guard.BackedUp(hook.ref())),
              new Expectation.Gone(hook.ref(), hook.uid()),
              Duration.ofMinutes(5),
              new Undo.FromBackup("refloat restore RECOVERY creates it again"),
              List.of(
                  "kubectl delete "
                      + hook.kind().toLowerCase(Locale.ROOT)
                      + " "
                      + hook.name()
                      + Moves.namespaceFlag(hook.ref()))));
    }
    steps.add(FluxSteps.resume(s));
    return new Draft.Steps(steps);
  }

  /// Jobs and pods of hooks that are still there and have not succeeded.
  private static List<Resource> leftHooks(Situation s) {
    return s.belongings().objects().stream()
        .filter(
            o ->
                o.annotation("helm.sh/hook").isPresent()
                    || s.belongings().hooks().stream().anyMatch(o.ref()::sameObject))
        .filter(o -> o.kind().equals("Job") || o.kind().equals("Pod"))
        .filter(o -> !Workloads.healthy(o))
        .toList();
  }

  /// What the uninstall leaves, for the plan.
  private static String stays(Situation s) {
    List<String> kept =
        s.belongings().objects().stream()
            .filter(o -> o.annotation("helm.sh/resource-policy").map("keep"::equals).orElse(false))
            .map(o -> o.ref().display())
            .toList();
    List<String> claims =
        s.claims().stream()
            .filter(
                c ->
                    s.belongings().of(Kind.PERSISTENT_VOLUME_CLAIM).stream()
                        .noneMatch(o -> o.ref().sameObject(c.ref())))
            .map(c -> c.ref().display())
            .toList();
    List<String> all = new ArrayList<>(kept);
    all.addAll(claims);
    return all.isEmpty() ? "" : ". It leaves " + String.join(", ", all);
  }
}
