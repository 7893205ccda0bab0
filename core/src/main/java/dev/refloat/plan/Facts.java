package dev.refloat.plan;

import dev.refloat.model.ObjectRef;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// What a recovery knows beside the evidence, when it judges a guard or an expectation.
///
/// @param recovery its id
/// @param token the token of the step, for requests to Flux
/// @param startedAt when the step was started
/// @param backedUp objects whose backup was read back
/// @param lossAccepted objects whose loss a person accepted by name
public record Facts(
    String recovery,
    String token,
    Optional<Instant> startedAt,
    Set<ObjectRef> backedUp,
    Set<ObjectRef> lossAccepted) {
  public Facts {
    backedUp = Set.copyOf(backedUp);
    lossAccepted = Set.copyOf(lossAccepted);
  }

  boolean hasBackupOf(ObjectRef object) {
    return backedUp.stream().anyMatch(o -> same(o, object));
  }

  boolean acceptsLossOf(ObjectRef object) {
    return lossAccepted.stream().anyMatch(o -> same(o, object));
  }

  private static boolean same(ObjectRef a, ObjectRef b) {
    return a.kind().equals(b.kind())
        && a.namespace().equals(b.namespace())
        && a.name().equals(b.name());
  }
}
