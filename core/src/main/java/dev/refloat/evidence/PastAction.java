package dev.refloat.evidence;

import java.time.Duration;
import java.time.Instant;

/// A successful Helm action that the cluster may have forgotten, and that was written down before.
///
/// @param took hooks and waits included
public record PastAction(Instant start, Duration took) {}
