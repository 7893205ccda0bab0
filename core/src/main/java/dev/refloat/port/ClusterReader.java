package dev.refloat.port;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/// Reads one cluster: a live one, or a snapshot on disk. One port, two adapters, so that everything
/// that works on a cluster works on a snapshot.
public interface ClusterReader extends AutoCloseable {

  /// Answers every inquiry, in parallel where it can. What cannot be read is an
  /// [Observation.Unreadable] of that inquiry, never an exception: one forbidden kind must not hide
  /// the
  /// others.
  Map<Inquiry, Observation<Answer>> ask(Collection<? extends Inquiry> inquiries);

  /// When the cluster was looked at: now for a live one, the time of the snapshot else.
  Instant takenAt();

  @Override
  void close();
}
