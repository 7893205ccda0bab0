package dev.refloat.plan;

import java.util.Optional;

/// What the person asks of a plan.
///
/// @param option one of the runbook's options instead of the remedy of the cause
/// @param remedy one remedy of the cause, by id
/// @param revision for a rollback: which revision
/// @param claim for a volume: which claim
/// @param git whether a working tree of the repository is at hand, so that fields can be edited
/// @param recovery the id of the recovery, or a placeholder in a plan that is only shown
public record Wishes(
    Optional<RunbookOption> option,
    Optional<String> remedy,
    Optional<Integer> revision,
    Optional<String> claim,
    boolean git,
    String recovery) {

  /// No wish at all.
  public static Wishes none() {
    return new Wishes(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false, "RECOVERY");
  }

  public Wishes forRecovery(String id) {
    return new Wishes(option, remedy, revision, claim, git, id);
  }
}
