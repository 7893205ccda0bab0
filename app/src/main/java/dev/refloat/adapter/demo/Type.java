package dev.refloat.adapter.demo;

import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A kind that the stand-in serves, in one version.
record Type(
    String group,
    String version,
    String kind,
    String plural,
    boolean namespaced,
    List<String> shortNames) {

  /// What `kubectl get all` lists.
  private static final Set<String> OF_ALL =
      Set.of("Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job");

  private static final Map<String, List<String>> SHORT =
      Map.ofEntries(
          Map.entry("HelmRelease", List.of("hr")),
          Map.entry("HelmRepository", List.of("helmrepo")),
          Map.entry("HelmChart", List.of("hc")),
          Map.entry("OCIRepository", List.of("ocirepo")),
          Map.entry("GitRepository", List.of("gitrepo")),
          Map.entry("Kustomization", List.of("ks")),
          Map.entry("Deployment", List.of("deploy")),
          Map.entry("StatefulSet", List.of("sts")),
          Map.entry("DaemonSet", List.of("ds")),
          Map.entry("ReplicaSet", List.of("rs")),
          Map.entry("Pod", List.of("po")),
          Map.entry("PersistentVolumeClaim", List.of("pvc")),
          Map.entry("PersistentVolume", List.of("pv")),
          Map.entry("StorageClass", List.of("sc")),
          Map.entry("Service", List.of("svc")),
          Map.entry("Event", List.of("ev")),
          Map.entry("Namespace", List.of("ns")),
          Map.entry("Node", List.of("no")),
          Map.entry("ServiceAccount", List.of("sa")),
          Map.entry("ConfigMap", List.of("cm")),
          Map.entry("CustomResourceDefinition", List.of("crd")));

  /// Kubernetes' own kinds that Refloat knows and a few that people create by hand, and those of
  /// the definitions in the snapshot.
  static List<Type> of(Set<String> definitions) {
    List<Type> all = new ArrayList<>();
    for (Kind k : Kind.values()) {
      boolean own = !k.group().contains(".") || k.group().endsWith(".k8s.io");
      if ((own && !k.group().startsWith("snapshot."))
          || definitions.contains(k.plural() + "." + k.group())) {
        all.add(
            new Type(
                k.group(),
                k.versions().getFirst(),
                k.kindName(),
                k.plural(),
                k.namespaced(),
                SHORT.getOrDefault(k.kindName(), List.of())));
      }
    }
    String rbac = "rbac.authorization.k8s.io";
    all.add(new Type(rbac, "v1", "Role", "roles", true, List.of()));
    all.add(new Type(rbac, "v1", "RoleBinding", "rolebindings", true, List.of()));
    all.add(new Type("networking.k8s.io", "v1", "Ingress", "ingresses", true, List.of("ing")));
    return List.copyOf(all);
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /// As messages call it: `helmreleases.helm.toolkit.fluxcd.io`.
  String resource() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  Json.Obj discovery() {
    return Json.builder()
        .put("name", plural)
        .put("singularName", kind.toLowerCase(Locale.ROOT))
        .put("namespaced", namespaced)
        .put("kind", kind)
        .put(
            "verbs",
            Json.from(List.of("create", "delete", "get", "list", "patch", "update", "watch")))
        .put("shortNames", Json.from(shortNames))
        .put("categories", Json.from(OF_ALL.contains(kind) ? List.of("all") : List.of()))
        .build();
  }
}
