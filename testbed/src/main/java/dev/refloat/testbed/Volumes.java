package dev.refloat.testbed;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Plays the provisioner of the storage class `standard`: a claim gets a volume of its own, and a
/// released volume whose policy is Delete goes, as with a real driver. A volume is a name here;
/// nothing is stored in it.
final class Volumes implements AutoCloseable {
  private static final String PROVISIONER = "volumes.testbed.refloat.dev";
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final ApiClient api;
  private final Map<String, Boolean> provisioned = new ConcurrentHashMap<>();
  private final Thread thread;
  private volatile boolean ended;
  private String said = "";

  private Volumes(ApiClient api) {
    this.api = api;
    this.thread = Thread.ofVirtual().name("testbed-volumes").unstarted(this::run);
  }

  static Volumes start(TestCluster cluster) {
    cluster.apply(
        """
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata:
          name: standard
          annotations: {storageclass.kubernetes.io/is-default-class: "true"}
        provisioner: %s
        reclaimPolicy: Delete
        allowVolumeExpansion: false
        volumeBindingMode: Immediate
        """
            .formatted(PROVISIONER));
    Volumes volumes = new Volumes(cluster.api());
    volumes.thread.start();
    return volumes;
  }

  private void run() {
    while (!ended) {
      try {
        look();
      } catch (RuntimeException e) {
        // The server may be slow or on its way down; the next look repeats what was not done.
        String words = String.valueOf(e.getMessage());
        if (!ended && !words.equals(said)) {
          said = words;
          Narration.say("volumes: " + words);
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void look() {
    for (JsonNode claim : api.get("/api/v1/persistentvolumeclaims").path("items")) {
      JsonNode spec = claim.path("spec");
      if (spec.path("storageClassName").asString("").equals("standard")
          && spec.path("volumeName").asString("").isEmpty()
          && claim.path("metadata").path("deletionTimestamp").isMissingNode()) {
        provision(claim);
      }
    }
    for (JsonNode volume : api.get("/api/v1/persistentvolumes").path("items")) {
      if (volume.path("status").path("phase").asString("").equals("Released")
          && volume.path("spec").path("persistentVolumeReclaimPolicy").asString("").equals("Delete")
          && volume.path("metadata").path("deletionTimestamp").isMissingNode()
          && volume.path("spec").path("storageClassName").asString("").equals("standard")) {
        api.delete("/api/v1/persistentvolumes/" + volume.path("metadata").path("name").asString());
      }
    }
  }

  private void provision(JsonNode claim) {
    JsonNode metadata = claim.path("metadata");
    String uid = metadata.path("uid").asString();
    if (provisioned.putIfAbsent(uid, true) != null) {
      return;
    }
    ObjectNode volume =
        Manifests.read(
                """
                apiVersion: v1
                kind: PersistentVolume
                metadata:
                  name: pvc-%1$s
                  annotations: {pv.kubernetes.io/provisioned-by: %2$s}
                spec:
                  capacity: {storage: "%3$s"}
                  accessModes: [ReadWriteOnce]
                  persistentVolumeReclaimPolicy: Delete
                  storageClassName: standard
                  claimRef:
                    {apiVersion: v1, kind: PersistentVolumeClaim, namespace: %4$s, name: %5$s, uid: %1$s}
                  csi: {driver: %2$s, volumeHandle: %1$s}
                """
                    .formatted(
                        uid,
                        PROVISIONER,
                        claim
                            .path("spec")
                            .path("resources")
                            .path("requests")
                            .path("storage")
                            .asString("1Gi"),
                        metadata.path("namespace").asString(),
                        metadata.path("name").asString()))
            .getFirst();
    try {
      api.create(volume);
    } catch (RuntimeException e) {
      provisioned.remove(uid);
      throw e;
    }
  }

  @Override
  public void close() {
    ended = true;
    LockSupport.unpark(thread);
  }
}
