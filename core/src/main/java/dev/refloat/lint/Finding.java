package dev.refloat.lint;

import dev.refloat.model.ObjectRef;
import java.util.List;
import java.util.Optional;

/// One thing that is wrong, at the place that a person would edit.
///
/// @param rule id of the rule
/// @param field as people write it, `spec.chart.spec.version`; empty for the whole object
/// @param message one sentence with the real names: what is wrong and what comes of it
/// @param advice imperative: what to do, with real values where they are known
/// @param prevents cause that `refloat diagnose` would name if this were deployed
/// @param related other places that a reader needs to see
/// @param fix how a program makes it right, when that is safe
public record Finding(
    String rule,
    Severity severity,
    Place place,
    ObjectRef object,
    String field,
    String message,
    String advice,
    Optional<String> prevents,
    List<Related> related,
    Optional<Fix> fix) {

  public Finding {
    related = List.copyOf(related);
  }

  /// Another place, and what stands there.
  public record Related(Place place, String what) {}

  public Finding withSeverity(Severity other) {
    return new Finding(rule, other, place, object, field, message, advice, prevents, related, fix);
  }
}
