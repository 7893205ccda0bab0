package dev.refloat.diagnosis;

import dev.refloat.evidence.BlindSpot;
import dev.refloat.model.Confidence;
import dev.refloat.model.ObjectRef;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseState;
import java.util.List;

/// Why one release is as it is.
///
/// @param cause a stable id of the catalog; `none` for a healthy release, `unknown` when the
///     evidence
///     proves no cause
/// @param symptoms what the cause looks like from outside (`timeout`, `retries-exhausted`,
///     `rolled-back`, …), and causes found beside it that explain less
/// @param root the object to fix first; the release itself when nothing lies behind it
/// @param summary one sentence with real names
public record Diagnosis(
    ReleaseRef release,
    ReleaseState state,
    String cause,
    Confidence confidence,
    List<String> symptoms,
    ObjectRef root,
    String summary,
    List<Proof> evidence,
    List<TraceStep> trace,
    List<BlindSpot> blindSpots,
    List<Remedy> remedies,
    List<ChainLink> chain) {

  /// The cause of a healthy release.
  public static final String NONE = "none";

  public static final String UNKNOWN = "unknown";

  public Diagnosis {
    symptoms = List.copyOf(symptoms);
    evidence = List.copyOf(evidence);
    trace = List.copyOf(trace);
    blindSpots = List.copyOf(blindSpots);
    remedies = List.copyOf(remedies);
    chain = List.copyOf(chain);
  }

  /// Whether there is nothing to say about this release.
  public boolean healthy() {
    return cause.equals(NONE);
  }
}
