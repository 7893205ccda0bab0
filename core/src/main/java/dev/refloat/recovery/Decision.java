package dev.refloat.recovery;

import dev.refloat.model.ObjectRef;
import dev.refloat.plan.Step;
import java.time.Instant;

/// What comes next in a recovery. A door carries it out, writes it to the journal and asks again
/// with fresh evidence; an operator would ask once per reconcile.
public sealed interface Decision {

  /// Write [Entry.Started] with this token, carry the effect out, write [Entry.Acted].
  record Act(Step step, String token) implements Decision {}

  /// The expectation holds: write [Entry.Finished].
  record Finish(Step step) implements Decision {}

  /// Look again in a moment.
  ///
  /// @param until when waiting becomes a failure
  record Wait(Step step, String why, Instant until) implements Decision {}

  /// A destructive step needs an approval that names its object.
  record Ask(Step step, ObjectRef object) implements Decision {}

  /// A person has to do something first; the recovery pauses.
  record Hand(Step step) implements Decision {}

  /// What was planned for does not hold any more, and nothing was done by this step: diagnose and
  /// plan
  /// anew.
  record Replan(Step step, String why) implements Decision {}

  /// The step acted and did not bring what was expected: write [Entry.Failed].
  record Fail(Step step, String why) implements Decision {}

  /// All steps are done: judge.
  record Done() implements Decision {}
}
