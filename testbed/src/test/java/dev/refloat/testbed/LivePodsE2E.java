package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Deployments become Pods, and Pods meet their fate.
@RequiresTestBed
final class LivePodsE2E {
  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster =
        TestCluster.start(
            TestCluster.Part.CONTROLLERS, TestCluster.Part.KUBELETS, TestCluster.Part.FLUX);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void playsEveryFate() {
    deploy("healthy", "", "ghcr.io/example/webapp:1.0.0", "50m");
    deploy("pull", "", "ghcr.io/example/webapp:does-not-exist", "50m");
    deploy("crash", "crash", "ghcr.io/example/webapp:1.0.0", "50m");
    deploy("oom", "oom", "ghcr.io/example/webapp:1.0.0", "50m");
    deploy("unready", "notready", "ghcr.io/example/webapp:1.0.0", "50m");
    deploy("config", "configerror", "ghcr.io/example/webapp:1.0.0", "50m");
    deploy("pending", "", "ghcr.io/example/webapp:1.0.0", "64");
    Map<String, String> fates =
        Map.of(
            "healthy", "\"running\"",
            "pull", "ImagePullBackOff",
            "crash", "CrashLoopBackOff",
            "oom", "OOMKilled",
            "unready", "ContainersNotReady",
            "config", "CreateContainerConfigError",
            "pending", "Unschedulable");
    fates.forEach(
        (name, sign) ->
            cluster.await(
                "the pod of " + name + " shows " + sign,
                Duration.ofSeconds(60),
                () ->
                    pods(name).stream().anyMatch(p -> p.path("status").toString().contains(sign))));
  }

  private static List<JsonNode> pods(String app) {
    return cluster
        .api()
        .get("/api/v1/namespaces/default/pods?labelSelector=app%3D" + app)
        .path("items")
        .valueStream()
        .toList();
  }

  static void deploy(String name, String sim, String image, String cpu) {
    cluster.apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s, namespace: default}
        spec:
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata:
              labels: {app: %1$s}
              annotations: {%2$s}
            spec:
              containers:
              - name: app
                image: %3$s
                resources: {requests: {cpu: "%4$s"}}
        """
            .formatted(name, sim.isEmpty() ? "" : "sim: " + sim, image, cpu));
    assertThat(pods(name).size()).isLessThan(10);
  }
}
