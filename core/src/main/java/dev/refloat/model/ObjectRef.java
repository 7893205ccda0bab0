package dev.refloat.model;

import java.util.Comparator;

/// Names one Kubernetes object. The namespace is empty for objects of the cluster.
public record ObjectRef(String apiVersion, String kind, String namespace, String name)
    implements Comparable<ObjectRef> {

  private static final Comparator<ObjectRef> ORDER =
      Comparator.comparing(ObjectRef::kind)
          .thenComparing(ObjectRef::namespace)
          .thenComparing(ObjectRef::name)
          .thenComparing(ObjectRef::apiVersion);

  /// The API group: empty for the core group.
  public String group() {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  /// As people write it: `Pod ai/librechat-0`, `Node worker-1`.
  public String display() {
    return kind + " " + path();
  }

  /// `namespace/name`, or the name alone for objects of the cluster.
  public String path() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  /// Two references to one object may differ in API version.
  public boolean sameObject(ObjectRef other) {
    return kind.equals(other.kind)
        && name.equals(other.name)
        && namespace.equals(other.namespace)
        && group().equals(other.group());
  }

  @Override
  public int compareTo(ObjectRef other) {
    return ORDER.compare(this, other);
  }
}
