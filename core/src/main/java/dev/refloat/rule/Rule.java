package dev.refloat.rule;

import dev.refloat.model.Confidence;
import dev.refloat.model.Risk;
import dev.refloat.release.Stage;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One failure class: when it matches, what it says, what helps. Read from `catalog/<id>/`.
///
/// @param symptom true for what is mostly a symptom of something else (`retries-exhausted`)
/// @param stages where a match is a cause; elsewhere it is only mentioned
/// @param depth which of several matches is the cause: the deepest, the one that makes the others
///     happen. 0 explains nothing else, 100 everything
/// @param variants tried in order; the first whose condition holds gives text and remedies
/// @param root the object to fix first, when that is not the release itself
public record Rule(
    String id,
    String title,
    boolean symptom,
    Set<Stage> stages,
    int depth,
    When when,
    List<Variant> variants,
    Optional<Root> root,
    List<RemedyTemplate> remedies) {

  public Rule {
    stages = Set.copyOf(stages);
    variants = List.copyOf(variants);
    remedies = List.copyOf(remedies);
    if (variants.isEmpty()) {
      throw new IllegalArgumentException("rule " + id + " says nothing");
    }
  }

  /// One way in which the failure class shows. The last one has no condition.
  public record Variant(
      String id,
      Optional<When> when,
      Template summary,
      Confidence confidence,
      Optional<Integer> depth) {}

  /// Templates that name an object.
  public record Root(Template apiVersion, Template kind, Template namespace, Template name) {}

  /// A remedy before its names are filled in.
  ///
  /// @param variants the variants it is for; empty: all
  /// @param moves what Refloat can do of it by itself, with templates as arguments; empty: a person
  ///     does it
  public record RemedyTemplate(
      String id,
      Template title,
      Risk risk,
      Template because,
      List<Template> commands,
      Set<String> variants,
      Optional<When> when,
      List<Move> moves) {
    public RemedyTemplate {
      commands = List.copyOf(commands);
      moves = List.copyOf(moves);
      variants = Set.copyOf(variants);
    }
  }
}
