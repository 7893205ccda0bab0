package dev.refloat.plan;

import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Steps for the claims and volumes of a release (runbook step 4; design, Safety 3). Whatever
/// follows, the volume is kept and a snapshot is ready to use before a claim is deleted.
final class Volumes {

  private static final Duration SNAPSHOT_LIMIT = Duration.ofMinutes(15);

  private Volumes() {}

  /// Sets the reclaim policy of the bound volumes to Retain.
  static Draft keep(Situation s, String claim) {
    List<Step> steps = new ArrayList<>();
    for (Resource c : chosen(s, claim)) {
      keepStep(s, c).ifPresent(steps::add);
    }
    return steps.isEmpty()
        ? Draft.refused("no bound volume was found that could be lost", "look at the claims")
        : new Draft.Steps(steps);
  }

  private static Optional<Step> keepStep(Situation s, Resource claim) {
    Optional<Resource> volume = s.volumeOf(claim);
    if (volume.isEmpty()
        || volume.get().spec("persistentVolumeReclaimPolicy").text().equals("Retain")) {
      return Optional.empty();
    }
    Resource v = volume.get();
    String before = v.spec("persistentVolumeReclaimPolicy").text("Delete");
    return Optional.of(
        new Step(
            "keep-volume-" + v.name(),
            "Keep volume " + v.name() + " when its claim " + claim.name() + " goes",
            "Its reclaim policy is " + before + ": without the claim the data would be deleted",
            Risk.SAFE,
            new Effect.Patch(v.ref(), v.uid(), policy("Retain"), policy(before)),
            List.of(new Guard.SameObject(v.ref(), v.uid())),
            new Expectation.FieldIs(v.ref(), "spec.persistentVolumeReclaimPolicy", "Retain"),
            FluxSteps.SHORT,
            new Undo.Reverse(
                new Effect.Patch(v.ref(), v.uid(), policy(before), policy("Retain")), false),
            List.of(
                "kubectl patch pv "
                    + v.name()
                    + " -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'")));
  }

  private static Json policy(String value) {
    return Json.builder()
        .put("spec", Json.builder().put("persistentVolumeReclaimPolicy", value).build())
        .build();
  }

  /// Takes a VolumeSnapshot of each claim and waits until it is ready to use.
  static Draft snapshot(Situation s, String claim) {
    List<Step> steps = new ArrayList<>();
    String missing = "";
    for (Resource c : chosen(s, claim)) {
      Optional<Step> step = snapshotStep(s, c);
      if (step.isPresent()) {
        steps.add(step.get());
      } else {
        missing = c.ref().display();
      }
    }
    if (!missing.isEmpty()) {
      return Draft.refused(
          "the cluster has no VolumeSnapshotClass for the driver of " + missing,
          "make a copy of the data by other means first");
    }
    return steps.isEmpty()
        ? Draft.refused("the release has no bound claim", "look at the claims")
        : new Draft.Steps(steps);
  }

  static ObjectRef snapshotRef(Situation s, Resource claim) {
    String name = claim.name() + "-" + s.wishes().recovery();
    return new ObjectRef(
        "snapshot.storage.k8s.io/v1",
        "VolumeSnapshot",
        claim.namespace(),
        name.toLowerCase(java.util.Locale.ROOT));
  }

  private static Optional<Step> snapshotStep(Situation s, Resource claim) {
    Optional<Resource> snapshotClass = snapshotClass(s, claim);
    if (snapshotClass.isEmpty() || claim.spec("volumeName").text().isEmpty()) {
      return Optional.empty();
    }
    ObjectRef ref = snapshotRef(s, claim);
    Json content =
        Json.builder()
            .put("apiVersion", ref.apiVersion())
            .put("kind", ref.kind())
            .put(
                "metadata",
                Json.builder().put("name", ref.name()).put("namespace", ref.namespace()).build())
            .put(
                "spec",
                Json.builder()
                    .put("volumeSnapshotClassName", snapshotClass.get().name())
                    .put(
                        "source",
                        Json.builder().put("persistentVolumeClaimName", claim.name()).build())
                    .build())
            .build();
    return Optional.of(
        new Step(
            "snapshot-" + claim.name(),
            "Take snapshot " + ref.name() + " of claim " + claim.ref().path(),
            "Whatever comes, the data as it is now can be had again",
            Risk.SAFE,
            new Effect.Create(ref, content),
            List.of(new Guard.SameObject(claim.ref(), claim.uid())),
            new Expectation.SnapshotReady(ref),
            SNAPSHOT_LIMIT,
            new Undo.Nothing("a snapshot takes room; delete it when it is not wanted any more"),
            List.of(
                "kubectl create -f - (VolumeSnapshot " + ref.name() + ")",
                "kubectl wait volumesnapshot "
                    + ref.name()
                    + " -n "
                    + ref.namespace()
                    + " --for=jsonpath='{.status.readyToUse}'=true --timeout=15m")));
  }

  private static Optional<Resource> snapshotClass(Situation s, Resource claim) {
    String driver =
        s.volumeOf(claim)
            .map(v -> v.spec("csi", "driver").text())
            .filter(d -> !d.isEmpty())
            .or(
                () ->
                    s.evidence()
                        .find(Kind.STORAGE_CLASS, "", claim.spec("storageClassName").text())
                        .map(c -> c.at("provisioner").text()))
            .orElse("");
    return s.evidence().all(Kind.VOLUME_SNAPSHOT_CLASS).stream()
        .filter(c -> !driver.isEmpty() && c.at("driver").text().equals(driver))
        .findFirst();
  }

  /// Replaces a claim by a new, empty one: keep, snapshot, suspend, delete the claim and the pods
  /// that use it, wait for the new claim, resume.
  static Draft replace(Situation s, String wanted) {
    List<Resource> claims = chosen(s, wanted);
    if (claims.isEmpty()) {
      return Draft.refused(
          wanted.isEmpty()
              ? "no claim of " + s.view().ref().path() + " was found"
              : "the release has no claim " + wanted,
          "kubectl get pvc -n " + s.view().targetNamespace());
    }
    if (claims.size() > 1) {
      return Draft.refused(
          "the release has several claims: "
              + String.join(", ", claims.stream().map(Resource::name).toList()),
          "name the one with --claim");
    }
    Resource claim = claims.getFirst();
    Optional<Resource> volume = s.volumeOf(claim);
    if (volume.isEmpty() && !claim.spec("volumeName").text().isEmpty()) {
      return Draft.refused(
          "the volume of " + claim.ref().display() + " may not be read, so it cannot be kept",
          "ask for the right to read and patch persistentvolumes: refloat permissions recover");
    }
    List<Resource> pods = podsUsing(s, claim);
    List<Step> steps = new ArrayList<>();
    List<ObjectRef> saved = new ArrayList<>(List.of(claim.ref()));
    volume.ifPresent(v -> saved.add(v.ref()));
    s.belongings().workloads().forEach(w -> saved.add(w.ref()));
    steps.add(Moves.backup(s, saved, "backup-" + claim.name()));
    keepStep(s, claim).ifPresent(steps::add);
    List<Guard> guards = new ArrayList<>();
    guards.add(new Guard.Marked(s.release()));
    guards.add(new Guard.IsSuspended(s.release()));
    guards.add(new Guard.Idle(s.release()));
    guards.add(new Guard.SameObject(claim.ref(), claim.uid()));
    guards.add(new Guard.BackedUp(claim.ref()));
    volume.ifPresent(v -> guards.add(new Guard.VolumeKept(v.ref())));
    if (volume.isPresent()) {
      Optional<Step> snapshot = snapshotStep(s, claim);
      if (snapshot.isPresent()) {
        steps.add(snapshot.get());
        guards.add(new Guard.SnapshotReady(snapshotRef(s, claim), claim.ref()));
      } else {
        guards.add(new Guard.LossAccepted(claim.ref()));
      }
    }
    if (!s.view().suspended()) {
      steps.add(FluxSteps.suspend(s, "Flux must not act while the volume is replaced"));
    }
    steps.add(
        new Step(
            "delete-claim-" + claim.name(),
            "Delete claim " + claim.ref().path(),
            "Its volume "
                + claim.spec("volumeName").text("(none)")
                + " stays, as a released PersistentVolume, and the new claim starts empty",
            Risk.DESTRUCTIVE,
            new Effect.Delete(claim.ref(), claim.uid(), Propagation.BACKGROUND),
            guards,
            new Expectation.Written(),
            FluxSteps.SHORT,
            new Undo.FromBackup(
                "the kept volume can be bound again: refloat restore RECOVERY says how"),
            List.of("kubectl delete pvc " + claim.name() + " -n " + claim.namespace())));
    for (Resource pod : pods) {
      steps.add(
          new Step(
              "restart-" + pod.name(),
              "Delete pod " + pod.ref().path() + ", which holds the claim",
              "A claim goes only when no pod uses it",
              Risk.DISRUPTIVE,
              new Effect.Delete(pod.ref(), pod.uid(), Propagation.BACKGROUND),
              List.of(new Guard.SameObject(pod.ref(), pod.uid())),
              new Expectation.Gone(pod.ref(), pod.uid()),
              Duration.ofMinutes(5),
              new Undo.Nothing("its controller starts another one"),
              List.of("kubectl delete pod " + pod.name() + " -n " + pod.namespace())));
    }
    steps.add(waitFor("claim-gone", claim, new Expectation.Gone(claim.ref(), claim.uid())));
    boolean ofTemplate =
        s.belongings().of(Kind.PERSISTENT_VOLUME_CLAIM).stream()
            .noneMatch(c -> c.name().equals(claim.name()));
    Step bound =
        waitFor("claim-bound", claim, new Expectation.ClaimBound(claim.ref(), claim.uid()));
    if (ofTemplate) {
      steps.add(bound); // the StatefulSet's controller makes it anew
      steps.add(FluxSteps.resume(s));
    } else {
      steps.add(FluxSteps.resume(s));
      steps.add(bound);
    }
    return new Draft.Steps(steps);
  }

  private static Step waitFor(String id, Resource claim, Expectation expectation) {
    return new Step(
        id + "-" + claim.name(),
        id.equals("claim-gone")
            ? "Wait until the old claim is gone"
            : "Wait until the new claim " + claim.ref().path() + " is bound",
        "The next step needs it",
        Risk.SAFE,
        new Effect.Watch(claim.ref()),
        List.of(),
        expectation,
        Duration.ofMinutes(10),
        new Undo.Nothing("nothing is done"),
        List.of("kubectl get pvc " + claim.name() + " -n " + claim.namespace() + " -w"));
  }

  private static List<Resource> chosen(Situation s, String claim) {
    return s.claims().stream().filter(c -> claim.isEmpty() || c.name().equals(claim)).toList();
  }

  private static List<Resource> podsUsing(Situation s, Resource claim) {
    return s.evidence().in(claim.namespace(), Kind.POD).stream()
        .filter(
            p ->
                p.spec("volumes").list().stream()
                    .anyMatch(
                        v ->
                            v.at("persistentVolumeClaim", "claimName").text().equals(claim.name())))
        .toList();
  }
}
