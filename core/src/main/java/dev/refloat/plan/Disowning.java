package dev.refloat.plan;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Gives up fields that a manager other than helm-controller owns on a release's objects. What was
/// applied goes with a server-side apply of nothing as that manager; what was only updated goes
/// with a JSON patch that removes just those fields. Removing the manager's entry from
/// `managedFields` would leave the fields behind, owned by nobody (experiments 3).
final class Disowning {

  private Disowning() {}

  static Draft draft(Situation s, String manager) {
    List<ObjectRef> applied = owned(s, manager);
    List<Step> removals = removals(s, manager);
    if (applied.isEmpty() && removals.isEmpty()) {
      return Draft.refused(
          "manager " + manager + " alone owns nothing of the release that Flux does not declare",
          "nothing has to be given up");
    }
    List<ObjectRef> touched = new ArrayList<>(applied);
    removals.stream()
        .map(Step::object)
        .filter(o -> touched.stream().noneMatch(o::sameObject))
        .forEach(touched::add);
    List<Step> steps = new ArrayList<>();
    steps.add(Moves.backup(s, touched, "backup-objects"));
    if (!applied.isEmpty()) {
      steps.add(step(s, applied, manager));
    }
    steps.addAll(removals);
    steps.add(FluxSteps.request(s, false, !s.view().spent() && !s.view().suspended()).getLast());
    return new Draft.Steps(steps);
  }

  /// The objects of the release on which a manager has applied fields.
  static List<ObjectRef> owned(Situation s, String manager) {
    return s.belongings().objects().stream()
        .filter(r -> FieldOwnership.has(r, manager, "Apply"))
        .map(Resource::ref)
        .toList();
  }

  private static List<Step> removals(Situation s, String manager) {
    List<Step> steps = new ArrayList<>();
    for (Resource r : s.belongings().objects()) {
      List<List<String>> fields = FieldOwnership.removable(r, manager, declared(s, r));
      if (!fields.isEmpty()) {
        steps.add(removal(s, r, manager, fields));
      }
    }
    return steps;
  }

  /// The object as the newest Helm revision declares it; what is declared comes back with the next
  /// upgrade and must not be removed, for it may be required.
  private static Optional<Resource> declared(Situation s, Resource object) {
    return s.newestRecord().map(HelmRecord::manifest).orElse(List.of()).stream()
        .filter(o -> o.kind().equals(object.kind()) && o.name().equals(object.name()))
        .filter(o -> o.namespace().isEmpty() || o.namespace().equals(object.namespace()))
        .findFirst();
  }

  private static Step removal(
      Situation s, Resource object, String manager, List<List<String>> fields) {
    List<String> shown = fields.stream().map(FieldOwnership::display).toList();
    Json patch =
        FieldOwnership.removal(object, manager, fields)
            .map(p -> (Json) new Json.Arr(p.list().stream().skip(1).toList()))
            .orElse(Json.emptyArray());
    List<String> operations =
        patch.list().stream()
            .map(o -> "{\"op\":\"remove\",\"path\":\"" + o.get("path").text() + "\"}")
            .toList();
    String kind = object.kind().toLowerCase(Locale.ROOT);
    return new Step(
        "remove-fields-" + kind + "-" + object.name() + "-" + manager,
        "Remove "
            + String.join(", ", shown)
            + " from "
            + object.ref().display()
            + ", which manager "
            + manager
            + " alone owns",
        "No upgrade by Flux removes what another manager owns; the release does not declare it",
        Risk.DISRUPTIVE,
        new Effect.RemoveFields(object.ref(), object.uid(), manager, fields),
        List.of(
            new Guard.Marked(s.release()),
            new Guard.Idle(s.release()),
            new Guard.SameObject(object.ref(), object.uid()),
            new Guard.BackedUp(object.ref())),
        new Expectation.FieldsGone(object.ref(), manager, fields),
        FluxSteps.SHORT,
        new Undo.FromBackup("the backup has every field and its manager"),
        List.of(
            "kubectl patch "
                + kind
                + " "
                + object.name()
                + Moves.namespaceFlag(object.ref())
                + " --type=json --field-manager="
                + Marks.MANAGER
                + " -p '["
                + String.join(",", operations)
                + "]'"));
  }

  static Step step(Situation s, List<ObjectRef> objects, String manager) {
    List<String> commands = new ArrayList<>();
    for (ObjectRef o : objects) {
      commands.add(
          "echo '{\"apiVersion\":\""
              + o.apiVersion()
              + "\",\"kind\":\""
              + o.kind()
              + "\",\"metadata\":{\"name\":\""
              + o.name()
              + "\""
              + (o.namespace().isEmpty() ? "" : ",\"namespace\":\"" + o.namespace() + "\"")
              + "}}' | kubectl apply --server-side --field-manager="
              + manager
              + " -f -");
    }
    return new Step(
        "disown-" + manager,
        "Give up what manager "
            + manager
            + " applied to "
            + objects.size()
            + (objects.size() == 1 ? " object" : " objects"),
        "Flux cannot remove fields that another manager owns; its next upgrade sets again what it"
            + " declares",
        Risk.DISRUPTIVE,
        new Effect.Disown(s.release(), objects, manager),
        List.of(new Guard.Marked(s.release()), new Guard.Idle(s.release())),
        new Expectation.Disowned(objects, manager),
        Duration.ofMinutes(2),
        new Undo.FromBackup("the backup has every field and its manager"),
        commands);
  }
}
