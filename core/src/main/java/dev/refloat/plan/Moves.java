package dev.refloat.plan;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import dev.refloat.release.Workloads;
import dev.refloat.rule.Move;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Turns the moves of a playbook into steps with guards, backups and undo.
final class Moves {

  private static final Set<String> DATA =
      Set.of("PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition");

  private Moves() {}

  static Draft draft(Situation s, Move m, String purpose) {
    return switch (m.kind()) {
      case RECONCILE ->
          new Draft.Steps(
              FluxSteps.request(s, m.get("source").equals("true"), m.get("force").equals("true")));
      case RECONCILE_OBJECT -> withObject(s, m, object -> Draft.of(FluxSteps.refresh(object)));
      case RESUME -> resume(s, m, purpose);
      case DELETE ->
          withObject(
              s,
              m,
              // a StatefulSet goes without its pods and claims, or their data would be out of use
              object ->
                  object.kind().equals("StatefulSet")
                      ? StatefulSets.replace(s, object.namespace(), object.name())
                      : delete(s, object, m.get("cascade"), purpose));
      case RESTART -> restart(s, m, purpose);
      case CREATE_NAMESPACE -> createNamespace(s, m.get("name"), purpose);
      case CORRECT_DRIFT -> Drift.correct(s, purpose);
      case DISOWN -> Disowning.draft(s, m.get("manager").isEmpty() ? "helm" : m.get("manager"));
      case ROLLBACK ->
          Rollback.draft(
              s,
              m.get("revision").isEmpty()
                  ? s.wishes().revision()
                  : Optional.of((int) Json.from(m.get("revision")).integer(0)));
      case RECREATE -> Recreate.draft(s);
      case FINISH_UNINSTALL -> Uninstall.finish(s);
      case KEEP_VOLUMES -> Volumes.keep(s, m.get("claim"));
      case SNAPSHOT_VOLUMES -> Volumes.snapshot(s, m.get("claim"));
      case REPLACE_VOLUME -> Volumes.replace(s, m.get("claim"));
      case REPLACE_STATEFUL_SET -> StatefulSets.replace(s, m.get("namespace"), m.get("name"));
      case REMOVE_FINALIZER ->
          withObject(s, m, object -> removeFinalizer(object, m.get("finalizer"), purpose));
      case EDIT -> GitEdits.draft(s, m, purpose);
      case BY_HAND -> Draft.refused("a person has to do it", m.get("what"));
      case WAIT -> Draft.of(FluxSteps.watch(s, purpose));
    };
  }

  private interface OnObject {
    Draft draft(Resource object);
  }

  private static Draft withObject(Situation s, Move m, OnObject then) {
    if (m.get("kind").isEmpty() || m.get("name").isEmpty()) {
      return Draft.refused(
          "the evidence does not name the object", "look it up in the evidence of the diagnosis");
    }
    Optional<Resource> object = s.object(m.get("kind"), m.get("namespace"), m.get("name"));
    return object.isPresent()
        ? then.draft(object.get())
        : Draft.refused(
            m.get("kind") + " " + m.get("name") + " was not read",
            "check that it exists and that you may read it");
  }

  private static Draft resume(Situation s, Move m, String purpose) {
    if (m.get("name").isEmpty()) {
      return Draft.of(FluxSteps.resume(s));
    }
    return withObject(
        s,
        m,
        object -> {
          if (object.ref().sameObject(s.release())) {
            return Draft.of(FluxSteps.resume(s));
          }
          String kind = object.kind().toLowerCase(Locale.ROOT);
          return Draft.of(
              new Step(
                  "resume-" + kind + "-" + object.name(),
                  "Resume " + object.ref().display(),
                  purpose,
                  Risk.DISRUPTIVE,
                  new Effect.Resume(object.ref()),
                  List.of(),
                  new Expectation.FieldIs(object.ref(), "spec.suspend", ""),
                  FluxSteps.SHORT,
                  new Undo.Reverse(
                      new Effect.Suspend(
                          object.ref(), "the resume was taken back", FluxSteps.SUSPENSION),
                      false),
                  List.of(
                      "flux resume " + kind + " " + object.name() + " -n " + object.namespace())));
        });
  }

  /// Deletes an object that Flux makes again. Nothing that holds data goes this way.
  static Draft delete(Situation s, Resource object, String cascade, String purpose) {
    if (DATA.contains(object.kind())) {
      return Draft.refused(
          object.ref().display() + " holds data: a playbook's delete does not cover it",
          "use --option volume for claims; the rest is a person's decision");
    }
    boolean orphan = cascade.equalsIgnoreCase("orphan");
    Propagation propagation = orphan ? Propagation.ORPHAN : Propagation.BACKGROUND;
    String id = object.kind().toLowerCase(Locale.ROOT) + "-" + object.name();
    return Draft.of(
        backup(s, List.of(object.ref()), "backup-" + id),
        new Step(
            "delete-" + id,
            "Delete " + object.ref().display() + (orphan ? " and leave its pods" : ""),
            purpose,
            Risk.DESTRUCTIVE,
            new Effect.Delete(object.ref(), object.uid(), propagation),
            List.of(
                new Guard.Marked(s.release()),
                new Guard.Idle(s.release()),
                // whoever has changed the spec since may have mended it
                new Guard.SameSpec(s.release(), s.resource().generation()),
                new Guard.SameObject(object.ref(), object.uid()),
                new Guard.BackedUp(object.ref())),
            new Expectation.Gone(object.ref(), object.uid()),
            Duration.ofMinutes(5),
            new Undo.FromBackup("refloat restore RECOVERY creates it again"),
            List.of(
                "kubectl delete "
                    + object.kind().toLowerCase(Locale.ROOT)
                    + " "
                    + object.name()
                    + namespaceFlag(object.ref())
                    + (orphan ? " --cascade=orphan" : ""))));
  }

  static Step backup(Situation s, List<ObjectRef> objects, String id) {
    List<ObjectRef> all = new ArrayList<>(objects);
    if (all.stream().noneMatch(o -> o.sameObject(s.release()))) {
      all.add(s.release());
    }
    List<String> commands = new ArrayList<>();
    for (ObjectRef o : all) {
      commands.add(
          "kubectl get "
              + o.kind().toLowerCase(Locale.ROOT)
              + " "
              + o.name()
              + namespaceFlag(o)
              + " -o yaml > "
              + o.kind().toLowerCase(Locale.ROOT)
              + "-"
              + o.name()
              + ".yaml");
    }
    return new Step(
        id,
        "Back up " + String.join(", ", all.stream().map(ObjectRef::display).toList()),
        "Nothing is removed before a copy of it was written and read back",
        Risk.SAFE,
        new Effect.Backup(s.release(), all, true),
        List.of(),
        new Expectation.Written(),
        FluxSteps.SHORT,
        new Undo.Nothing("it only reads"),
        commands);
  }

  private static Draft restart(Situation s, Move m, String purpose) {
    List<Resource> pods =
        s.belongings().pods().stream()
            .filter(
                p ->
                    m.get("name").isEmpty()
                        ? !Workloads.healthy(p)
                        : p.name().equals(m.get("name")))
            .filter(p -> p.controllerOwner().isPresent())
            .toList();
    if (pods.isEmpty()) {
      return Draft.refused(
          "no pod that a controller would start again was found", "look at the pods");
    }
    List<Step> steps = new ArrayList<>();
    for (Resource pod : pods) {
      steps.add(
          new Step(
              "restart-" + pod.name(),
              "Delete pod " + pod.ref().path() + ", which its controller starts again",
              purpose,
              Risk.DISRUPTIVE,
              new Effect.Delete(pod.ref(), pod.uid(), Propagation.BACKGROUND),
              List.of(new Guard.SameObject(pod.ref(), pod.uid())),
              new Expectation.Gone(pod.ref(), pod.uid()),
              Duration.ofMinutes(3),
              new Undo.Nothing("the pod's controller starts another one; claims stay"),
              List.of("kubectl delete pod " + pod.name() + " -n " + pod.namespace())));
    }
    return new Draft.Steps(steps);
  }

  private static Draft createNamespace(Situation s, String name, String purpose) {
    if (name.isEmpty()) {
      return Draft.refused("the evidence does not name the namespace", "create it in Git");
    }
    ObjectRef ref = new ObjectRef("v1", "Namespace", "", name);
    Optional<Resource> there = s.evidence().find(ref);
    if (there.isPresent()) {
      return there.get().deleted().isPresent()
          ? Draft.refused("namespace " + name + " is being deleted", "let its deletion end first")
          : new Draft.Steps(List.of()); // somebody made it since the failure
    }
    Json content =
        Json.builder()
            .put("apiVersion", "v1")
            .put("kind", "Namespace")
            .put("metadata", Json.builder().put("name", name).build())
            .build();
    return Draft.of(
        new Step(
            "create-namespace-" + name,
            "Create namespace " + name,
            purpose + " Declare it in Git, too, or it is missing again on the next cluster.",
            Risk.SAFE,
            new Effect.Create(ref, content),
            List.of(),
            new Expectation.Exists(ref),
            FluxSteps.SHORT,
            new Undo.Nothing("an empty namespace; delete it when it is not wanted"),
            List.of("kubectl create namespace " + name)));
  }

  private static Draft removeFinalizer(Resource object, String finalizer, String purpose) {
    if (object.deleted().isEmpty()) {
      return Draft.refused(
          object.ref().display() + " is not being deleted", "its finalizer protects it: leave it");
    }
    return Draft.of(
        new Step(
            "remove-finalizer-" + object.kind().toLowerCase(Locale.ROOT) + "-" + object.name(),
            "Take finalizer " + finalizer + " off " + object.ref().display(),
            purpose,
            Risk.DESTRUCTIVE,
            new Effect.RemoveFinalizer(object.ref(), object.uid(), finalizer),
            List.of(new Guard.SameObject(object.ref(), object.uid())),
            new Expectation.Written(),
            FluxSteps.SHORT,
            new Undo.Impossible(
                "what the finalizer's controller would have cleaned up stays behind"),
            List.of(
                "kubectl patch "
                    + object.kind().toLowerCase(Locale.ROOT)
                    + " "
                    + object.name()
                    + namespaceFlag(object.ref())
                    + " --type=merge -p '{\"metadata\":{\"finalizers\":null}}'")));
  }

  static String namespaceFlag(ObjectRef o) {
    return o.namespace().isEmpty() ? "" : " -n " + o.namespace();
  }
}
