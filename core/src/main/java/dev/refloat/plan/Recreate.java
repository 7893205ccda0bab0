package dev.refloat.plan;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The runbook's option D. Deleting a HelmRelease uninstalls it, unless it is suspended first: then
/// its objects, Helm records and HelmChart all stay, and the new HelmRelease adopts them by an
/// upgrade (experiments 4 and 5; flux-facts §3.3).
final class Recreate {

  /// Objects whose loss would stop something, or lose data.
  private static final Set<String> KEPT =
      Set.of("Deployment", "StatefulSet", "DaemonSet", "Service", "PersistentVolumeClaim");

  private Recreate() {}

  static Draft draft(Situation s) {
    if (s.view().deleting()) {
      return Draft.refused(
          s.view().ref().path() + " is being deleted already",
          "see refloat explain deletion-stuck");
    }
    Optional<Resource> owner = s.owner();
    List<Step> steps = new ArrayList<>();
    List<ObjectRef> saved = new ArrayList<>(List.of(s.release()));
    s.belongings().objects().forEach(o -> saved.add(o.ref()));
    s.claims().stream()
        .filter(c -> saved.stream().noneMatch(c.ref()::sameObject))
        .forEach(c -> saved.add(c.ref()));
    steps.add(Moves.backup(s, saved, "backup-release"));
    // a volume outlives a mistake: nothing here deletes a claim, and if something else does, the
    // data stays
    if (Volumes.keep(s, "") instanceof Draft.Steps(var keep)) {
      steps.addAll(keep);
    }
    if (!s.view().suspended()) {
      steps.add(
          FluxSteps.suspend(s, "A HelmRelease that is deleted while suspended leaves its objects"));
    }
    steps.add(
        new Step(
            "delete-release",
            "Delete " + s.release().display() + ", keeping its objects and Helm records",
            "Its status starts afresh; nothing that runs is touched",
            Risk.DESTRUCTIVE,
            new Effect.Delete(s.release(), s.resource().uid(), Propagation.BACKGROUND),
            List.of(
                new Guard.IsSuspended(s.release()),
                new Guard.Idle(s.release()),
                new Guard.BackedUp(s.release()),
                new Guard.SameObject(s.release(), s.resource().uid())),
            new Expectation.Gone(s.release(), s.resource().uid()),
            Duration.ofMinutes(3),
            new Undo.FromBackup("the next step creates it again"),
            List.of("kubectl delete helmrelease " + s.named())));
    if (owner.isPresent() && !owner.get().spec("suspend").isTrue()) {
      ObjectRef ks = owner.get().ref();
      steps.add(
          new Step(
              "apply-owner",
              "Let " + ks.display() + " apply it again",
              "Git declares the release",
              Risk.SAFE,
              new Effect.Request(ks, false, false),
              List.of(),
              new Expectation.Exists(s.release()),
              Duration.ofMinutes(10),
              new Undo.Nothing("Flux applies what Git says"),
              List.of("flux reconcile kustomization " + ks.name() + " -n " + ks.namespace())));
    } else {
      steps.add(
          new Step(
              "restore-release",
              "Create " + s.release().display() + " again from the backup, not suspended",
              "Nothing in the cluster applies it by itself",
              Risk.SAFE,
              new Effect.Restore(s.release()),
              List.of(new Guard.BackedUp(s.release())),
              new Expectation.Exists(s.release()),
              FluxSteps.SHORT,
              new Undo.Nothing("it is what was there before"),
              List.of("kubectl apply -f helmrelease-" + s.view().ref().name() + ".yaml")));
    }
    // the suspension went with the object; a restored one is created without it
    steps.add(FluxSteps.resume(s));
    List<Expectation.Identity> kept =
        s.belongings().objects().stream()
            .filter(o -> KEPT.contains(o.kind()))
            .map(o -> new Expectation.Identity(o.ref(), o.uid()))
            .toList();
    if (!kept.isEmpty()) {
      steps.add(
          StatefulSets.kept(
              s.release(), "adopted", kept, "the new release has adopted what was there"));
    }
    return new Draft.Steps(steps);
  }
}
