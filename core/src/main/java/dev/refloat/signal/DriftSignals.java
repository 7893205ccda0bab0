package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.Stage;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Drift that shows in the objects themselves, where detection is off: objects of the inventory
/// that are
/// gone, workloads that a person scaled to zero, and fields of the chart that a person took over.
final class DriftSignals {
  private static final Set<String> KINDS =
      Set.of("Deployment", "StatefulSet", "DaemonSet", "Service", "PersistentVolumeClaim");

  private DriftSignals() {}

  static void read(Belongings b, List<Signal> out) {
    if (b.view().stage() != Stage.READY) {
      return;
    }
    for (Json entry : b.view().resource().status("inventory", "entries").list()) {
      Belongings.inventoryRef(entry).ifPresent(ref -> gone(b, ref, out));
    }
    for (Resource object : b.objects()) {
      scaledToZero(b, object, out);
      takenOver(b, object, out);
    }
  }

  private static void gone(Belongings b, ObjectRef ref, List<Signal> out) {
    if (KINDS.contains(ref.kind())
        && b.evidence().presence(ref) == Evidence.Presence.ABSENT
        && Kind.of(ref.group(), ref.kind()).isPresent()) {
      out.add(signal(b, ref, "status.inventory", ref.display() + " is gone").build());
    }
  }

  private static void scaledToZero(Belongings b, Resource object, List<Signal> out) {
    if (!object.spec("replicas").text().equals("0")) {
      return;
    }
    Optional<Json> scaler =
        object.meta("managedFields").list().stream()
            .filter(m -> m.at("fieldsV1", "f:spec", "f:replicas").exists())
            .filter(m -> ForeignFieldSignals.person(m.get("manager").text()))
            .findFirst();
    scaler.ifPresent(
        m ->
            out.add(
                signal(
                        b,
                        object.ref(),
                        "spec.replicas",
                        object.ref().display()
                            + " was scaled to zero by "
                            + m.get("manager").text())
                    .at(Times.parse(m.get("time")))
                    .build()));
  }

  private static void takenOver(Belongings b, Resource object, List<Signal> out) {
    for (Json entry : object.meta("managedFields").list()) {
      String fields =
          String.join(
              ", ",
              ForeignFieldSignals.foreignPaths(object, entry).stream()
                  .filter(p -> ForeignFieldSignals.TAKEN_OVER.matcher(p).find())
                  .toList());
      if (!fields.isEmpty()) {
        out.add(
            signal(
                    b,
                    object.ref(),
                    "metadata.managedFields[" + entry.get("manager").text() + "]",
                    object.ref().display()
                        + " was changed by "
                        + entry.get("manager").text()
                        + ": "
                        + fields)
                .at(Times.parse(entry.get("time")))
                .build());
      }
    }
  }

  private static Signal.Builder signal(Belongings b, ObjectRef object, String field, String what) {
    return Signal.of(SignalKind.DRIFT, object)
        .says(field, what)
        .with("objects", what)
        .with("message", what)
        .with("mode", b.view().driftMode())
        .with("count", 1);
  }
}
