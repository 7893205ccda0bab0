package dev.refloat.rule;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a playbook can have done by itself: the vocabulary of `steps` in `playbook.yaml`. The
/// planner turns each into steps with guards, backups and undo, so that a playbook says what, and
/// never how it is made safe.
public enum MoveKind {
  /// Ask Flux to reconcile the release, with source, reset or force where they help.
  RECONCILE("reconcile", List.of(), List.of("source", "reset", "force")),
  /// Ask Flux to reconcile another object: a source, a Kustomization.
  RECONCILE_OBJECT("reconcile-object", List.of("kind", "name"), List.of("namespace")),
  /// End a suspension: of the release, or of the object named.
  RESUME("resume", List.of(), List.of("kind", "name", "namespace")),
  /// Delete an object of the release, which Flux then creates anew.
  DELETE("delete", List.of("kind", "name"), List.of("namespace", "cascade")),
  /// Delete pods so that their controller starts them anew: the one named, or every failing one.
  RESTART("restart", List.of(), List.of("name", "namespace")),
  /// Create a namespace.
  CREATE_NAMESPACE("create-namespace", List.of("name"), List.of()),
  /// Give up the fields that a manager other than helm-controller owns on the release's objects.
  DISOWN("disown", List.of(), List.of("manager")),
  /// Return to a revision that worked.
  ROLLBACK("rollback", List.of(), List.of("revision")),
  /// Delete the HelmRelease without its objects, and let it be created anew.
  RECREATE("recreate", List.of(), List.of()),
  /// Finish a `helm uninstall` that was interrupted.
  FINISH_UNINSTALL("finish-uninstall", List.of(), List.of()),
  /// Set the reclaim policy of the release's volumes to Retain.
  KEEP_VOLUMES("keep-volumes", List.of(), List.of("claim")),
  /// Take and verify a VolumeSnapshot of the release's claims.
  SNAPSHOT_VOLUMES("snapshot-volumes", List.of(), List.of("claim")),
  /// Replace a claim by a new, empty one.
  REPLACE_VOLUME("replace-volume", List.of(), List.of("claim")),
  /// Delete a StatefulSet without its pods and claims, so that Flux can create it with other claim
  /// templates; expand its claims where their class allows.
  REPLACE_STATEFUL_SET("replace-stateful-set", List.of("name"), List.of("namespace")),
  /// Take a finalizer whose controller is gone off an object that is being deleted.
  REMOVE_FINALIZER("remove-finalizer", List.of("kind", "name", "finalizer"), List.of("namespace")),
  /// Edit a field in Git: the one at `path`, or the only one in the release's values that has the
  /// value `old`.
  EDIT("edit", List.of("value"), List.of("path", "old", "kind", "name", "namespace")),
  /// Put objects back to what Helm applied: an upgrade by force where drift detection is off, and
  /// where it only warns, its correction for the time of this recovery.
  CORRECT_DRIFT("correct-drift", List.of(), List.of()),
  /// Ask a person to do it: the remedy's commands. `what` is the remedy's title when it is not
  /// given.
  BY_HAND("by-hand", List.of(), List.of("what")),
  /// Wait until the release is Ready by itself.
  WAIT("wait", List.of(), List.of());

  private final String word;
  private final List<String> required;
  private final List<String> optional;

  MoveKind(String word, List<String> required, List<String> optional) {
    this.word = word;
    this.required = required;
    this.optional = optional;
  }

  public String word() {
    return word;
  }

  /// The arguments that must be given.
  public List<String> required() {
    return required;
  }

  /// The arguments that may be given.
  public List<String> optional() {
    return optional;
  }

  public static Optional<MoveKind> of(String word) {
    return Arrays.stream(values()).filter(k -> k.word.equals(word)).findFirst();
  }

  /// All words, for messages.
  public static List<String> words() {
    return Arrays.stream(values()).map(MoveKind::word).toList();
  }
}
