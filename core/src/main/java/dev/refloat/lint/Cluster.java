package dev.refloat.lint;

import dev.refloat.model.ObjectRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What one cluster would get from the repository. A repository without entry points (no Flux
/// Kustomization in it) is one cluster that gets everything.
public final class Cluster {
  private final String name;
  private final List<Declared> objects;
  private final boolean whole;
  private final List<Broken> broken;
  private final Set<ObjectRef> partial;
  private final Map<String, List<Declared>> byKind = new LinkedHashMap<>();
  private final Map<String, Declared> byRef = new LinkedHashMap<>();

  /// @param name the folder that it starts from, as in `clusters/prod`; empty for the whole
  ///     repository
  /// @param objects in the order of their files
  /// @param whole whether everything that the cluster gets is known; when not (a source elsewhere,
  ///     a
  ///     generator that was not followed), "does not exist" cannot be said
  public Cluster(String name, List<Declared> objects, boolean whole) {
    this(name, objects, whole, List.of(), Set.of());
  }

  /// @param broken what could not be built, as kustomize refuses it
  /// @param partial objects that nothing applies and that others declare too: one of them is a
  ///     patch
  public Cluster(
      String name,
      List<Declared> objects,
      boolean whole,
      List<Broken> broken,
      Set<ObjectRef> partial) {
    this.broken = List.copyOf(broken);
    this.partial = Set.copyOf(partial);
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

  public List<Broken> broken() {
    return broken;
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

  /// Whether a document holds all of its object, and is no patch that nothing applies.
  public boolean holdsAllOf(Declared object) {
    return object.by().isPresent() || !partial.contains(object.ref());
  }

  private static String key(String... parts) {
    return String.join("\0", parts);
  }
}
