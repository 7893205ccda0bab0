package dev.refloat.plan;

/// How a step is taken back.
public sealed interface Undo {

  /// There is nothing to take back.
  ///
  /// @param why in a few words
  record Nothing(String why) implements Undo {}

  /// By another effect.
  ///
  /// @param temporary whether the step must not outlive the recovery
  record Reverse(Effect effect, boolean temporary) implements Undo {}

  /// From the backup of this recovery.
  record FromBackup(String how) implements Undo {}

  /// Not at all: only with an approval that names the object.
  record Impossible(String why) implements Undo {}
}
