package dev.refloat.diagnosis;

import dev.refloat.model.ObjectRef;
import java.time.Instant;
import java.util.Optional;

/// One piece of evidence: which object says what, in which field, and since when.
///
/// @param field a path such as `status.conditions[Ready].message`, `log`, `event`
public record Proof(ObjectRef object, String field, String value, Optional<Instant> at) {}
