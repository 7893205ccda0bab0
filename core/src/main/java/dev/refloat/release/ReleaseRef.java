package dev.refloat.release;

import dev.refloat.model.ObjectRef;
import java.util.Comparator;

/// Names one HelmRelease.
public record ReleaseRef(String namespace, String name) implements Comparable<ReleaseRef> {
  private static final Comparator<ReleaseRef> ORDER =
      Comparator.comparing(ReleaseRef::namespace).thenComparing(ReleaseRef::name);

  public ObjectRef object() {
    return new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", namespace, name);
  }

  /// `namespace/name`.
  public String path() {
    return namespace + "/" + name;
  }

  @Override
  public int compareTo(ReleaseRef other) {
    return ORDER.compare(this, other);
  }
}
