package dev.refloat.plan;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// What the person asks of a plan.
///
/// @param option one of the runbook's options instead of the remedy of the cause
/// @param remedy one remedy of the cause, by id
/// @param revision for a rollback: which revision
/// @param claim for a volume: which claim
/// @param snapshot for a volume: the VolumeSnapshot that the new claim gets its data from
/// @param git whether a working tree of the repository is at hand, so that fields can be edited
/// @param without remedies that were tried already and did not help
/// @param recovery the id of the recovery, or a placeholder in a plan that is only shown
public record Wishes(
    Optional<RunbookOption> option,
    Optional<String> remedy,
    Optional<Integer> revision,
    Optional<String> claim,
    Optional<String> snapshot,
    boolean git,
    Set<String> without,
    String recovery) {

  public Wishes {
    without = Set.copyOf(without);
  }

  /// Wishes of a first try.
  public Wishes(
      Optional<RunbookOption> option,
      Optional<String> remedy,
      Optional<Integer> revision,
      Optional<String> claim,
      Optional<String> snapshot,
      boolean git,
      String recovery) {
    this(option, remedy, revision, claim, snapshot, git, Set.of(), recovery);
  }

  /// No wish at all.
  public static Wishes none() {
    return new Wishes(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        "RECOVERY");
  }

  public Wishes forRecovery(String id) {
    return new Wishes(option, remedy, revision, claim, snapshot, git, without, id);
  }

  /// The same wishes after a remedy did not help: whatever else there is.
  public Wishes without(String tried) {
    Set<String> all = new LinkedHashSet<>(without);
    all.add(tried);
    return new Wishes(
        Optional.empty(), Optional.empty(), revision, claim, snapshot, git, all, recovery);
  }
}
