package dev.refloat.evidence;

import java.util.List;
import java.util.Optional;

/// The kinds that a diagnosis lists. Versions are tried in order; the first that the server has is
/// read. helm-controller 1.5 removed v2beta2, 0.37 still served v2beta1 (flux-facts, head).
public enum Kind {
  HELM_RELEASE(
      "helm.toolkit.fluxcd.io",
      "HelmRelease",
      "helmreleases",
      true,
      Detail.FULL,
      "v2",
      "v2beta2",
      "v2beta1"),
  HELM_CHART(
      "source.toolkit.fluxcd.io",
      "HelmChart",
      "helmcharts",
      true,
      Detail.FULL,
      "v1",
      "v1beta2",
      "v1beta1"),
  HELM_REPOSITORY(
      "source.toolkit.fluxcd.io",
      "HelmRepository",
      "helmrepositories",
      true,
      Detail.FULL,
      "v1",
      "v1beta2",
      "v1beta1"),
  OCI_REPOSITORY(
      "source.toolkit.fluxcd.io",
      "OCIRepository",
      "ocirepositories",
      true,
      Detail.FULL,
      "v1",
      "v1beta2"),
  GIT_REPOSITORY(
      "source.toolkit.fluxcd.io",
      "GitRepository",
      "gitrepositories",
      true,
      Detail.FULL,
      "v1",
      "v1beta2",
      "v1beta1"),
  BUCKET(
      "source.toolkit.fluxcd.io",
      "Bucket",
      "buckets",
      true,
      Detail.FULL,
      "v1",
      "v1beta2",
      "v1beta1"),
  EXTERNAL_ARTIFACT(
      "source.toolkit.fluxcd.io", "ExternalArtifact", "externalartifacts", true, Detail.FULL, "v1"),
  KUSTOMIZATION(
      "kustomize.toolkit.fluxcd.io",
      "Kustomization",
      "kustomizations",
      true,
      Detail.FULL,
      "v1",
      "v1beta2"),
  DEPLOYMENT("apps", "Deployment", "deployments", true, Detail.FULL, "v1"),
  STATEFUL_SET("apps", "StatefulSet", "statefulsets", true, Detail.FULL, "v1"),
  DAEMON_SET("apps", "DaemonSet", "daemonsets", true, Detail.FULL, "v1"),
  REPLICA_SET("apps", "ReplicaSet", "replicasets", true, Detail.FULL, "v1"),
  JOB("batch", "Job", "jobs", true, Detail.FULL, "v1"),
  POD("", "Pod", "pods", true, Detail.FULL, "v1"),
  PERSISTENT_VOLUME_CLAIM(
      "", "PersistentVolumeClaim", "persistentvolumeclaims", true, Detail.FULL, "v1"),
  PERSISTENT_VOLUME("", "PersistentVolume", "persistentvolumes", false, Detail.FULL, "v1"),
  STORAGE_CLASS("storage.k8s.io", "StorageClass", "storageclasses", false, Detail.FULL, "v1"),
  SERVICE("", "Service", "services", true, Detail.FULL, "v1"),
  /// Which pods a Service leads to.
  ENDPOINT_SLICE(
      "discovery.k8s.io", "EndpointSlice", "endpointslices", true, Detail.FULL, "v1", "v1beta1"),
  EVENT("", "Event", "events", true, Detail.FULL, "v1"),
  NAMESPACE("", "Namespace", "namespaces", false, Detail.FULL, "v1"),
  NODE("", "Node", "nodes", false, Detail.FULL, "v1"),
  RESOURCE_QUOTA("", "ResourceQuota", "resourcequotas", true, Detail.FULL, "v1"),
  SERVICE_ACCOUNT("", "ServiceAccount", "serviceaccounts", true, Detail.METADATA, "v1"),
  CONFIG_MAP("", "ConfigMap", "configmaps", true, Detail.METADATA, "v1"),
  /// Names and labels only: Helm's records show their status in labels, and data stays where it is.
  SECRET("", "Secret", "secrets", true, Detail.METADATA, "v1"),
  CUSTOM_RESOURCE_DEFINITION(
      "apiextensions.k8s.io",
      "CustomResourceDefinition",
      "customresourcedefinitions",
      false,
      Detail.METADATA,
      "v1"),
  VALIDATING_WEBHOOK(
      "admissionregistration.k8s.io",
      "ValidatingWebhookConfiguration",
      "validatingwebhookconfigurations",
      false,
      Detail.FULL,
      "v1"),
  MUTATING_WEBHOOK(
      "admissionregistration.k8s.io",
      "MutatingWebhookConfiguration",
      "mutatingwebhookconfigurations",
      false,
      Detail.FULL,
      "v1"),
  VOLUME_SNAPSHOT(
      "snapshot.storage.k8s.io", "VolumeSnapshot", "volumesnapshots", true, Detail.FULL, "v1"),
  VOLUME_SNAPSHOT_CLASS(
      "snapshot.storage.k8s.io",
      "VolumeSnapshotClass",
      "volumesnapshotclasses",
      false,
      Detail.FULL,
      "v1");

  /// How much of an object is read.
  public enum Detail {
    FULL,
    METADATA
  }

  private final String group;
  private final String kindName;
  private final String plural;
  private final boolean namespaced;
  private final Detail detail;
  private final List<String> versions;

  Kind(
      String group,
      String kindName,
      String plural,
      boolean namespaced,
      Detail detail,
      String... versions) {
    this.group = group;
    this.kindName = kindName;
    this.plural = plural;
    this.namespaced = namespaced;
    this.detail = detail;
    this.versions = List.of(versions);
  }

  public String group() {
    return group;
  }

  /// The kind as manifests write it.
  public String kindName() {
    return kindName;
  }

  public String plural() {
    return plural;
  }

  public boolean namespaced() {
    return namespaced;
  }

  public Detail detail() {
    return detail;
  }

  /// Newest first.
  public List<String> versions() {
    return versions;
  }

  /// Whether this kind belongs to Flux, so that its absence means that Flux is not installed.
  public boolean ofFlux() {
    return group.endsWith(".fluxcd.io");
  }

  /// The known kind of this group and name.
  public static Optional<Kind> of(String group, String kindName) {
    for (Kind k : values()) {
      if (k.kindName.equals(kindName) && k.group.equals(group)) {
        return Optional.of(k);
      }
    }
    return Optional.empty();
  }
}
