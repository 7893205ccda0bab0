package dev.refloat.lint;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// One object that an API server is to be asked about, as Flux would send it.
///
/// @param of what a person edits: the object itself, or the HelmRelease whose chart renders it
/// @param object as it would be sent
public record Trial(Declared of, Resource object, Way way) {

  /// How Flux brings an object into a cluster (helm-controller 1.6 and kustomize-controller 1.9:
  /// both
  /// take over the fields of others).
  public enum Way {
    /// By server-side apply, as kustomize-controller.
    KUSTOMIZE("kustomize-controller"),
    /// By server-side apply, as helm-controller.
    HELM("helm-controller"),
    /// Created, after an old one was removed: hooks. Definitions of a chart's `crds/` are not
    /// changed
    /// by default either.
    HELM_CREATES("helm-controller");

    private final String manager;

    Way(String manager) {
      this.manager = manager;
    }

    /// The field manager.
    public String manager() {
      return manager;
    }
  }

  /// What came of one.
  public record Answer(Trial trial, DryRun said) {}

  /// Whether a chart renders it.
  public boolean rendered() {
    return way != Way.KUSTOMIZE;
  }

  /// All that Flux would send to one cluster. What goes to another one (`spec.kubeConfig`), what
  /// Flux
  /// is told to leave alone, and what a substitution elsewhere would complete is left out.
  public static List<Trial> of(Scene scene) {
    List<Trial> out = new ArrayList<>();
    Cluster cluster = scene.cluster();
    for (Declared d : cluster.objects()) {
      if (!d.encrypted() && appliedHere(cluster, d) && cluster.holdsAllOf(d)) {
        out.add(new Trial(d, d.object(), Way.KUSTOMIZE));
      }
    }
    for (Declared release : cluster.releases()) {
      if (release.object().spec("kubeConfig").exists()
          || !(scene.rendering(release).orElse(null) instanceof Rendering.Rendered r)) {
        continue;
      }
      r.crds().forEach(o -> out.add(new Trial(release, o, Way.HELM_CREATES)));
      r.manifests().forEach(o -> out.add(new Trial(release, o, Way.HELM)));
      r.hooks().stream()
          .filter(o -> !o.annotation("helm.sh/hook").orElse("").contains("test"))
          .forEach(o -> out.add(new Trial(release, o, Way.HELM_CREATES)));
    }
    return out;
  }

  private static boolean appliedHere(Cluster cluster, Declared d) {
    boolean elsewhere =
        d.by()
            .flatMap(cluster::find)
            .filter(k -> k.object().spec("kubeConfig").exists())
            .isPresent();
    boolean left =
        Stream.of("reconcile", "ssa")
            .map(key -> "kustomize.toolkit.fluxcd.io/" + key)
            .flatMap(
                key ->
                    Stream.concat(
                        d.object().annotation(key).stream(), d.object().label(key).stream()))
            .anyMatch(v -> v.equalsIgnoreCase("disabled") || v.equalsIgnoreCase("Ignore"));
    return !elsewhere && !left && !d.object().name().isEmpty() && !open(d.object().root());
  }

  private static boolean open(Json tree) {
    return switch (tree) {
      case Json.Obj o -> o.keys().stream().anyMatch(k -> open(o.get(k)));
      case Json.Arr(var items) -> items.stream().anyMatch(Trial::open);
      case Json.Str(var text) -> text.contains("${");
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> false;
    };
  }

  /// The namespaces that the repository makes: declared, rendered, or made by Helm.
  public static Set<String> namespaces(Scene scene) {
    Set<String> made = new HashSet<>();
    scene.cluster().all("", "Namespace").forEach(d -> made.add(d.ref().name()));
    for (Declared release : scene.cluster().releases()) {
      if (release.object().spec("install", "createNamespace").isTrue()) {
        made.add(ReleaseTarget.of(release.object()).namespace());
      }
      if (scene.rendering(release).orElse(null) instanceof Rendering.Rendered r) {
        r.manifests().stream()
            .filter(o -> o.kind().equals("Namespace") && o.ref().group().isEmpty())
            .forEach(o -> made.add(o.name()));
      }
    }
    return made;
  }

  /// The definitions that the repository and its charts hold.
  public static List<Resource> definitions(Scene scene) {
    List<Resource> out = new ArrayList<>();
    scene
        .cluster()
        .all("apiextensions.k8s.io", "CustomResourceDefinition")
        .forEach(d -> out.add(d.object()));
    for (Rendering rendering : scene.renderings().values()) {
      if (rendering instanceof Rendering.Rendered r) {
        Stream.concat(r.crds().stream(), r.manifests().stream())
            .filter(o -> o.kind().equals("CustomResourceDefinition"))
            .forEach(out::add);
      }
    }
    return out;
  }

  /// The same object in another namespace under another name: where its own does not exist yet, its
  /// content can still be judged.
  public Resource elsewhere(String namespace) {
    ObjectRef ref = object.ref();
    Json.Obj meta = object.at("metadata") instanceof Json.Obj m ? m : Json.emptyObject();
    Json.Obj moved =
        meta.with("namespace", new Json.Str(namespace))
            .with("name", new Json.Str("refloat-lint-" + Integer.toHexString(ref.hashCode())));
    return object.root() instanceof Json.Obj root
        ? Resource.of(root.with("metadata", moved))
        : object;
  }
}
