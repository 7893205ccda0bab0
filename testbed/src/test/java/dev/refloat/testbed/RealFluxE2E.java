package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A release that a real helm-controller installs and fails to, with Pods that KWOK plays.
@RequiresTestBed
final class RealFluxE2E {
  @BeforeAll
  static void controllers() {
    try {
      Binaries.supplied("source-controller");
      Binaries.supplied("helm-controller");
    } catch (UnavailableException e) {
      Narration.say("tests with real Flux controllers are skipped: " + e.why());
      assumeTrue(false, e.why());
    }
  }

  @Test
  void namesTheCauseOfAFreshFailure(@TempDir Path folder) throws Exception {
    try (TestCharts charts = TestCharts.serve(folder);
        TestCluster cluster =
            TestCluster.start(
                TestCluster.Part.CONTROLLERS, TestCluster.Part.KUBELETS, TestCluster.Part.FLUX)) {
      cluster.startFluxControllers();
      cluster.apply(
          """
          apiVersion: source.toolkit.fluxcd.io/v1
          kind: HelmRepository
          metadata: {name: charts, namespace: default}
          spec: {interval: 1m, url: "%s"}
          """
              .formatted(charts.url()));
      release(cluster, "good", "webapp", "1.0.0");
      release(cluster, "pull", "webapp", "does-not-exist");
      release(cluster, "typo", "webap", "1.0.0");
      cluster.await(
          "every release has a verdict",
          Duration.ofMinutes(2),
          () ->
              condition(cluster, "good").equals("True")
                  && condition(cluster, "pull").equals("False")
                  && condition(cluster, "typo").equals("False"));
      Refloat refloat = Refloat.as(cluster, cluster.admin());
      assertThat(Refloat.causes(refloat.diagnose("-A", "--all")))
          .containsEntry("default/good", "none")
          .containsEntry("default/pull", "image-pull")
          .containsEntry("default/typo", "chart-not-found");
    }
  }

  private static void release(TestCluster cluster, String name, String chart, String tag) {
    cluster.apply(
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: %s, namespace: default}
        spec:
          interval: 5m
          timeout: 15s
          chart:
            spec:
              chart: %s
              version: 1.0.0
              sourceRef: {kind: HelmRepository, name: charts}
          values: {tag: "%s"}
        """
            .formatted(name, chart, tag));
  }

  private static String condition(TestCluster cluster, String name) {
    JsonNode release =
        cluster
            .api()
            .get("/apis/helm.toolkit.fluxcd.io/v2/namespaces/default/helmreleases/" + name);
    for (JsonNode c : release.path("status").path("conditions")) {
      if (c.path("type").asString().equals("Ready")) {
        return c.path("status").asString();
      }
    }
    return "";
  }
}
