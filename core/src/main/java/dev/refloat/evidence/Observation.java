package dev.refloat.evidence;

import java.util.Optional;

/// The result of a look: seen, not there, or not possible to see. "Not there" and "could not look"
/// are
/// different facts, and a diagnosis must not take one for the other.
public sealed interface Observation<T> {

  record Seen<T>(T value) implements Observation<T> {}

  /// The cluster answered that there is no such thing.
  record Absent<T>() implements Observation<T> {}

  /// The look failed: forbidden, timed out, undecodable. `why` is short and carries no secrets.
  record Unreadable<T>(String why) implements Observation<T> {}

  default Optional<T> seen() {
    return this instanceof Seen<T>(var v) ? Optional.of(v) : Optional.empty();
  }
}
