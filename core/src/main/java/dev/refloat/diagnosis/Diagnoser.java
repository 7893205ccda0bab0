package dev.refloat.diagnosis;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.release.Scope;
import dev.refloat.rule.RuleBook;
import java.util.List;
import java.util.Set;

/// From evidence to the cause of every release in a scope. Pure: the same evidence gives the same
/// answer.
public final class Diagnoser {
  @SuppressWarnings("UnusedVariable")
  private final RuleBook rules;

  public Diagnoser(RuleBook rules) {
    this.rules = rules;
  }

  /// What is still worth asking; empty when the evidence suffices.
  public Set<Inquiry> openQuestions(Evidence evidence, Scope scope) {
    return Set.of();
  }

  /// One diagnosis for each release in the scope, healthy ones included, ordered by name.
  public List<Diagnosis> diagnose(Evidence evidence, Scope scope) {
    return List.of();
  }

  /// The releases that are not healthy, grouped by root, worst first: stalled before retrying, many
  /// before few.
  public static List<CauseGroup> group(List<Diagnosis> diagnoses) {
    return List.of();
  }
}
