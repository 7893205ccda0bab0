package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The bed itself: what the other end-to-end tests take for granted.
@RequiresTestBed
final class TestClusterE2E {
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestCluster.start(TestCluster.Part.FLUX);
    for (String id :
        java.util.List.of(
            "crash-loop", "deletion-stuck", "upgrade-rolled-back", "quota", "admission-denied")) {
      Recordings.of(id).load(cluster);
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void answersWithItsVersion() {
    assertThat(cluster.api().get("/version").path("gitVersion").asString())
        .isEqualTo(Binary.Module.KUBERNETES.version());
  }

  @Test
  void keepsStatusOfARecordedRelease() {
    JsonNode release =
        cluster.api().get("/apis/helm.toolkit.fluxcd.io/v2/namespaces/crash-loop/helmreleases/app");
    assertThat(release.path("status").path("conditions").get(0).path("type").asString())
        .isNotEmpty();
    assertThat(release.path("status").path("history").isArray()).isTrue();
  }

  @Test
  void keepsTheOwnerChainFromPodToDeployment() {
    JsonNode pod = cluster.api().get("/api/v1/namespaces/crash-loop/pods").path("items").get(0);
    JsonNode set = owner(pod, "/apis/apps/v1/namespaces/crash-loop/replicasets/");
    JsonNode deployment = owner(set, "/apis/apps/v1/namespaces/crash-loop/deployments/");
    assertThat(deployment.path("metadata").path("name").asString()).isEqualTo("app");
    assertThat(pod.path("status").path("containerStatuses").get(0).path("state").toString())
        .contains("CrashLoopBackOff");
  }

  private static JsonNode owner(JsonNode object, String collection) {
    JsonNode ref = object.path("metadata").path("ownerReferences").get(0);
    JsonNode owner = cluster.api().get(collection + ref.path("name").asString());
    assertThat(owner.path("metadata").path("uid").asString()).isEqualTo(ref.path("uid").asString());
    return owner;
  }

  @Test
  void keepsGenerationsAndFieldManagers() {
    for (JsonNode recorded : Recordings.of("upgrade-rolled-back").objects()) {
      if (!recorded.path("kind").asString().matches("HelmRelease|Deployment|ReplicaSet")) {
        continue;
      }
      JsonNode live = cluster.api().get(cluster.api().path(recorded));
      assertThat(live.path("metadata").path("generation"))
          .as("generation of %s", recorded.path("metadata").path("name"))
          .isEqualTo(recorded.path("metadata").path("generation"));
      if (recorded.path("metadata").has("managedFields")) {
        assertThat(managers(live)).isNotEmpty().isEqualTo(managers(recorded));
      }
    }
  }

  private static java.util.Set<String> managers(JsonNode object) {
    java.util.Set<String> names = new java.util.TreeSet<>();
    for (JsonNode m : object.path("metadata").path("managedFields")) {
      names.add(m.path("manager").asString());
    }
    return names;
  }

  @Test
  void leavesADeletionInProgress() {
    JsonNode release =
        cluster
            .api()
            .get("/apis/helm.toolkit.fluxcd.io/v2/namespaces/deletion-stuck/helmreleases/app");
    assertThat(release.path("metadata").has("deletionTimestamp")).isTrue();
  }

  @Test
  void servesRecordedLogsThroughTheApiServer() throws Exception {
    String pod =
        cluster
            .api()
            .get("/api/v1/namespaces/crash-loop/pods")
            .path("items")
            .get(0)
            .path("metadata")
            .path("name")
            .asString();
    Command.Result logs =
        cluster.kubectl(cluster.admin(), "logs", "-n", "crash-loop", pod, "--previous", "--tail=3");
    assertThat(logs.err()).isEmpty();
    assertThat(logs.out().lines()).hasSizeBetween(1, 3);
  }

  @Test
  void givesAUserNoRightsButHisOwn() throws Exception {
    cluster.apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: crash-loop}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader, namespace: crash-loop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects:
        - {apiGroup: rbac.authorization.k8s.io, kind: User, name: rita}
        - {kind: ServiceAccount, name: robot, namespace: crash-loop}
        """);
    for (Access user :
        java.util.List.of(cluster.user("rita"), cluster.serviceAccount("crash-loop", "robot"))) {
      assertThat(cluster.kubectl(user, "get", "pods", "-n", "crash-loop").code()).isZero();
      assertThat(cluster.kubectl(user, "get", "secrets", "-n", "crash-loop").err())
          .contains("forbidden");
      assertThat(cluster.kubectl(user, "get", "pods", "-A").err()).contains("forbidden");
    }
  }

  @Test
  void movesTimesToNow() {
    JsonNode events = cluster.api().get("/api/v1/namespaces/crash-loop/events").path("items");
    assertThat(events.size()).isPositive();
    for (JsonNode e : events) {
      String last = e.path("lastTimestamp").asString("");
      if (!last.isEmpty()) {
        assertThat(java.time.Instant.parse(last))
            .isAfter(java.time.Instant.now().minus(Duration.ofHours(1)));
      }
    }
  }

  @Test
  void refusesKubeletsWithoutControllers() {
    assertThatThrownBy(() -> TestCluster.start(TestCluster.Part.KUBELETS))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
