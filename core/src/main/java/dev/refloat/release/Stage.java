package dev.refloat.release;

import java.util.Optional;

/// How far a release came before it got stuck. A rule is a cause only at the stages it names: a
/// crashing
/// pod of the old revision is not why new values are refused.
public enum Stage {
  /// `metadata.deletionTimestamp` is set.
  DELETION("deletion"),
  SUSPENDED("suspended"),
  /// No controller has looked at the newest generation.
  NOT_RECONCILED("not-reconciled"),
  /// Before any Helm action: dependencies, sources, values, cluster access (flux-facts §2.1).
  PREREQUISITE("prerequisite"),
  /// Helm storage is in a state that the controller cannot act on (StateError).
  STATE("state"),
  /// Helm renders or applies; the failure text names the reason.
  ACTION("action"),
  /// Helm waited for objects; the objects have to be looked at.
  WAIT("wait"),
  /// A hook failed.
  HOOK("hook"),
  /// A Helm test failed.
  TEST("test"),
  /// A remediation (rollback, uninstall) failed, with nothing left of the first failure.
  REMEDIATION("remediation"),
  /// Ready=True. Looked at all the same: Ready is not believed blindly.
  READY("ready"),
  /// An action is running within its time and nothing failed before.
  IN_FLIGHT("in-flight");

  private final String word;

  Stage(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }

  public static Optional<Stage> of(String word) {
    for (Stage s : values()) {
      if (s.word.equals(word)) {
        return Optional.of(s);
      }
    }
    return Optional.empty();
  }
}
