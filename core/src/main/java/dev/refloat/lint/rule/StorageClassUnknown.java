package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A volume of a StorageClass that nothing in the repository makes and that no common Kubernetes
/// distribution brings.
final class StorageClassUnknown implements Check {
  /// Of clouds, distributions and local clusters, as they name theirs.
  private static final Set<String> COMMON =
      Set.of(
          "standard",
          "standard-rwo",
          "premium-rwo",
          "standard-rwx",
          "gp2",
          "gp3",
          "default",
          "managed",
          "managed-csi",
          "managed-csi-premium",
          "managed-premium",
          "azurefile",
          "azurefile-csi",
          "azurefile-csi-premium",
          "azurefile-premium",
          "azureblob-fuse-premium",
          "local-path",
          "hostpath",
          "microk8s-hostpath",
          "csi-hostpath-sc",
          "docker-desktop",
          "do-block-storage",
          "do-block-storage-retain",
          "hcloud-volumes",
          "linode-block-storage",
          "linode-block-storage-retain",
          "vultr-block-storage",
          "vultr-block-storage-hdd",
          "scw-bssd",
          "scw-bssd-retain",
          "oci-bv",
          "oci",
          "ibmc-block-gold",
          "ibmc-file-gold",
          "ibmc-vpc-block-10iops-tier",
          "alicloud-disk-essd",
          "alicloud-disk-ssd",
          "csi-cinder-high-speed",
          "csi-cinder-classic",
          "thin",
          "thin-csi",
          "vsphere-csi",
          "ocs-storagecluster-ceph-rbd",
          "ocs-storagecluster-cephfs",
          "rook-ceph-block",
          "rook-cephfs",
          "ceph-block",
          "ceph-filesystem",
          "longhorn",
          "openebs-hostpath",
          "openebs-device",
          "civo-volume",
          "exoscale-sbs",
          "upcloud-block-storage-maxiops");

  private static final RuleInfo INFO =
      new RuleInfo(
          "storage-class-unknown",
          "Volumes are of a StorageClass that the repository makes or Kubernetes distributions have",
          Severity.WARNING,
          List.of("volume-pending"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Set<String> known = new HashSet<>(COMMON);
    scene.cluster().all("storage.k8s.io", "StorageClass").forEach(d -> known.add(d.ref().name()));
    // A volume that is bound by name needs no class to be there.
    scene.cluster().all("", "PersistentVolume").stream()
        .map(v -> v.object().spec("storageClassName").text())
        .forEach(known::add);
    Renderings.eachHere(
        scene,
        (_, r) ->
            Renderings.objects(r)
                .filter(o -> o.kind().equals("StorageClass"))
                .forEach(o -> known.add(o.name())));
    Renderings.eachHere(scene, (release, r) -> check(scene, release, r, known, report));
  }

  private static void check(
      Scene scene, Declared release, Rendered rendering, Set<String> known, Report report) {
    TreeMap<String, Resource> missing = new TreeMap<>();
    Renderings.objects(rendering)
        .forEach(
            o ->
                claims(o)
                    .map(c -> c.at("spec", "storageClassName").text())
                    .filter(name -> !name.isEmpty() && !known.contains(name))
                    .forEach(name -> missing.putIfAbsent(name, o)));
    missing.forEach(
        (name, object) ->
            Renderings.atValue(scene, report, release, Renderings.valueOf(rendering.values(), name))
                .say(
                    "A volume of "
                        + object.ref().display()
                        + " is of StorageClass "
                        + name
                        + ", which nothing in the repository makes: where the cluster does not have"
                        + " it, the volume stays pending",
                    "Name a StorageClass of the cluster, leave it out for the default one, or"
                        + " suppress this rule with who makes the class"));
  }

  private static Stream<Json> claims(Resource object) {
    return switch (object.kind()) {
      case "PersistentVolumeClaim" -> Stream.of(object.root());
      case "StatefulSet" -> object.spec("volumeClaimTemplates").list().stream();
      default -> Stream.empty();
    };
  }
}
