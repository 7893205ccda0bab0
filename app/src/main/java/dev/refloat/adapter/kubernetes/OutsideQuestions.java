package dev.refloat.adapter.kubernetes;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;

/// Answers what the API server does not know: [Inquiry.ChartVersions] and [Inquiry.ImageTags],
/// asked
/// at
/// repositories and registries.
@FunctionalInterface
public interface OutsideQuestions {

  /// Nobody is asked.
  OutsideQuestions NONE = (_, _) -> new Observation.Unreadable<>("not asked");

  /// Answers one inquiry; what cannot be answered is unreadable, never an exception.
  ///
  /// @param cluster where the source and its credentials are read from
  Observation<Answer> ask(Inquiry inquiry, LiveCluster cluster);
}
