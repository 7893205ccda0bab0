package dev.refloat.release;

import dev.refloat.model.Resource;
import java.util.Map;
import java.util.Optional;

/// Which releases are asked about.
///
/// @param namespace empty: all namespaces
/// @param name present: this one release
/// @param labels equality selector; empty: all
public record Scope(Optional<String> namespace, Optional<String> name, Map<String, String> labels) {

  public Scope {
    labels = Map.copyOf(labels);
  }

  public static Scope everywhere() {
    return new Scope(Optional.empty(), Optional.empty(), Map.of());
  }

  public static Scope namespace(String namespace) {
    return new Scope(Optional.of(namespace), Optional.empty(), Map.of());
  }

  public static Scope release(ReleaseRef ref) {
    return new Scope(Optional.of(ref.namespace()), Optional.of(ref.name()), Map.of());
  }

  public boolean contains(Resource release) {
    return namespace.map(release.namespace()::equals).orElse(true)
        && name.map(release.name()::equals).orElse(true)
        && labels.entrySet().stream()
            .allMatch(e -> release.label(e.getKey()).map(e.getValue()::equals).orElse(false));
  }
}
