package dev.refloat.adapter.git;

import dev.refloat.model.Json;
import java.util.Map;
import java.util.Set;

/// Which kinds have a namespace, without a cluster to ask.
final class Kinds {

  /// Kinds of Kubernetes 1.37 that belong to the cluster, by group.
  private static final Map<String, Set<String>> OF_THE_CLUSTER =
      Map.ofEntries(
          Map.entry("", Set.of("Namespace", "Node", "PersistentVolume", "ComponentStatus")),
          Map.entry("rbac.authorization.k8s.io", Set.of("ClusterRole", "ClusterRoleBinding")),
          Map.entry("apiextensions.k8s.io", Set.of("CustomResourceDefinition")),
          Map.entry("apiregistration.k8s.io", Set.of("APIService")),
          Map.entry(
              "storage.k8s.io",
              Set.of(
                  "StorageClass",
                  "CSIDriver",
                  "CSINode",
                  "VolumeAttachment",
                  "VolumeAttributesClass")),
          Map.entry("scheduling.k8s.io", Set.of("PriorityClass")),
          Map.entry("networking.k8s.io", Set.of("IngressClass", "IPAddress", "ServiceCIDR")),
          Map.entry("node.k8s.io", Set.of("RuntimeClass")),
          Map.entry("policy", Set.of("PodSecurityPolicy")),
          Map.entry(
              "certificates.k8s.io", Set.of("CertificateSigningRequest", "ClusterTrustBundle")),
          Map.entry(
              "flowcontrol.apiserver.k8s.io", Set.of("FlowSchema", "PriorityLevelConfiguration")),
          Map.entry(
              "admissionregistration.k8s.io",
              Set.of(
                  "MutatingWebhookConfiguration",
                  "ValidatingWebhookConfiguration",
                  "ValidatingAdmissionPolicy",
                  "ValidatingAdmissionPolicyBinding",
                  "MutatingAdmissionPolicy",
                  "MutatingAdmissionPolicyBinding")),
          Map.entry("resource.k8s.io", Set.of("DeviceClass", "ResourceSlice")),
          Map.entry("gateway.networking.k8s.io", Set.of("GatewayClass")),
          Map.entry(
              "snapshot.storage.k8s.io", Set.of("VolumeSnapshotClass", "VolumeSnapshotContent")),
          Map.entry("cert-manager.io", Set.of("ClusterIssuer")),
          Map.entry("external-secrets.io", Set.of("ClusterSecretStore", "ClusterExternalSecret")),
          Map.entry("kyverno.io", Set.of("ClusterPolicy")));

  private Kinds() {}

  /// Whether objects of a kind have a namespace. Kinds that nobody knows are taken to have one, as
  /// most do.
  static boolean namespaced(Json object) {
    return !OF_THE_CLUSTER
        .getOrDefault(KustomizeBuild.group(object), Set.of())
        .contains(object.get("kind").text());
  }

  /// Whether a kind is one of Kubernetes' own, whose schema kustomize knows.
  static boolean ofKubernetes(Json object) {
    String group = KustomizeBuild.group(object);
    return switch (group) {
      case "" -> !object.get("apiVersion").text().isEmpty();
      case "apps",
          "batch",
          "autoscaling",
          "policy",
          "networking.k8s.io",
          "rbac.authorization.k8s.io",
          "storage.k8s.io" ->
          true;
      default -> false;
    };
  }

  /// Whether kustomize gives a kind its prefixes and suffixes (prefixtransformer.go of kustomize
  /// 5).
  static boolean takesPrefix(Json object) {
    return switch (object.get("kind").text()) {
      case "CustomResourceDefinition", "APIService", "Namespace" -> false;
      default -> true;
    };
  }
}
