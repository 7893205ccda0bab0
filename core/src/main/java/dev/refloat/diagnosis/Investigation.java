package dev.refloat.diagnosis;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.port.ClusterReader;
import dev.refloat.release.Scope;
import java.util.Set;

/// Collects the evidence for a scope: asks, looks at the answers, asks what they make worth asking,
/// and
/// stops when nothing is.
public final class Investigation {

  /// Lists first, then what they point to, then details of failing releases, then names for a
  /// typing
  /// error. More rounds mean a mistake in [Inquiries].
  private static final int MAX_ROUNDS = 6;

  private final Diagnoser diagnoser;

  public Investigation(Diagnoser diagnoser) {
    this.diagnoser = diagnoser;
  }

  public Evidence collect(ClusterReader reader, Scope scope, Progress progress) {
    Evidence evidence = diagnoser.beginning(reader.takenAt());
    for (int round = 1; round <= MAX_ROUNDS; round++) {
      Set<Inquiry> open = diagnoser.openQuestions(evidence, scope);
      if (open.isEmpty()) {
        break;
      }
      progress.asking(round, open.size());
      evidence = evidence.plus(reader.ask(open));
    }
    return evidence;
  }
}
