package dev.refloat.recovery;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.release.ReleaseRef;
import dev.refloat.validation.Check;
import dev.refloat.validation.Validation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compares what was before a recovery with what is after it.
public final class Judge {

  private Judge() {}

  /// The verdict on one release.
  ///
  /// @param before the diagnoses of every release that was seen, before
  /// @param after the same, after
  /// @param checks of the release, after
  /// @param left what stays behind
  public static Verdict judge(
      ReleaseRef release,
      List<Diagnosis> before,
      List<Diagnosis> after,
      List<Check> checks,
      List<String> left) {
    Map<ReleaseRef, Diagnosis> was = new HashMap<>();
    before.forEach(d -> was.put(d.release(), d));
    List<String> worse = new ArrayList<>();
    Optional<Diagnosis> now = Optional.empty();
    for (Diagnosis d : after) {
      if (d.release().equals(release)) {
        now = Optional.of(d);
      } else if (!d.healthy() && was.containsKey(d.release()) && was.get(d.release()).healthy()) {
        worse.add(d.release().path() + " (" + d.cause() + ")");
      }
    }
    if (now.isEmpty()) {
      return new Verdict(
          Verdict.Outcome.INCONCLUSIVE, release.path() + " could not be seen afterwards", left);
    }
    if (!worse.isEmpty()) {
      return new Verdict(
          Verdict.Outcome.REGRESSED,
          "healthy before and not now: " + String.join(", ", worse),
          left);
    }
    if (!Validation.failed(checks)) {
      return Validation.conclusive(checks)
          ? new Verdict(Verdict.Outcome.RECOVERED, now.get().summary(), left)
          : new Verdict(Verdict.Outcome.INCONCLUSIVE, unknown(checks), left);
    }
    String because =
        now.get().healthy()
            ? checks.stream()
                .filter(c -> c.outcome() == Check.Outcome.FAILED)
                .map(c -> c.title() + ": " + c.because())
                .findFirst()
                .orElse("")
            : now.get().cause() + ": " + now.get().summary();
    return new Verdict(Verdict.Outcome.STILL_FAILING, because, left);
  }

  private static String unknown(List<Check> checks) {
    return checks.stream()
        .filter(c -> c.outcome() == Check.Outcome.UNKNOWN)
        .map(c -> c.title() + ": " + c.because())
        .findFirst()
        .orElse("not everything could be seen");
  }
}
