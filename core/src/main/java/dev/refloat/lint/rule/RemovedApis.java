package dev.refloat.lint.rule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// API versions that Kubernetes removed, with what to write instead: from the deprecated API
/// migration guide of Kubernetes (up to 1.32).
final class RemovedApis {
  /// A removed API version of a kind.
  ///
  /// @param since the first Kubernetes without it, as in `1.22`
  /// @param instead its successor; empty when there is none
  /// @param compatible whether the same fields mean the same in the successor
  record Removed(String since, String instead, boolean compatible) {}

  private static final Map<String, Removed> ALL = new HashMap<>();

  static {
    same("1.16", "extensions/v1beta1", "apps/v1", List.of("ReplicaSet"));
    changed("1.16", "extensions/v1beta1", "apps/v1", List.of("Deployment", "DaemonSet"));
    changed("1.16", "apps/v1beta1", "apps/v1", List.of("Deployment", "StatefulSet"));
    changed("1.16", "apps/v1beta2", "apps/v1", List.of("Deployment", "StatefulSet", "DaemonSet"));
    same("1.16", "apps/v1beta2", "apps/v1", List.of("ReplicaSet"));
    same("1.16", "extensions/v1beta1", "networking.k8s.io/v1", List.of("NetworkPolicy"));
    changed("1.22", "extensions/v1beta1", "networking.k8s.io/v1", List.of("Ingress"));
    changed("1.22", "networking.k8s.io/v1beta1", "networking.k8s.io/v1", List.of("Ingress"));
    same("1.22", "networking.k8s.io/v1beta1", "networking.k8s.io/v1", List.of("IngressClass"));
    changed(
        "1.22",
        "apiextensions.k8s.io/v1beta1",
        "apiextensions.k8s.io/v1",
        List.of("CustomResourceDefinition"));
    changed(
        "1.22",
        "admissionregistration.k8s.io/v1beta1",
        "admissionregistration.k8s.io/v1",
        List.of("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"));
    same(
        "1.22",
        "apiregistration.k8s.io/v1beta1",
        "apiregistration.k8s.io/v1",
        List.of("APIService"));
    changed(
        "1.22",
        "certificates.k8s.io/v1beta1",
        "certificates.k8s.io/v1",
        List.of("CertificateSigningRequest"));
    same("1.22", "coordination.k8s.io/v1beta1", "coordination.k8s.io/v1", List.of("Lease"));
    for (String version : List.of("v1alpha1", "v1beta1")) {
      same(
          "1.22",
          "rbac.authorization.k8s.io/" + version,
          "rbac.authorization.k8s.io/v1",
          List.of("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"));
    }
    same("1.22", "scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1", List.of("PriorityClass"));
    same(
        "1.22",
        "storage.k8s.io/v1beta1",
        "storage.k8s.io/v1",
        List.of("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"));
    same("1.25", "batch/v1beta1", "batch/v1", List.of("CronJob"));
    changed("1.25", "discovery.k8s.io/v1beta1", "discovery.k8s.io/v1", List.of("EndpointSlice"));
    changed("1.25", "autoscaling/v2beta1", "autoscaling/v2", List.of("HorizontalPodAutoscaler"));
    same("1.26", "autoscaling/v2beta2", "autoscaling/v2", List.of("HorizontalPodAutoscaler"));
    // An empty selector means something else in policy/v1.
    changed("1.25", "policy/v1beta1", "policy/v1", List.of("PodDisruptionBudget"));
    changed("1.25", "policy/v1beta1", "", List.of("PodSecurityPolicy"));
    changed("1.16", "extensions/v1beta1", "", List.of("PodSecurityPolicy"));
    same("1.25", "node.k8s.io/v1beta1", "node.k8s.io/v1", List.of("RuntimeClass"));
    same("1.27", "storage.k8s.io/v1beta1", "storage.k8s.io/v1", List.of("CSIStorageCapacity"));
    for (String version : List.of("v1beta1", "v1beta2", "v1beta3")) {
      changed(
          switch (version) {
            case "v1beta1" -> "1.26";
            case "v1beta2" -> "1.29";
            default -> "1.32";
          },
          "flowcontrol.apiserver.k8s.io/" + version,
          "flowcontrol.apiserver.k8s.io/v1",
          List.of("FlowSchema", "PriorityLevelConfiguration"));
    }
  }

  private RemovedApis() {}

  static Optional<Removed> of(String apiVersion, String kind) {
    return Optional.ofNullable(ALL.get(Definitions.key(apiVersion, kind)));
  }

  private static void same(String since, String old, String instead, List<String> kinds) {
    kinds.forEach(k -> ALL.put(Definitions.key(old, k), new Removed(since, instead, true)));
  }

  private static void changed(String since, String old, String instead, List<String> kinds) {
    kinds.forEach(k -> ALL.put(Definitions.key(old, k), new Removed(since, instead, false)));
  }
}
