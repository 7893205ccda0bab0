package dev.refloat.plan;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.time.Duration;
import java.util.List;

/// One change of the world, as data. Every effect can be carried out again after it was carried out
/// already without doing more: tokens and names come from the recovery's id, deletions name a uid,
/// Helm actions name the revision that they found.
public sealed interface Effect {

  /// What it acts on.
  ObjectRef object();

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
  record Patch(ObjectRef object, String uid, Json patch, Json reverse) implements Effect {}

  /// Edits fields in Git, byte for byte as little as possible, commits and pushes.
  ///
  /// @param message why, for the commit
  record Edit(ObjectRef object, List<FieldChange> changes, String message) implements Effect {
    public Edit {
      changes = List.copyOf(changes);
    }
  }

  /// One field that Git has to say otherwise.
  ///
  /// @param path from the object's top: `spec.values.image.tag`
  /// @param value the new value; `null` of JSON removes the field
  record FieldChange(String path, Json value) {}

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
  record Delete(ObjectRef object, String uid, Propagation propagation) implements Effect {}

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
  record HelmRollback(
      ObjectRef object, String storageNamespace, String releaseName, int revision, int newest)
      implements Effect {}

  /// `helm uninstall --no-hooks`, while Flux is suspended.
  record HelmUninstall(ObjectRef object, String storageNamespace, String releaseName, int newest)
      implements Effect {}

  /// Something only a person can do.
  record ByHand(ObjectRef object, String what) implements Effect {}

  /// Nothing; the step waits for its expectation.
  record Watch(ObjectRef object) implements Effect {}
}
