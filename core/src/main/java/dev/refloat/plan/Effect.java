package dev.refloat.plan;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One change of the world, as data. Every effect can be carried out again after it was carried out
/// already without doing more: tokens and names come from the recovery's id, deletions name a uid,
/// Helm actions name the revision that they found.
public sealed interface Effect {

  /// What it acts on.
  ObjectRef object();

  /// Where an effect shows that was carried out by a recovery which could not note it any more.
  default Set<Inquiry> traces() {
    return Set.of();
  }

  /// Whether a started effect was carried out already. Then nothing has to hold before it any more:
  /// its own outcome would be taken for a change of the world. It may also be under way still.
  default Judgement done(Evidence now) {
    return NO_TRACE;
  }

  /// Nothing shows that it was carried out.
  Judgement NO_TRACE = Judgement.fails("nothing shows that it was done");

  /// Notes on the HelmRelease that a recovery is at work, so that a second one keeps out. Written
  /// with
  /// the resourceVersion that was read.
  record Mark(ObjectRef object) implements Effect {}

  /// Takes the note away, and only the note of this recovery.
  record Unmark(ObjectRef object) implements Effect {}

  /// Asks a Flux controller to reconcile an object now (`reconcile.fluxcd.io/requestedAt`), with
  /// the
  /// same token for reset and force where they are asked for (flux-facts §3.1).
  record Request(ObjectRef object, boolean reset, boolean force) implements Effect {}

  /// Sets `spec.suspend`, and notes on the object who did it, why and until when.
  record Suspend(ObjectRef object, String reason, Duration atMost) implements Effect {}

  /// Takes `spec.suspend` away, with the notes.
  record Resume(ObjectRef object) implements Effect {}

  /// A JSON merge patch as field manager `refloat`.
  ///
  /// @param uid what the object must still be; empty: whichever has the name
  /// @param reverse the merge patch that brings back what was there
  record Patch(ObjectRef object, String uid, Json patch, Json reverse) implements Effect {
    @Override
    public Set<Inquiry> traces() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement done(Evidence now) {
      return now.find(object).map(r -> merged(r.root(), patch)).orElse(false)
          ? Judgement.HOLDS
          : NO_TRACE;
    }

    private static boolean merged(Json tree, Json patch) {
      if (patch instanceof Json.Obj fields) {
        return fields.keys().stream().allMatch(k -> merged(tree.get(k), fields.get(k)));
      }
      return patch instanceof Json.Null ? !tree.exists() : tree.equals(patch);
    }
  }

  /// Edits fields in Git, byte for byte as little as possible, commits and pushes.
  ///
  /// @param message why, for the commit
  record Edit(ObjectRef object, List<FieldEdit> edits, String message) implements Effect {
    public Edit {
      edits = List.copyOf(edits);
    }
  }

  /// Writes objects, and the Helm storage of a release, to the backup of this recovery, and reads
  /// them
  /// back.
  ///
  /// @param object the release they belong to
  /// @param helmStorage whether the release's Helm storage Secrets are kept, too
  record Backup(ObjectRef object, List<ObjectRef> objects, boolean helmStorage) implements Effect {
    public Backup {
      objects = List.copyOf(objects);
    }
  }

  /// Makes an object. One that is there already and carries this recovery's id counts as made.
  record Create(ObjectRef object, Json content) implements Effect {}

  /// Deletes one object and no other that may have its name by then.
  ///
  /// @param uid the object that was looked at
  record Delete(ObjectRef object, String uid, Propagation propagation) implements Effect {
    @Override
    public Set<Inquiry> traces() {
      return Set.of(new Inquiry.ObjectNamed(object));
    }

    @Override
    public Judgement done(Evidence now) {
      boolean there =
          now.find(object).map(r -> r.uid().equals(uid) && r.deleted().isEmpty()).orElse(false);
      return there ? NO_TRACE : Judgement.HOLDS;
    }
  }

  /// Deletes the pods that hold a claim which is being deleted, so that it can go. Only pods that a
  /// controller starts again.
  ///
  /// @param uid the claim that was looked at
  record LetGo(ObjectRef object, String uid) implements Effect {}

  /// Takes the entry of Refloat's own updates out of `managedFields`; the fields stay as they are.
  /// For fields that were set for a time and have their old value again.
  record Forget(ObjectRef object, String uid) implements Effect {}

  /// Takes the finalizer of a controller that is gone off an object that is being deleted.
  record RemoveFinalizer(ObjectRef object, String uid, String finalizer) implements Effect {}

  /// Creates an object again from this recovery's backup, if it is not there.
  record Restore(ObjectRef object) implements Effect {}

  /// Gives up every field that a manager owns on objects: a server-side apply of nothing as that
  /// manager (experiments 3).
  ///
  /// @param object the release they belong to
  record Disown(ObjectRef object, List<ObjectRef> objects, String manager) implements Effect {
    public Disown {
      objects = List.copyOf(objects);
    }
  }

  /// Removes fields that a manager alone owns, by a JSON patch made from the object as it is then.
  ///
  /// @param uid what the object must still be
  /// @param fields paths as [FieldOwnership] has them
  record RemoveFields(ObjectRef object, String uid, String manager, List<List<String>> fields)
      implements Effect {
    public RemoveFields {
      fields = fields.stream().map(List::copyOf).toList();
    }
  }

  /// `helm rollback REVISION --force-conflicts`, while Flux is suspended.
  ///
  /// @param newest the newest revision in storage when the plan was made
  /// @param limit how long Helm waits
  record HelmRollback(
      ObjectRef object,
      String storageNamespace,
      String releaseName,
      int revision,
      int newest,
      Duration limit)
      implements Effect {

    /// How long after its limit a Helm that says nothing is taken for dead.
    private static final Duration GRACE = Duration.ofSeconds(30);

    @Override
    public Set<Inquiry> traces() {
      return Set.of(new Inquiry.HelmRecordNames(storageNamespace, releaseName));
    }

    /// Helm goes on when only Refloat is killed. One that was killed, too, leaves a pending record:
    /// then the rollback is done once more, which Helm allows.
    @Override
    public Judgement done(Evidence now) {
      Optional<Resource> made =
          now.recordNames(storageNamespace, releaseName).stream()
              .filter(r -> Json.from(r.label("version").orElse("0")).integer(0) > newest)
              .findFirst();
      String status = made.flatMap(r -> r.label("status")).orElse("");
      if (status.equals("deployed")) {
        return Judgement.HOLDS;
      }
      boolean alive =
          made.flatMap(r -> r.label("modifiedAt").or(() -> r.label("createdAt")))
              .map(seconds -> Json.from(seconds).integer(0))
              .map(java.time.Instant::ofEpochSecond)
              .or(() -> made.flatMap(r -> Times.parse(r.meta("creationTimestamp").text())))
              .map(at -> at.plus(limit).plus(GRACE).isAfter(now.takenAt()))
              .orElse(false);
      return status.startsWith("pending") && alive
          ? Judgement.notYet("helm is still at work on its rollback")
          : NO_TRACE;
    }
  }

  /// `helm uninstall --no-hooks`, while Flux is suspended.
  ///
  /// @param limit how long Helm waits
  record HelmUninstall(
      ObjectRef object, String storageNamespace, String releaseName, int newest, Duration limit)
      implements Effect {}

  /// Something only a person can do.
  record ByHand(ObjectRef object, String what) implements Effect {}

  /// Nothing; the step waits for its expectation.
  record Watch(ObjectRef object) implements Effect {}
}
