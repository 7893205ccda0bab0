package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import java.util.List;
import java.util.Optional;

/// `spec.valuesFrom`: which objects and keys it names and whether they were seen. Never their
/// content.
final class ValuesSignals {

  private ValuesSignals() {}

  static void read(Belongings b, List<Signal> out) {
    Evidence evidence = b.evidence();
    String namespace = b.view().ref().namespace();
    for (Json entry : b.view().resource().spec("valuesFrom").list()) {
      String kind = entry.get("kind").text();
      String name = entry.get("name").text();
      String key = entry.get("valuesKey").text("values.yaml");
      ObjectRef ref = new ObjectRef("v1", kind, namespace, name);
      Optional<Resource> found = evidence.find(ref);
      Signal.Builder s =
          Signal.of(SignalKind.VALUES_REFERENCE, ref)
              .says("spec.valuesFrom", kind + " " + name + " key " + key)
              .with("kind", kind)
              .with("name", name)
              .with("namespace", namespace)
              .with("key", key)
              .with("optional", entry.get("optional").isTrue())
              .with("exists", evidence.presence(ref).word());
      found.ifPresent(r -> keys(s, r, key));
      out.add(s.build());
    }
  }

  private static void keys(Signal.Builder s, Resource r, String key) {
    if (r.root().get("data") instanceof Json.Obj data) {
      s.with("keys", String.join(", ", data.keys())).with("key-exists", data.get(key).exists());
    } else {
      s.with("key-exists", "unknown");
    }
  }
}
