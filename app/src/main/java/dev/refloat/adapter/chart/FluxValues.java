package dev.refloat.adapter.chart;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// A release's values as helm-controller composes them (fluxcd/pkg `chartutil`, flux-facts §1.1):
/// `valuesFrom` in its order, inline `values` over it, references with a `targetPath` over both.
final class FluxValues {
  private FluxValues() {}

  /// What came of it.
  sealed interface Composed {}

  /// @param secret texts that came out of Secrets
  record Values(Json.Obj values, Set<String> secret) implements Composed {}

  /// Values that are not YAML, or cannot be merged.
  ///
  /// @param reference index in `valuesFrom`
  record Unusable(int reference, String why) implements Composed {}

  /// A source of values that the repository does not show.
  record Hidden(String why) implements Composed {}

  /// @param objects reads ConfigMaps and Secrets; a Secret's `data` is base64
  static Composed of(Resource release, Function<ObjectRef, Observation<Resource>> objects) {
    Json.Obj merged = Json.emptyObject();
    Set<String> secret = new HashSet<>();
    List<Target> targets = new ArrayList<>();
    int i = -1;
    for (Json ref : release.spec("valuesFrom").list()) {
      i++;
      String kind = ref.get("kind").text();
      ObjectRef at = new ObjectRef("v1", kind, release.namespace(), ref.get("name").text());
      boolean optional = ref.get("optional").isTrue();
      Resource object;
      switch (objects.apply(at)) {
        case Observation.Seen<Resource>(var seen) -> object = seen;
        case Observation.Absent<Resource> _ -> {
          if (optional) {
            continue;
          }
          return new Hidden("its values come from " + at.display() + ", which is not in Git");
        }
        case Observation.Unreadable<Resource>(var why) -> {
          return new Hidden("its values come from " + at.display() + ": " + why);
        }
      }
      String key = ref.get("valuesKey").text("values.yaml");
      Optional<String> text = text(object, key);
      if (text.isEmpty()) {
        if (optional) {
          continue;
        }
        return new Hidden(
            "its values come from key " + key + " of " + at.display() + ", which it does not have");
      }
      String target = ref.get("targetPath").text();
      if (!target.isEmpty()) {
        targets.add(new Target(i, target, text.get(), ref.get("literal").isTrue()));
        if (kind.equals("Secret")) {
          secret.add(text.get().strip());
        }
        continue;
      }
      Json content;
      try {
        List<Json> documents = YamlTrees.read(at.display() + " key " + key, text.get());
        content = documents.isEmpty() ? Json.emptyObject() : documents.getFirst();
      } catch (MalformedInput e) {
        return new Unusable(i, e.getMessage() == null ? "not YAML" : e.getMessage());
      }
      if (!(content instanceof Json.Obj o)) {
        return new Unusable(i, at.display() + " key " + key + " holds no mapping");
      }
      if (kind.equals("Secret")) {
        leaves(o, secret);
      }
      merged = (Json.Obj) merge(merged, o);
    }
    if (release.spec("values") instanceof Json.Obj inline) {
      merged = (Json.Obj) merge(merged, inline);
    }
    for (Target t : targets) {
      try {
        merged = (Json.Obj) ValuePath.set(merged, t.path(), t.value(), t.literal());
      } catch (ValuePath.Misfit e) {
        return new Unusable(t.reference(), "targetPath " + t.path() + ": " + e.getMessage());
      }
    }
    return new Values(merged, secret);
  }

  private record Target(int reference, String path, String value, boolean literal) {}

  private static Optional<String> text(Resource object, String key) {
    Json data = object.at("data", key);
    if (object.kind().equals("Secret")) {
      Json plain = object.at("stringData", key);
      if (plain instanceof Json.Str(var s)) {
        return Optional.of(s);
      }
      try {
        return data.scalar()
            .map(s -> new String(Base64.getMimeDecoder().decode(s), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return data.scalar();
  }

  private static void leaves(Json tree, Set<String> into) {
    switch (tree) {
      case Json.Obj o -> o.forEach((_, v) -> leaves(v, into));
      case Json.Arr(var items) -> items.forEach(i -> leaves(i, into));
      case Json.Str(var s) -> into.add(s);
      case Json.Num(var digits) -> into.add(digits);
      case Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  /// `over` on `under`: mappings are merged, everything else is replaced.
  static Json merge(Json under, Json over) {
    if (over instanceof Json.Missing) {
      return under;
    }
    if (!(under instanceof Json.Obj u) || !(over instanceof Json.Obj o)) {
      return over;
    }
    Json.Builder out = Json.builder();
    u.forEach((k, v) -> out.put(k, merge(v, o.get(k))));
    o.forEach(
        (k, v) -> {
          if (u.get(k) instanceof Json.Missing) {
            out.put(k, v);
          }
        });
    return out.build();
  }
}
