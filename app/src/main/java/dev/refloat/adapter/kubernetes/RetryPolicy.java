package dev.refloat.adapter.kubernetes;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/// How often and how long a read is tried again after what may pass: overload, server errors, lost
/// connections.
///
/// @param attempts at most, the first included
/// @param first pause; it doubles each time, and up to half of it is left to chance, so that many
///     readers do
///     not come back at once
/// @param longest pause, also when the server asks for more with `Retry-After`
record RetryPolicy(int attempts, Duration first, Duration longest) {

  static final RetryPolicy DEFAULT =
      new RetryPolicy(4, Duration.ofMillis(250), Duration.ofSeconds(10));

  /// @param attempt that just failed, from 1
  /// @param askedFor seconds of `Retry-After`
  Duration pause(int attempt, OptionalLong askedFor) {
    if (askedFor.isPresent()) {
      long millis = Math.clamp(askedFor.getAsLong(), 0, longest.toSeconds()) * 1000;
      return Duration.ofMillis(Math.max(millis, chance(first.toMillis())));
    }
    long millis = Math.min(first.toMillis() << Math.min(attempt - 1, 20), longest.toMillis());
    return Duration.ofMillis(chance(millis));
  }

  private static long chance(long millis) {
    return millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
  }
}
