package dev.refloat.cli;

import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.evidence.PastAction;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the commands diagnose with: the catalog, and what `refloat learn` keeps in the repository
/// of
/// the current folder about the environment that is looked at.
final class Diagnosing {
  static final Option ENVIRONMENT =
      Option.value(
          "NAME",
          "environment of refloat learn that the cluster is; else the one whose context is named",
          Completing.nothing(),
          "--environment");

  private Diagnosing() {}

  static Diagnoser diagnoser(Arguments arguments, Session session) {
    return new Diagnoser(
        session.backend().knowledge(arguments.path("--catalog")).rules(), past(arguments, session));
  }

  private static Map<String, List<PastAction>> past(Arguments arguments, Session session) {
    Optional<String> named = arguments.text("--environment");
    Optional<String> context = arguments.text("--context");
    if (named.isPresent()) {
      return named(named.get(), kept(session).learnt(), session);
    }
    if (context.isEmpty()) {
      return Map.of();
    }
    try {
      Backend.Kept kept = kept(session);
      Learnt learnt = kept.learnt();
      if (learnt.environments().isEmpty()) {
        return Map.of();
      }
      return environmentOf(context.get(), kept.settings())
          .flatMap(learnt::find)
          .map(Diagnosing::actions)
          .orElse(Map.of());
    } catch (CommandException e) {
      // A file of some repository must not keep anyone from a diagnosis.
      session.tell("What refloat learn keeps here is not used: " + e.what());
      return Map.of();
    }
  }

  private static Backend.Kept kept(Session session) {
    return session.backend().kept(Path.of("."), Optional.empty(), Optional.empty());
  }

  private static Map<String, List<PastAction>> named(
      String environment, Learnt learnt, Session session) {
    return learnt
        .find(environment)
        .map(Diagnosing::actions)
        .orElseThrow(
            () ->
                new CommandException(
                    "nothing was learnt of the environment '" + environment + "'",
                    learnt.environments().isEmpty()
                        ? "there is no .refloat/learnt.yaml in the repository of this folder"
                        : "the repository of this folder knows "
                            + String.join(
                                ", ",
                                learnt.environments().stream()
                                    .map(Learnt.Environment::name)
                                    .toList()),
                    session.program() + " learn --environment " + environment));
  }

  /// The environment whose contexts have this one.
  static Optional<String> environmentOf(String context, Settings settings) {
    return settings.environments().stream()
        .filter(e -> e.contexts().contains(context))
        .map(Settings.Environment::name)
        .findFirst();
  }

  private static Map<String, List<PastAction>> actions(Learnt.Environment environment) {
    Map<String, List<PastAction>> past = new HashMap<>();
    for (Learnt.Release r : environment.releases()) {
      past.put(
          r.namespace() + "/" + r.name(),
          r.actions().stream()
              .filter(a -> a.outcome() == Learnt.Outcome.READY)
              .flatMap(a -> a.took().stream().map(t -> new PastAction(a.start(), t)))
              .toList());
    }
    return past;
  }
}
