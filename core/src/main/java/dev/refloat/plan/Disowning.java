package dev.refloat.plan;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Gives up fields that a manager other than helm-controller owns on a release's objects, by a
/// server-side apply of nothing as that manager. Removing the manager's entry from `managedFields`
/// would leave the fields behind, owned by nobody (experiments 3).
final class Disowning {

  private Disowning() {}

  static Draft draft(Situation s, String manager) {
    List<ObjectRef> objects = owned(s, manager);
    if (objects.isEmpty()) {
      return Draft.refused(
          "manager " + manager + " owns nothing of the release", "nothing has to be given up");
    }
    return Draft.of(
        Moves.backup(s, objects, "backup-objects"),
        step(s, objects, manager),
        FluxSteps.request(s, false, !s.view().exhausted() && !s.view().suspended()).getLast());
  }

  /// The objects of the release on which a manager owns fields outside of status.
  static List<ObjectRef> owned(Situation s, String manager) {
    List<ObjectRef> objects = new ArrayList<>();
    for (Resource r : s.belongings().objects()) {
      boolean owns =
          r.meta("managedFields").list().stream()
              .filter(m -> m.get("subresource").text().isEmpty())
              .anyMatch(m -> m.get("manager").text().equals(manager));
      if (owns) {
        objects.add(r.ref());
      }
    }
    return objects;
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
              + "\",\"namespace\":\""
              + o.namespace()
              + "\"}}' | kubectl apply --server-side --field-manager="
              + manager.toLowerCase(Locale.ROOT)
              + " -f -");
    }
    return new Step(
        "disown-" + manager,
        "Give up what manager " + manager + " owns on " + objects.size() + " objects",
        "Flux cannot remove fields that another manager owns; its next upgrade sets again what it declares",
        Risk.DISRUPTIVE,
        new Effect.Disown(s.release(), objects, manager),
        List.of(new Guard.Marked(s.release()), new Guard.Idle(s.release())),
        new Expectation.Disowned(objects, manager),
        Duration.ofMinutes(2),
        new Undo.FromBackup("the backup has every field and its manager"),
        commands);
  }
}
