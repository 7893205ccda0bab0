package dev.refloat.release;

import java.time.Instant;
import java.util.Optional;

/// A text with which Flux or Helm says why something failed.
///
/// @param from the condition type, or `record` (Helm storage), `event`, `log`
/// @param action `install`, `upgrade`, `rollback`, `uninstall`, `test` or empty
public record Failure(
    String from, String reason, String message, String action, Stage stage, Optional<Instant> at) {}
