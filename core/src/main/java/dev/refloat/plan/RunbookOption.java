package dev.refloat.plan;

import java.util.Optional;

/// The options of the runbook, step 3 and 4.
public enum RunbookOption {
  /// Option A.
  RECONCILE("reconcile", "Reconcile"),
  /// Option B.
  SUSPEND_RESUME("suspend-resume", "Suspend, fix, resume"),
  /// Option C.
  ROLLBACK("rollback", "Return to a revision that worked"),
  /// Option D.
  RECREATE("recreate", "Delete and recreate, keeping what must be kept"),
  /// Step 4.
  VOLUME("volume", "Recover a volume");

  private final String word;
  private final String title;

  RunbookOption(String word, String title) {
    this.word = word;
    this.title = title;
  }

  public String word() {
    return word;
  }

  public String title() {
    return title;
  }

  public static Optional<RunbookOption> of(String word) {
    for (RunbookOption o : values()) {
      if (o.word.equals(word)) {
        return Optional.of(o);
      }
    }
    return Optional.empty();
  }
}
