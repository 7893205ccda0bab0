package dev.refloat.plan;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Workloads;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What must hold right before a step acts. Judged on evidence that was collected after the step
/// before.
public sealed interface Guard {

  /// What it has to look at, beyond what a diagnosis of the release collects anyway.
  default Set<Inquiry> needs() {
    return Set.of();
  }

  Judgement judge(Evidence now, Facts facts);

  /// No Helm action is running for the release: it would go on to its end whatever is done
  /// (experiments 11).
  record Idle(ObjectRef release) implements Guard {
    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return view(release, now)
          .map(
              v ->
                  v.inFlight()
                      ? Judgement.notYet("a Helm action is running; it goes on to its end")
                      : Judgement.HOLDS)
          .orElse(Judgement.HOLDS);
    }
  }

  /// The release is there, and not being deleted.
  record Present(ObjectRef release) implements Guard {
    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<ReleaseView> v = view(release, now);
      if (v.isEmpty()) {
        return Judgement.fails(release.display() + " does not exist any more");
      }
      return v.get().deleting()
          ? Judgement.fails(release.display() + " is being deleted")
          : Judgement.HOLDS;
    }
  }

  /// No other recovery works on the release.
  record Unclaimed(ObjectRef release) implements Guard {
    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> r = now.find(release);
      return r.flatMap(x -> Claim.of(x, now.takenAt()))
          .filter(c -> !c.recovery().equals(facts.recovery()))
          .map(c -> Judgement.fails(c.says()))
          .orElse(Judgement.HOLDS);
    }
  }

  /// The release still carries this recovery's mark.
  record Marked(ObjectRef release) implements Guard {
    @Override
    public Judgement judge(Evidence now, Facts facts) {
      String by = now.find(release).flatMap(r -> r.annotation(Marks.RECOVERY)).orElse("");
      return by.equals(facts.recovery())
          ? Judgement.HOLDS
          : Judgement.fails(
              by.isEmpty()
                  ? "somebody took this recovery's mark off " + release.display()
                  : "recovery " + by + " has taken over " + release.display());
    }
  }

  /// The object is still the one that was looked at.
  record SameObject(ObjectRef object, String uid) implements Guard {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> r = now.find(object);
      if (r.isEmpty()) {
        return Judgement.HOLDS; // gone already: the step finds nothing to do
      }
      return r.get().uid().equals(uid)
          ? Judgement.HOLDS
          : Judgement.fails(object.display() + " is another object than the one that was planned");
    }
  }

  /// The spec of the release is still what the plan was made for.
  record SameSpec(ObjectRef release, long generation) implements Guard {
    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return now.find(release)
          .map(
              r ->
                  r.generation() == generation
                      ? Judgement.HOLDS
                      : Judgement.fails(
                          "the spec of " + release.display() + " was changed since the plan"))
          .orElse(Judgement.fails(release.display() + " does not exist any more"));
    }
  }

  /// The newest Helm revision is still the one that the plan was made for.
  record SameRevision(ObjectRef release, String storageNamespace, String releaseName, int newest)
      implements Guard {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.HelmRecordNames(storageNamespace, releaseName));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> record =
          now.recordNames(storageNamespace, releaseName).stream().findFirst();
      long found =
          record.flatMap(r -> r.label("version")).map(v -> Json.from(v).integer(0)).orElse(0L);
      // what this step itself began and could not end
      boolean own =
          facts.startedAt().isPresent()
              && found == newest + 1L
              && record
                  .flatMap(r -> r.label("status"))
                  .map(status -> status.equals("pending-rollback") || status.equals("failed"))
                  .orElse(false);
      return found == newest || found == 0 || own
          ? Judgement.HOLDS
          : Judgement.fails(
              "Helm made revision "
                  + found
                  + " of "
                  + releaseName
                  + " since the plan, which knew "
                  + newest);
    }
  }

  /// `spec.suspend` is set.
  record IsSuspended(ObjectRef release) implements Guard {
    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return view(release, now).map(ReleaseView::suspended).orElse(true)
          ? Judgement.HOLDS
          : Judgement.fails(
              release.display()
                  + " is not suspended any more: something resumed it (its Kustomization?)");
    }
  }

  /// The object was backed up in this recovery and the backup was read back.
  record BackedUp(ObjectRef object) implements Guard {
    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return facts.hasBackupOf(object)
          ? Judgement.HOLDS
          : Judgement.fails("there is no backup of " + object.display() + " that was read back");
    }
  }

  /// The volume outlives its claim.
  record VolumeKept(ObjectRef volume) implements Guard {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(volume));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> v = now.find(volume);
      if (v.isEmpty()) {
        return Judgement.fails(volume.display() + " could not be read");
      }
      String policy = v.get().spec("persistentVolumeReclaimPolicy").text();
      return policy.equals("Retain")
          ? Judgement.HOLDS
          : Judgement.fails(
              volume.display() + " has reclaim policy " + policy + ": its data would go");
    }
  }

  /// A VolumeSnapshot is ready to use, or the loss was accepted by name.
  record SnapshotReady(ObjectRef snapshot, ObjectRef claim) implements Guard {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(snapshot));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      if (facts.acceptsLossOf(claim)) {
        return Judgement.HOLDS;
      }
      return now.find(snapshot).map(s -> s.status("readyToUse").isTrue()).orElse(false)
          ? Judgement.HOLDS
          : Judgement.fails(
              "no snapshot of "
                  + claim.display()
                  + " is ready to use; accept the loss by name with --accept-loss pvc/"
                  + claim.namespace()
                  + "/"
                  + claim.name());
    }
  }

  /// A snapshot that data is to be restored from is ready to use.
  record UsableSnapshot(ObjectRef snapshot) implements Guard {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(snapshot));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return now.find(snapshot).map(s -> s.status("readyToUse").isTrue()).orElse(false)
          ? Judgement.HOLDS
          : Judgement.fails(snapshot.display() + " is not there, or not ready to use");
    }
  }

  /// Not all of the pods have become ready: what heals by itself is not replaced.
  record StillBroken(List<ObjectRef> pods) implements Guard {
    public StillBroken {
      pods = List.copyOf(pods);
    }

    @Override
    public Set<Inquiry> needs() {
      return new java.util.HashSet<>(pods.stream().map(Inquiry.ObjectNamed::new).toList());
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      boolean healthy =
          pods.stream().allMatch(p -> now.find(p).map(Workloads::healthy).orElse(false));
      return healthy
          ? Judgement.fails("the pods are ready by now: nothing has to be replaced")
          : Judgement.HOLDS;
    }
  }

  /// A person accepted by name that this object's data is lost.
  record LossAccepted(ObjectRef object) implements Guard {
    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return facts.acceptsLossOf(object)
          ? Judgement.HOLDS
          : Judgement.fails(
              "the data of "
                  + object.display()
                  + " cannot be backed up here; accept its loss by name with --accept-loss "
                  + Approvals.word(object));
    }
  }

  /// A field says what an edit wants, as far as text can say it; it is waited for, as Git brings
  /// it.
  record Says(ObjectRef object, FieldEdit wanted) implements Guard {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      String value = wanted.value().text();
      String is = now.find(object).map(r -> wanted.in(r.root()).text()).orElse("(it is gone)");
      return is.equals(value)
          ? Judgement.HOLDS
          : Judgement.notYet(
              object.display()
                  + " does not say "
                  + wanted.field()
                  + ": '"
                  + value
                  + "' yet, but '"
                  + is
                  + "'");
    }
  }

  /// An object has another spec than when the plan was made; it is waited for, as Git brings it.
  ///
  /// @param generation of then
  record NewSpec(ObjectRef object, long generation) implements Guard {
    @Override
    public Set<Inquiry> needs() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      return now.find(object).map(r -> r.generation() == generation).orElse(false)
          ? Judgement.notYet(
              "the spec of " + object.display() + " is as before: the change has not arrived")
          : Judgement.HOLDS;
    }
  }

  /// Git does not declare `suspend`: else kustomize-controller would resume at once.
  ///
  /// @param owner the Kustomization that applies the release
  record NotReverted(ObjectRef release, Optional<ObjectRef> owner) implements Guard {
    @Override
    public Set<Inquiry> needs() {
      return owner.<Set<Inquiry>>map(o -> Set.of(new Inquiry.ObjectNamed(o))).orElse(Set.of());
    }

    @Override
    public Judgement judge(Evidence now, Facts facts) {
      Optional<Resource> r = now.find(release);
      boolean declared =
          r.map(
                  x ->
                      x.meta("managedFields").list().stream()
                          .filter(m -> m.get("manager").text().equals("kustomize-controller"))
                          .anyMatch(m -> m.at("fieldsV1", "f:spec", "f:suspend").exists()))
              .orElse(false);
      if (!declared) {
        return Judgement.HOLDS;
      }
      boolean ownerSuspended =
          owner.flatMap(now::find).map(k -> k.spec("suspend").isTrue()).orElse(false);
      return ownerSuspended
          ? Judgement.HOLDS
          : Judgement.fails(
              "Git declares spec.suspend of "
                  + release.display()
                  + ", so its Kustomization would undo a suspension: suspend in Git, or suspend the Kustomization first");
    }
  }

  private static Optional<ReleaseView> view(ObjectRef release, Evidence now) {
    return now.find(release).map(r -> ReleaseView.of(r, now));
  }
}
