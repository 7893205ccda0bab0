package dev.refloat.plan;

import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import dev.refloat.release.Workloads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Steps for the claims and volumes of a release (runbook step 4; design, Safety 3). Whatever
/// follows, the volume is kept and a snapshot is ready to use before a claim is deleted.
final class Volumes {

  private static final Duration SNAPSHOT_LIMIT = Duration.ofMinutes(15);

  /// What databases say when the password is not the one that the volume was first started with.
  private static final Pattern CREDENTIALS =
      Pattern.compile(
          "(?i)credentials? (?:are|were|is) refused|password is refused|Access denied for user"
              + "|password authentication failed|Authentication ?failed|WRONGPASS|NOAUTH"
              + "|keeps the (?:old )?password|volume (?:is older|keeps)");

  private static final Pattern OTHER_VERSION =
      Pattern.compile("is of another version than the program");

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

  /// Replaces a claim by a new one: empty, or from a snapshot. Keep the volume, take a snapshot,
  /// suspend, delete the claim and let go of it the pods that hold it, wait for the new claim,
  /// resume, see the workload run.
  static Draft replace(Situation s, String wanted) {
    Optional<Draft> refusal = intact(s);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    List<Resource> claims = chosen(s, wanted);
    if (claims.isEmpty()) {
      return Draft.refused(
          wanted.isEmpty()
              ? "no claim of " + s.view().ref().path() + " was found"
              : "the release has no claim " + wanted,
          "kubectl get pvc -n " + s.view().targetNamespace());
    }
    if (claims.size() > 1) {
      List<Resource> broken = claims.stream().filter(c -> heldByBrokenPod(s, c)).toList();
      claims = broken.size() == 1 ? broken : claims;
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
    Optional<String> restore = s.wishes().snapshot();
    List<Resource> pods = podsUsing(s, claim);
    if (restore.isEmpty() && !pods.isEmpty() && pods.stream().allMatch(Workloads::healthy)) {
      return Draft.refused(
          "the pods that use " + claim.ref().display() + " are ready",
          "nothing has to be replaced; a claim is restored with --restore-snapshot");
    }
    Optional<Resource> set = setOf(s, claim);
    if (restore.isPresent() && set.isEmpty()) {
      return Draft.refused(
          "claim " + claim.name() + " is not of a StatefulSet's template",
          "set dataSource of the claim in the chart's values, and replace the claim");
    }
    return new Draft.Steps(steps(s, claim, volume, set, pods));
  }

  private static List<Step> steps(
      Situation s,
      Resource claim,
      Optional<Resource> volume,
      Optional<Resource> set,
      List<Resource> pods) {
    List<Step> steps = new ArrayList<>();
    List<ObjectRef> saved = new ArrayList<>(List.of(claim.ref()));
    volume.ifPresent(v -> saved.add(v.ref()));
    s.belongings().workloads().forEach(w -> saved.add(w.ref()));
    Optional<Step> snapshot = volume.isPresent() ? snapshotStep(s, claim) : Optional.empty();
    boolean lost = volume.isPresent() && snapshot.isEmpty();
    Step backup = Moves.backup(s, saved, "backup-" + claim.name());
    // refused before anything is touched, not half-way
    steps.add(lost ? backup.guarded(new Guard.LossAccepted(claim.ref())) : backup);
    keepStep(s, claim).ifPresent(steps::add);
    List<Guard> guards = new ArrayList<>();
    guards.add(new Guard.Marked(s.release()));
    guards.add(new Guard.IsSuspended(s.release()));
    guards.add(new Guard.Idle(s.release()));
    guards.add(new Guard.SameObject(claim.ref(), claim.uid()));
    guards.add(new Guard.BackedUp(claim.ref()));
    volume.ifPresent(v -> guards.add(new Guard.VolumeKept(v.ref())));
    Optional<ObjectRef> restored =
        s.wishes()
            .snapshot()
            .map(
                name ->
                    new ObjectRef(
                        "snapshot.storage.k8s.io/v1", "VolumeSnapshot", claim.namespace(), name));
    if (restored.isPresent()) {
      guards.add(new Guard.UsableSnapshot(restored.get()));
    }
    if (snapshot.isPresent()) {
      steps.add(snapshot.get());
      guards.add(new Guard.SnapshotReady(snapshotRef(s, claim), claim.ref()));
    } else if (lost) {
      guards.add(new Guard.LossAccepted(claim.ref()));
    }
    if (restored.isEmpty() && !pods.isEmpty()) {
      guards.add(new Guard.StillBroken(pods.stream().map(Resource::ref).toList()));
    }
    if (!s.view().suspended()) {
      steps.add(FluxSteps.suspend(s, "Flux must not act while the volume is replaced"));
    }
    if (restored.isPresent() && set.isPresent()) {
      steps.add(scale(set.get(), 0, "Its controller would make an empty claim at once"));
    }
    steps.add(delete(claim, guards));
    steps.add(letGo(claim));
    steps.add(waitFor("claim-gone", claim, new Expectation.Gone(claim.ref(), claim.uid())));
    restored.ifPresent(from -> steps.add(fromSnapshot(claim, from)));
    if (restored.isPresent() && set.isPresent()) {
      steps.add(
          scale(
              set.get(),
              Math.toIntExact(Workloads.desired(set.get())),
              "The claim is there for its pod"));
    }
    Step bound =
        waitFor("claim-bound", claim, new Expectation.ClaimBound(claim.ref(), claim.uid()));
    if (set.isPresent()) {
      steps.add(bound); // the StatefulSet's controller makes it anew
      steps.add(FluxSteps.resume(s));
    } else {
      steps.add(FluxSteps.resume(s));
      if (s.view().ready()) {
        // nothing has changed for Flux, so that it would not make the claim again by itself
        steps.addAll(FluxSteps.request(s, false, true));
      }
      steps.add(bound);
    }
    for (Resource workload : holders(s, pods, set)) {
      steps.add(starts(workload));
    }
    if (restored.isPresent() && set.isPresent()) {
      steps.add(forget(set.get()));
    }
    return steps;
  }

  /// The data is not damaged when only its password or its version is another: replacing the volume
  /// would lose it for nothing.
  private static Optional<Draft> intact(Situation s) {
    String summary = s.diagnosis().summary();
    if (s.wishes().snapshot().isEmpty() && CREDENTIALS.matcher(summary).find()) {
      return Optional.of(
          Draft.refused(
              "the data on the volume is intact, only its password is another: " + summary,
              "give the release the password that the volume was first started with (in the Secret"
                  + " or values that hold it), or change it inside the database; a new volume"
                  + " would lose the data"));
    }
    if (s.wishes().snapshot().isEmpty() && OTHER_VERSION.matcher(summary).find()) {
      return Optional.of(
          Draft.refused(
              "the data on the volume is intact, the program is of another version: " + summary,
              "run the version that wrote the data again, or migrate as its maker says"));
    }
    return Optional.empty();
  }

  private static boolean heldByBrokenPod(Situation s, Resource claim) {
    return podsUsing(s, claim).stream().anyMatch(p -> !Workloads.healthy(p));
  }

  /// The StatefulSet whose template the claim is of.
  private static Optional<Resource> setOf(Situation s, Resource claim) {
    boolean own =
        s.belongings().of(Kind.PERSISTENT_VOLUME_CLAIM).stream()
            .anyMatch(c -> c.name().equals(claim.name()));
    if (own) {
      return Optional.empty();
    }
    for (Resource set : s.belongings().of(Kind.STATEFUL_SET)) {
      for (Json template : set.spec("volumeClaimTemplates").list()) {
        String prefix = template.at("metadata", "name").text() + "-" + set.name() + "-";
        if (claim.name().startsWith(prefix)
            && claim.name().substring(prefix.length()).matches("\\d+")) {
          return Optional.of(set);
        }
      }
    }
    return Optional.empty();
  }

  private static List<Resource> holders(Situation s, List<Resource> pods, Optional<Resource> set) {
    if (set.isPresent()) {
      return List.of(set.get());
    }
    return pods.stream()
        .flatMap(p -> s.belongings().workloadOf(p).stream())
        .filter(w -> !w.kind().equals("Pod"))
        .distinct()
        .toList();
  }

  private static Step delete(Resource claim, List<Guard> guards) {
    return new Step(
        "delete-claim-" + claim.name(),
        "Delete claim " + claim.ref().path(),
        "Its volume "
            + claim.spec("volumeName").text("(none)")
            + " stays, as a released PersistentVolume",
        Risk.DESTRUCTIVE,
        new Effect.Delete(claim.ref(), claim.uid(), Propagation.BACKGROUND),
        guards,
        new Expectation.Written(),
        FluxSteps.SHORT,
        new Undo.FromBackup(
            "the kept volume can be bound again: take claimRef off it, and create the claim with"
                + " its volumeName"),
        List.of(
            "kubectl delete pvc " + claim.name() + " -n " + claim.namespace() + " --wait=false"));
  }

  private static Step letGo(Resource claim) {
    return new Step(
        "let-go-" + claim.name(),
        "Delete the pods that hold claim "
            + claim.ref().path()
            + "; their controller starts others",
        "A claim goes only when no pod uses it",
        Risk.DISRUPTIVE,
        new Effect.LetGo(claim.ref(), claim.uid()),
        List.of(),
        new Expectation.Written(),
        FluxSteps.SHORT,
        new Undo.Nothing("the controller of the pods starts other ones"),
        List.of(
            "kubectl describe pvc " + claim.name() + " -n " + claim.namespace() + " | grep Used",
            "kubectl delete pod POD -n " + claim.namespace()));
  }

  private static Step scale(Resource set, int replicas, String why) {
    int now = Math.toIntExact(Workloads.desired(set));
    return new Step(
        (replicas == 0 ? "scale-down-" : "scale-up-") + set.name(),
        "Scale " + set.ref().display() + " to " + replicas,
        why,
        Risk.DISRUPTIVE,
        new Effect.Patch(set.ref(), set.uid(), replicas(replicas), replicas(now)),
        List.of(new Guard.SameObject(set.ref(), set.uid())),
        new Expectation.FieldIs(set.ref(), "spec.replicas", Integer.toString(replicas)),
        FluxSteps.SHORT,
        replicas == 0
            ? new Undo.Reverse(
                new Effect.Patch(set.ref(), set.uid(), replicas(now), replicas(0)), true)
            : new Undo.Nothing("it is what it was before"),
        List.of(
            "kubectl scale statefulset "
                + set.name()
                + " -n "
                + set.namespace()
                + " --replicas="
                + replicas));
  }

  /// Scaling makes Refloat an owner of `replicas`, which a later chart must be able to change.
  private static Step forget(Resource set) {
    return new Step(
        "forget-" + set.name(),
        "Give up the ownership of replicas of " + set.ref().display(),
        "Scaling made " + Marks.MANAGER + " an owner; the value is what it was before",
        Risk.SAFE,
        new Effect.Forget(set.ref(), set.uid()),
        List.of(),
        new Expectation.Written(),
        FluxSteps.SHORT,
        new Undo.Nothing("the value stays"),
        List.of(
            "kubectl get statefulset "
                + set.name()
                + " -n "
                + set.namespace()
                + " -o yaml --show-managed-fields"));
  }

  private static Json replicas(int count) {
    return Json.builder().put("spec", Json.builder().put("replicas", count).build()).build();
  }

  /// The claim again, with the snapshot as the source of its data.
  private static Step fromSnapshot(Resource claim, ObjectRef snapshot) {
    Json.Obj spec = claim.spec() instanceof Json.Obj o ? o : Json.emptyObject();
    Json content =
        Json.builder()
            .put("apiVersion", "v1")
            .put("kind", "PersistentVolumeClaim")
            .put(
                "metadata",
                Json.builder()
                    .put("name", claim.name())
                    .put("namespace", claim.namespace())
                    .put(
                        "labels",
                        claim.meta("labels").exists() ? claim.meta("labels") : Json.emptyObject())
                    .build())
            .put(
                "spec",
                spec.without("volumeName")
                    .without("dataSourceRef")
                    .with(
                        "dataSource",
                        Json.builder()
                            .put("apiGroup", "snapshot.storage.k8s.io")
                            .put("kind", "VolumeSnapshot")
                            .put("name", snapshot.name())
                            .build()))
            .build();
    return new Step(
        "restore-claim-" + claim.name(),
        "Create claim " + claim.ref().path() + " from snapshot " + snapshot.name(),
        "The new volume begins with the data of the snapshot",
        Risk.SAFE,
        new Effect.Create(claim.ref(), content),
        List.of(new Guard.UsableSnapshot(snapshot)),
        new Expectation.Exists(claim.ref()),
        FluxSteps.SHORT,
        new Undo.Nothing("the old volume is kept beside it"),
        List.of(
            "kubectl create -f claim.yaml (dataSource: VolumeSnapshot " + snapshot.name() + ")"));
  }

  private static Step starts(Resource workload) {
    return new Step(
        "starts-" + workload.name(),
        "Wait until " + workload.ref().display() + " is ready",
        "A release that is Ready has not looked at its pods again",
        Risk.SAFE,
        new Effect.Watch(workload.ref()),
        List.of(),
        new Expectation.WorkloadReady(workload.ref()),
        Duration.ofMinutes(10),
        new Undo.Nothing("nothing is done"),
        List.of(
            "kubectl rollout status "
                + workload.kind().toLowerCase(java.util.Locale.ROOT)
                + "/"
                + workload.name()
                + " -n "
                + workload.namespace()));
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
