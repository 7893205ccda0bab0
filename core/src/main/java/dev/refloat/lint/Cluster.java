package dev.refloat.lint;

import dev.refloat.model.ObjectRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one cluster would get from the repository. A repository without entry points (no Flux
/// Kustomization in it) is one cluster that gets everything.
public final class Cluster {
  private final String name;
  private final List<Declared> objects;
  private final boolean whole;
  private final Map<String, List<Declared>> byKind = new LinkedHashMap<>();
  private final Map<String, Declared> byRef = new LinkedHashMap<>();

  /// @param name the folder that it starts from, as in `clusters/prod`; empty for the whole
  ///     repository
  /// @param objects in the order of their files
  /// @param whole whether everything that the cluster gets is known; when not (a source elsewhere,
  ///     a
  ///     generator that was not followed), "does not exist" cannot be said
  public Cluster(String name, List<Declared> objects, boolean whole) {
    this.name = name;
    this.objects = List.copyOf(objects);
    this.whole = whole;
    for (Declared d : this.objects) {
      byKind.computeIfAbsent(key(d.ref().group(), d.ref().kind()), _ -> new ArrayList<>()).add(d);
      byRef.putIfAbsent(
          key(d.ref().group(), d.ref().kind(), d.ref().namespace(), d.ref().name()), d);
    }
  }

  public String name() {
    return name;
  }

  public List<Declared> objects() {
    return objects;
  }

  public boolean whole() {
    return whole;
  }

  /// All objects of a kind, whatever their API version.
  ///
  /// @param group empty for the core group
  public List<Declared> all(String group, String kind) {
    return byKind.getOrDefault(key(group, kind), List.of());
  }

  public List<Declared> releases() {
    return all("helm.toolkit.fluxcd.io", "HelmRelease");
  }

  /// One object, whatever its API version.
  public Optional<Declared> find(String group, String kind, String namespace, String name) {
    return Optional.ofNullable(byRef.get(key(group, kind, namespace, name)));
  }

  public Optional<Declared> find(ObjectRef ref) {
    return find(ref.group(), ref.kind(), ref.namespace(), ref.name());
  }

  /// Whether a document holds all of its object: declared several times and applied by nothing that
  /// is known, one of them is a patch.
  public boolean holdsAllOf(Declared object) {
    return object.by().isPresent()
        || all(object.ref().group(), object.ref().kind()).stream()
                .filter(d -> d.ref().sameObject(object.ref()))
                .limit(2)
                .count()
            == 1;
  }

  private static String key(String... parts) {
    return String.join("\0", parts);
  }
}
