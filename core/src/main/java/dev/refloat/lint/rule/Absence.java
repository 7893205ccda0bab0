package dev.refloat.lint.rule;

import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Nearest;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Optional;

/// What it means that an object is not in the repository. Much that a cluster has comes from
/// elsewhere (another repository, Terraform, an operator, a person), so that absence alone is no
/// proof.
final class Absence {
  /// Namespaces that every cluster has.
  private static final List<String> GIVEN =
      List.of("default", "kube-system", "kube-public", "kube-node-lease");

  private Absence() {}

  /// ERROR when the repository is in charge of the namespace (it declares it), all that the cluster
  /// gets is known, and the object that refers to it is known to be applied; else WARNING.
  static Severity ofFluxObject(Cluster cluster, Declared referring, String namespace) {
    boolean applied =
        referring.by().isPresent()
            || cluster.all("kustomize.toolkit.fluxcd.io", "Kustomization").isEmpty();
    return applied && cluster.whole() && declares(cluster, namespace)
        ? Severity.ERROR
        : Severity.WARNING;
  }

  /// Why it cannot be said that something does not exist; nothing when it can.
  ///
  /// @param referring the object that needs it
  static Optional<String> openEnded(Cluster cluster, Declared referring) {
    if (!cluster.whole()) {
      return Optional.of("may come from what was not followed; lint the whole repository to know");
    }
    return isFragment(cluster, referring)
        ? Optional.of(
            "may come from the cluster that applies this, which the repository does not say")
        : Optional.empty();
  }

  /// The same for objects that Flux needs, which a ResourceSet may make.
  static Optional<String> openEndedForFlux(Cluster cluster, Declared referring) {
    Optional<String> open = openEnded(cluster, referring);
    return open.isPresent() || cluster.all("fluxcd.controlplane.io", "ResourceSet").isEmpty()
        ? open
        : Optional.of("may come from a ResourceSet, whose templates are not followed");
  }

  /// Whether an object is part of something larger that is not in the repository: no Kustomization
  /// is known to apply it, and no Namespace is declared beside it.
  static boolean isFragment(Cluster cluster, Declared object) {
    return object.by().isEmpty() && cluster.all("", "Namespace").isEmpty();
  }

  /// Whether an object of that name is declared without a namespace, so that it may be the one.
  static boolean somewhere(Cluster cluster, String group, Release.Reference ref) {
    return cluster.find(group, ref.kind(), "", ref.name()).isPresent();
  }

  /// Whether a chart brings the object.
  static boolean rendered(Scene scene, String group, Release.Reference ref) {
    for (Rendering r : scene.renderings().values()) {
      if (r instanceof Rendering.Rendered rendered) {
        for (Resource m : rendered.manifests()) {
          if (m.ref().group().equals(group)
              && m.kind().equals(ref.kind())
              && m.name().equals(ref.name())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /// Whether the repository itself makes the namespace.
  static boolean declares(Cluster cluster, String namespace) {
    return cluster.find("", "Namespace", "", namespace).isPresent();
  }

  /// Whether every cluster has the namespace.
  static boolean given(String namespace) {
    return GIVEN.contains(namespace);
  }

  /// Whether a name was left for a substitution that is made elsewhere.
  static boolean open(String... names) {
    return List.of(names).stream().anyMatch(n -> n.isEmpty() || n.contains("${"));
  }

  /// A declared name that may have been meant.
  static Optional<String> meant(String name, List<Declared> candidates, String namespace) {
    List<String> names =
        candidates.stream()
            .filter(d -> d.ref().namespace().equals(namespace))
            .map(d -> d.ref().name())
            .toList();
    return Nearest.of(name, names, 1).stream().findFirst();
  }
}
