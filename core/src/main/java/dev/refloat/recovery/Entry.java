package dev.refloat.recovery;

import dev.refloat.plan.Plan;
import java.time.Instant;
import java.util.List;

/// One line of a journal. Written, and on disk, before what it announces happens.
public sealed interface Entry {

  Instant at();

  /// A recovery was begun.
  ///
  /// @param who user and host
  /// @param context the cluster it works on
  record Opened(Instant at, String id, String who, String context, Plan plan) implements Entry {}

  /// A person allowed a destructive step, or accepted a loss, by name.
  ///
  /// @param object `kind/namespace/name`
  /// @param how `--approve`, `typed`, `--accept-loss`
  record Approved(Instant at, String object, String how) implements Entry {}

  /// A step is about to act.
  ///
  /// @param token what a request to Flux carries
  record Started(Instant at, String step, String token) implements Entry {}

  /// A step's effect was carried out.
  ///
  /// @param note what came of it: a commit id, where a backup is
  record Acted(Instant at, String step, String note) implements Entry {}

  /// A step's expectation holds.
  record Finished(Instant at, String step) implements Entry {}

  /// A step did not work.
  record Failed(Instant at, String step, String why) implements Entry {}

  /// A step was taken back.
  record Undone(Instant at, String step) implements Entry {}

  /// The world had changed: another plan goes on.
  record Replanned(Instant at, String why, Plan plan) implements Entry {}

  /// The recovery is over.
  ///
  /// @param verdict a word of [Verdict.Outcome]
  /// @param left what was left behind on purpose, such as a suspension
  record Closed(Instant at, String verdict, String why, List<String> left) implements Entry {
    public Closed {
      left = List.copyOf(left);
    }
  }
}
