package dev.refloat.plan;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import dev.refloat.rule.Move;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Changes of fields that Git declares (design, Safety 5).
final class GitEdits {

  private GitEdits() {}

  static Draft draft(Situation s, Move m, String purpose) {
    if (m.get("value").isEmpty()) {
      return Draft.refused(
          "the evidence does not tell the right value", "decide on it and change it in Git");
    }
    String path = m.get("path");
    if (path.isEmpty()) {
      List<String> places = new ArrayList<>();
      places(s.resource().spec("values"), "spec.values", m.get("old"), places);
      if (places.size() != 1) {
        return Draft.refused(
            places.isEmpty()
                ? "no inline value of the release is '" + m.get("old") + "'"
                : "'" + m.get("old") + "' is the value of " + String.join(", ", places),
            "find the value that means it, and change it in Git");
      }
      path = places.getFirst();
    }
    ObjectRef object = s.release();
    if (!m.get("name").isEmpty()) {
      Optional<Resource> named = s.object(m.get("kind"), m.get("namespace"), m.get("name"));
      if (named.isEmpty()) {
        return Draft.refused(m.get("kind") + " " + m.get("name") + " was not read", "check it");
      }
      object = named.get().ref();
    }
    return draft(s, object, List.of(new Effect.FieldChange(path, scalar(m.get("value")))), purpose);
  }

  /// The paths at which values are exactly this text. Names with a dot cannot be told apart in a
  /// path: they are passed over.
  private static void places(Json values, String path, String wanted, List<String> into) {
    if (wanted.isEmpty() || into.size() > 5) {
      return;
    }
    if (values instanceof Json.Obj fields) {
      fields.forEach(
          (name, value) -> {
            if (name.matches("[\\w-]+")) {
              places(value, path + "." + name, wanted, into);
            }
          });
    } else if (values instanceof Json.Str text && text.text().equals(wanted)) {
      into.add(path);
    }
  }

  private static Json scalar(String text) {
    return switch (text) {
      case "true" -> Json.of(true);
      case "false" -> Json.of(false);
      default -> Json.from(text);
    };
  }

  /// The branch that the commit of a recovery is on.
  static String branch(Situation s) {
    return "refloat/" + s.wishes().recovery().toLowerCase(Locale.ROOT);
  }

  /// One commit, and the wait until Flux has brought it in; without a working tree a person makes
  /// the change and Refloat waits.
  static Draft draft(
      Situation s, ObjectRef object, List<Effect.FieldChange> changes, String purpose) {
    List<String> lines =
        changes.stream().map(c -> c.path() + ": " + c.value().text("(removed)")).toList();
    String what = "In Git, set on " + object.display() + ": " + String.join(", ", lines);
    if (!s.wishes().git()) {
      return Draft.of(
          new Step(
              "edit-by-hand",
              what,
              purpose + " With --repo DIR Refloat makes the commit.",
              Risk.SAFE,
              new Effect.ByHand(object, what),
              List.of(),
              new Expectation.Written(),
              FluxSteps.SHORT,
              new Undo.Nothing("done by a person"),
              List.of("git commit and push; then refloat recover --resume")),
          FluxSteps.watch(s, "A new generation is tried at once, with its counters cleared"));
    }
    List<Step> steps = new ArrayList<>();
    steps.add(
        new Step(
            "edit",
            what,
            purpose,
            Risk.DISRUPTIVE,
            new Effect.Edit(object, changes, purpose),
            List.of(new Guard.Present(s.release())),
            new Expectation.Written(),
            FluxSteps.SHORT,
            new Undo.Nothing("the branch waits for review; delete it, or revert the commit"),
            List.of(
                "git switch -c " + branch(s), "git commit", "git push -u origin " + branch(s))));
    String merge = "Review branch " + branch(s) + " and merge it into the branch that Flux follows";
    steps.add(
        new Step(
            "merge",
            merge,
            "What reaches a cluster through Git is reviewed by people",
            Risk.SAFE,
            new Effect.ByHand(object, merge),
            List.of(),
            new Expectation.Written(),
            FluxSteps.SHORT,
            new Undo.Nothing("done by a person"),
            List.of("git merge " + branch(s) + " && git push")));
    s.owner()
        .ifPresent(
            ks ->
                steps.add(
                    new Step(
                        "apply-owner",
                        "Let " + ks.ref().display() + " bring the change in",
                        "Flux applies what Git says",
                        Risk.SAFE,
                        new Effect.Request(ks.ref(), false, false),
                        List.of(),
                        new Expectation.SourceReady(ks.ref()),
                        Duration.ofMinutes(10),
                        new Undo.Nothing("Flux does what Git says, only sooner"),
                        List.of(
                            "flux reconcile kustomization "
                                + ks.name()
                                + " -n "
                                + ks.namespace()
                                + " --with-source"))));
    steps.add(FluxSteps.watch(s, "A new generation is tried at once, with its counters cleared"));
    return new Draft.Steps(steps);
  }
}
