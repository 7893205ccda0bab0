package dev.refloat.plan;

import dev.refloat.evidence.Kind;
import dev.refloat.model.FieldEdit;
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
    Json value = scalar(m.get("value"));
    FieldEdit edit;
    if (m.get("path").isEmpty()) {
      List<FieldEdit> places = new ArrayList<>();
      places(
          s.resource().spec("values"),
          List.of(new FieldEdit.Key("spec"), new FieldEdit.Key("values")),
          m.get("old"),
          value,
          places);
      if (places.size() != 1) {
        return Draft.refused(
            places.isEmpty()
                ? "no inline value of the release is '" + m.get("old") + "'"
                : "'"
                    + m.get("old")
                    + "' is the value of "
                    + String.join(", ", places.stream().map(FieldEdit::field).toList()),
            "find the value that means it, and change it in Git");
      }
      edit = places.getFirst();
    } else {
      edit = FieldEdit.set(value, m.get("path").split("\\.", -1));
    }
    ObjectRef object = s.release();
    if (!m.get("name").isEmpty()) {
      Optional<Resource> named = s.object(m.get("kind"), m.get("namespace"), m.get("name"));
      if (named.isEmpty()) {
        return Draft.refused(m.get("kind") + " " + m.get("name") + " was not read", "check it");
      }
      object = named.get().ref();
    }
    return draft(s, object, List.of(edit), purpose);
  }

  /// The edits that give a new value to what is exactly this text now.
  private static void places(
      Json values, List<FieldEdit.Step> path, String wanted, Json value, List<FieldEdit> into) {
    if (wanted.isEmpty() || into.size() > 5) {
      return;
    }
    switch (values) {
      case Json.Obj fields ->
          fields.forEach(
              (name, below) ->
                  places(below, with(path, new FieldEdit.Key(name)), wanted, value, into));
      case Json.Arr(var items) -> {
        for (int i = 0; i < items.size(); i++) {
          places(items.get(i), with(path, new FieldEdit.Index(i)), wanted, value, into);
        }
      }
      case Json.Str text when text.text().equals(wanted) -> into.add(new FieldEdit(path, value));
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  private static List<FieldEdit.Step> with(List<FieldEdit.Step> path, FieldEdit.Step step) {
    List<FieldEdit.Step> deeper = new ArrayList<>(path);
    deeper.add(step);
    return deeper;
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
  static Draft draft(Situation s, ObjectRef object, List<FieldEdit> edits, String purpose) {
    List<String> lines =
        edits.stream().map(e -> e.field() + ": " + e.value().text("(removed)")).toList();
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
            new Effect.Edit(object, edits, purpose),
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
            ks -> {
              // what was merged reaches the cluster by the source, which has an interval of its own
              s.evidence()
                  .find(
                      Kind.GIT_REPOSITORY,
                      ks.spec("sourceRef", "namespace").text(ks.namespace()),
                      ks.spec("sourceRef", "name").text())
                  .ifPresent(source -> steps.add(FluxSteps.refresh(source)));
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
                          "flux reconcile kustomization " + ks.name() + " -n " + ks.namespace())));
            });
    Step watch = FluxSteps.watch(s, "A new generation is tried at once, with its counters cleared");
    // till the merge has arrived, a failure is the old one
    steps.add(
        s.evidence()
            .find(object)
            .map(r -> watch.guarded(new Guard.NewSpec(object, r.generation())))
            .orElse(watch));
    return new Draft.Steps(steps);
  }
}
