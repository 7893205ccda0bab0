package dev.refloat.recovery;

import java.util.List;
import java.util.Locale;

/// How a recovery ended: a second look, never the absence of an error (design, Safety 7).
///
/// @param because in one sentence
/// @param left what stays behind and has to be known
public record Verdict(Outcome outcome, String because, List<String> left) {

  public Verdict {
    left = List.copyOf(left);
  }

  /// The words of a verdict.
  public enum Outcome {
    /// The release is Ready and what belongs to it works.
    RECOVERED,
    /// The cause is what it was.
    STILL_FAILING,
    /// Something works worse than before.
    REGRESSED,
    /// It could not be seen.
    INCONCLUSIVE;

    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
