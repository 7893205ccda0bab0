package dev.refloat.plan;

import java.util.ArrayList;
import java.util.List;

/// The runbook's options as drafts: A reconcile, B suspend and resume, C rollback, D delete and
/// recreate, and step 4 for volumes.
final class Options {

  private Options() {}

  static Draft draft(Situation s, RunbookOption option) {
    return switch (option) {
      case RECONCILE -> reconcile(s);
      case SUSPEND_RESUME -> suspendResume(s);
      case ROLLBACK -> Rollback.draft(s, s.wishes().revision());
      case RECREATE -> Recreate.draft(s);
      case VOLUME -> Volumes.replace(s, s.wishes().claim().orElse(""));
    };
  }

  private static Draft reconcile(Situation s) {
    if (s.view().suspended()) {
      return Draft.refused(
          s.view().ref().path() + " is suspended: a request would be taken and nothing done",
          "use --option suspend-resume, which resumes it");
    }
    return new Draft.Steps(FluxSteps.request(s, true, false));
  }

  private static Draft suspendResume(Situation s) {
    List<Step> steps = new ArrayList<>();
    if (!s.view().suspended()) {
      steps.add(FluxSteps.suspend(s, "Ends the retries, so that the fix is not raced by them"));
    }
    steps.add(FluxSteps.resume(s));
    return new Draft.Steps(steps);
  }
}
