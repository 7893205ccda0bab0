package dev.refloat.model;

import java.time.Instant;
import java.util.Optional;

/// A Kubernetes status condition. Status is `True`, `False` or `Unknown`.
public record Condition(
    String type,
    String status,
    String reason,
    String message,
    Optional<Instant> since,
    long observedGeneration) {

  public static Condition of(Json c) {
    return new Condition(
        c.get("type").text(),
        c.get("status").text(),
        c.get("reason").text(),
        c.get("message").text(),
        Times.parse(c.get("lastTransitionTime")),
        c.get("observedGeneration").integer(-1));
  }

  public boolean isTrue() {
    return status.equals("True");
  }

  public boolean isFalse() {
    return status.equals("False");
  }
}
