package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.Failure;
import dev.refloat.release.RefusedValue;
import dev.refloat.release.Stage;
import dev.refloat.release.ValuesLayers;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

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
    if (b.view().stage() == Stage.ACTION) {
      b.view().allFailures().stream()
          .map(Failure::message)
          .filter(RefusedValue::speaksOf)
          .findFirst()
          .flatMap(message -> origin(b, message))
          .ifPresent(origin -> out.add(signal(b, origin)));
    }
  }

  /// Of the paths that a message names the first whose origin can be told. A word that only looks
  /// like a path counts when the values have it, or have what is above it.
  private static Optional<ValuesLayers.Origin> origin(Belongings b, String message) {
    for (RefusedValue value : RefusedValue.in(message)) {
      List<String> path = value.path();
      ValuesLayers.Origin origin = ValuesLayers.of(b.view(), b.evidence(), path);
      if (value.certain() || isKnown(origin)) {
        return Optional.of(origin);
      }
      boolean above =
          path.size() > 1
              && isKnown(ValuesLayers.of(b.view(), b.evidence(), path.subList(0, path.size() - 1)));
      if (above) {
        return Optional.of(origin);
      }
    }
    return Optional.empty();
  }

  private static boolean isKnown(ValuesLayers.Origin origin) {
    return origin.outcome() == ValuesLayers.Outcome.KNOWN;
  }

  private static Signal signal(Belongings b, ValuesLayers.Origin origin) {
    String path = String.join(".", origin.path());
    List<String> places = origin.layers().stream().map(ValuesLayers.Layer::where).toList();
    String unseen =
        origin.layers().stream()
            .filter(ValuesLayers.Layer::hidden)
            .map(l -> l.kind() + " " + l.name())
            .distinct()
            .collect(Collectors.joining(", "));
    String says =
        switch (origin.outcome()) {
          case KNOWN ->
              origin.layers().getFirst().kind().equals("HelmRelease")
                  ? "set by " + places.getFirst()
                  : path + " is set by " + places.getFirst();
          case ONE_OF ->
              path
                  + " is set by "
                  + (places.size() > 1 ? "one of " : "")
                  + String.join(", ", places)
                  + (places.size() > 1 ? "" : " or the chart itself")
                  + " (what is in "
                  + unseen
                  + " was not seen)";
          case NOWHERE ->
              path
                  + " is set by neither spec.values nor spec.valuesFrom, so the chart's own default"
                  + " holds";
        };
    boolean nowhere = origin.outcome() == ValuesLayers.Outcome.NOWHERE;
    ValuesLayers.Layer first = nowhere ? null : origin.layers().getFirst();
    Signal.Builder s =
        Signal.of(
                SignalKind.VALUES_ORIGIN,
                first == null || first.kind().equals("HelmRelease")
                    ? b.view().resource().ref()
                    : new ObjectRef("v1", first.kind(), b.view().ref().namespace(), first.name()))
            .says(first == null ? "spec.values" : first.where(), says)
            .with("path", path)
            .with("outcome", origin.outcome().word())
            .with("says", says)
            .with("where", nowhere ? "spec.values" : String.join(" or ", places));
    return first == null
        ? s.build()
        : s.with("kind", first.kind())
            .with("name", first.name())
            .with("key", first.key())
            .with("target-path", first.targetPath())
            .build();
  }

  private static void keys(Signal.Builder s, Resource r, String key) {
    if (r.root().get("data") instanceof Json.Obj data) {
      s.with("keys", String.join(", ", data.keys())).with("key-exists", data.get(key).exists());
    } else {
      s.with("key-exists", "unknown");
    }
  }
}
