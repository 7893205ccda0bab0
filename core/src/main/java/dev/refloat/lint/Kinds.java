package dev.refloat.lint;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What is known of kinds without asking a cluster: Kubernetes' own, and those of given
/// CustomResourceDefinitions.
public final class Kinds {

  /// A kind.
  ///
  /// @param group empty for the core group
  /// @param plural as in RBAC: `deployments`
  /// @param namespaced whether its objects live in namespaces
  public record Kind(String group, String plural, boolean namespaced) {}

  /// Kubernetes 1.36, and kinds that older versions had: `group: plural Kind …`, a `*` before those
  /// of the cluster.
  private static final String BUILT_IN =
      """
      : bindings Binding componentstatuses *ComponentStatus configmaps ConfigMap
      : endpoints Endpoints events Event limitranges LimitRange namespaces *Namespace
      : nodes *Node persistentvolumeclaims PersistentVolumeClaim
      : persistentvolumes *PersistentVolume pods Pod podtemplates PodTemplate
      : replicationcontrollers ReplicationController resourcequotas ResourceQuota
      : secrets Secret serviceaccounts ServiceAccount services Service
      admissionregistration.k8s.io: mutatingwebhookconfigurations *MutatingWebhookConfiguration
      admissionregistration.k8s.io: validatingwebhookconfigurations *ValidatingWebhookConfiguration
      admissionregistration.k8s.io: validatingadmissionpolicies *ValidatingAdmissionPolicy
      admissionregistration.k8s.io: validatingadmissionpolicybindings *ValidatingAdmissionPolicyBinding
      admissionregistration.k8s.io: mutatingadmissionpolicies *MutatingAdmissionPolicy
      admissionregistration.k8s.io: mutatingadmissionpolicybindings *MutatingAdmissionPolicyBinding
      apiextensions.k8s.io: customresourcedefinitions *CustomResourceDefinition
      apiregistration.k8s.io: apiservices *APIService
      apps: controllerrevisions ControllerRevision daemonsets DaemonSet deployments Deployment
      apps: replicasets ReplicaSet statefulsets StatefulSet
      authentication.k8s.io: tokenreviews *TokenReview selfsubjectreviews *SelfSubjectReview
      authorization.k8s.io: localsubjectaccessreviews LocalSubjectAccessReview
      authorization.k8s.io: selfsubjectaccessreviews *SelfSubjectAccessReview
      authorization.k8s.io: selfsubjectrulesreviews *SelfSubjectRulesReview
      authorization.k8s.io: subjectaccessreviews *SubjectAccessReview
      autoscaling: horizontalpodautoscalers HorizontalPodAutoscaler
      batch: cronjobs CronJob jobs Job
      certificates.k8s.io: certificatesigningrequests *CertificateSigningRequest
      certificates.k8s.io: clustertrustbundles *ClusterTrustBundle
      certificates.k8s.io: podcertificaterequests PodCertificateRequest
      coordination.k8s.io: leases Lease leasecandidates LeaseCandidate
      discovery.k8s.io: endpointslices EndpointSlice
      events.k8s.io: events Event
      extensions: ingresses Ingress deployments Deployment daemonsets DaemonSet
      extensions: replicasets ReplicaSet networkpolicies NetworkPolicy
      extensions: podsecuritypolicies *PodSecurityPolicy
      flowcontrol.apiserver.k8s.io: flowschemas *FlowSchema
      flowcontrol.apiserver.k8s.io: prioritylevelconfigurations *PriorityLevelConfiguration
      internal.apiserver.k8s.io: storageversions *StorageVersion
      networking.k8s.io: ingressclasses *IngressClass ingresses Ingress networkpolicies NetworkPolicy
      networking.k8s.io: ipaddresses *IPAddress servicecidrs *ServiceCIDR
      node.k8s.io: runtimeclasses *RuntimeClass
      policy: poddisruptionbudgets PodDisruptionBudget podsecuritypolicies *PodSecurityPolicy
      rbac.authorization.k8s.io: clusterrolebindings *ClusterRoleBinding clusterroles *ClusterRole
      rbac.authorization.k8s.io: rolebindings RoleBinding roles Role
      resource.k8s.io: deviceclasses *DeviceClass resourceclaims ResourceClaim
      resource.k8s.io: resourceclaimtemplates ResourceClaimTemplate resourceslices *ResourceSlice
      resource.k8s.io: devicetaintrules *DeviceTaintRule
      scheduling.k8s.io: priorityclasses *PriorityClass workloads Workload
      storage.k8s.io: csidrivers *CSIDriver csinodes *CSINode storageclasses *StorageClass
      storage.k8s.io: csistoragecapacities CSIStorageCapacity volumeattachments *VolumeAttachment
      storage.k8s.io: volumeattributesclasses *VolumeAttributesClass
      storagemigration.k8s.io: storageversionmigrations *StorageVersionMigration
      """;

  private static final Map<String, Kind> KUBERNETES = builtIn();

  private final Map<String, Kind> custom = new HashMap<>();

  /// Kubernetes' kinds and those that these CustomResourceDefinitions define.
  public Kinds(Collection<Resource> definitions) {
    for (Resource d : definitions) {
      String group = d.spec("group").text();
      custom.put(
          key(group, d.spec("names", "kind").text()),
          new Kind(
              group, d.spec("names", "plural").text(), !d.spec("scope").text().equals("Cluster")));
    }
  }

  private static Map<String, Kind> builtIn() {
    Map<String, Kind> out = new HashMap<>();
    for (String line : BUILT_IN.lines().toList()) {
      int colon = line.indexOf(':');
      String group = line.substring(0, colon);
      String[] words = line.substring(colon + 1).strip().split(" ", -1);
      for (int i = 0; i < words.length; i += 2) {
        boolean cluster = words[i + 1].startsWith("*");
        String kind = cluster ? words[i + 1].substring(1) : words[i + 1];
        out.put(key(group, kind), new Kind(group, words[i], !cluster));
      }
    }
    return Map.copyOf(out);
  }

  private static String key(String group, String kind) {
    return group + "\0" + kind;
  }

  /// Whether this is a group of Kubernetes itself, whose kinds need no definition.
  public static boolean builtInGroup(String group) {
    return KUBERNETES.values().stream().anyMatch(k -> k.group().equals(group));
  }

  public Optional<Kind> find(String group, String kind) {
    String key = key(group, kind);
    return Optional.ofNullable(KUBERNETES.get(key)).or(() -> Optional.ofNullable(custom.get(key)));
  }

  /// Whether objects of a kind live in namespaces. Most unknown kinds do.
  public boolean namespaced(ObjectRef ref) {
    return find(ref.group(), ref.kind()).map(Kind::namespaced).orElse(true);
  }

  /// The object in the namespace where it would be created.
  public Resource placed(Resource object, String namespace) {
    if (!object.namespace().isEmpty() || !namespaced(object.ref())) {
      return object;
    }
    Json meta = object.at("metadata");
    if (!(meta instanceof Json.Obj m) || !(object.root() instanceof Json.Obj root)) {
      return object;
    }
    return Resource.of(root.with("metadata", m.with("namespace", new Json.Str(namespace))));
  }
}
