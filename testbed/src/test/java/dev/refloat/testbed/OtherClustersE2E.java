package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.testbed.FaultProxy.Fault;
import dev.refloat.wiring.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Clusters that differ from the usual one: without Flux, with an old Flux, with many releases.
@RequiresTestBed
final class OtherClustersE2E {
  /// More than fit on one page of a list.
  private static final int MANY = 2300;

  /// The kinds of Flux as old releases served them; their schema does not matter here.
  private static List<ObjectNode> oldFlux(String helmVersion) {
    List<ObjectNode> crds = new ArrayList<>();
    Map<String, String> kinds =
        Map.of(
            "HelmRelease", "helm.toolkit.fluxcd.io " + helmVersion,
            "HelmChart", "source.toolkit.fluxcd.io v1beta2",
            "HelmRepository", "source.toolkit.fluxcd.io v1beta2",
            "GitRepository", "source.toolkit.fluxcd.io v1beta2",
            "Kustomization", "kustomize.toolkit.fluxcd.io v1beta2");
    kinds.forEach(
        (kind, where) -> {
          String group = where.substring(0, where.indexOf(' '));
          String version = where.substring(where.indexOf(' ') + 1);
          String singular = kind.toLowerCase(java.util.Locale.ROOT);
          String plural =
              singular.endsWith("y")
                  ? singular.substring(0, singular.length() - 1) + "ies"
                  : singular + "s";
          crds.addAll(
              Manifests.read(
                  """
                  apiVersion: apiextensions.k8s.io/v1
                  kind: CustomResourceDefinition
                  metadata: {name: %1$s.%2$s}
                  spec:
                    group: %2$s
                    scope: Namespaced
                    names: {kind: %3$s, plural: %1$s, singular: %4$s, listKind: %3$sList}
                    versions:
                    - name: %5$s
                      served: true
                      storage: true
                      subresources: {status: {}}
                      schema:
                        openAPIV3Schema:
                          type: object
                          x-kubernetes-preserve-unknown-fields: true
                  """
                      .formatted(plural, group, kind, singular, version)));
        });
    return crds;
  }

  @Test
  void saysSoWhereThereIsNoFlux() throws Exception {
    try (TestCluster cluster = TestCluster.start()) {
      Refloat refloat = Refloat.as(cluster, cluster.admin());
      for (List<String> line : List.of(List.of("diagnose", "-A"), List.of("get", "-A"))) {
        Program.Result result = refloat.run(line.toArray(String[]::new));
        assertThat(result.code()).as("%s: %s", line, result.err()).isEqualTo(2);
        assertThat(result.err()).contains("Flux").doesNotContain("has a bug");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2beta2", "v2beta1"})
  void readsOldVersionsOfTheApi(String version) throws Exception {
    try (TestCluster cluster = TestCluster.start()) {
      cluster.installCrds(oldFlux(version));
      for (String id : List.of("chart-name-typo", "image-tag-missing", "healthy")) {
        Recordings.of(id)
            .load(
                cluster,
                o -> true,
                o -> {
                  String group = o.path("apiVersion").asString();
                  if (group.startsWith("helm.toolkit")) {
                    o.put("apiVersion", "helm.toolkit.fluxcd.io/" + version);
                  } else if (group.contains(".toolkit.fluxcd.io/")) {
                    o.put("apiVersion", group.substring(0, group.indexOf('/')) + "/v1beta2");
                  }
                  return o;
                });
      }
      Refloat refloat = Refloat.as(cluster, cluster.admin());
      assertThat(Refloat.causes(refloat.diagnose("-A", "--all")))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "chart-name-typo/app", "chart-not-found",
                  "image-tag-missing/app", "image-pull",
                  "healthy/app", "none"));
    }
  }

  @Test
  void readsManyReleasesPageByPage() throws Exception {
    try (TestCluster cluster = TestCluster.start(TestCluster.Part.FLUX)) {
      Recordings.of("image-tag-missing").load(cluster);
      Recordings.of("healthy").load(cluster);
      multiply(cluster, Recordings.of("healthy"));
      try (FaultProxy proxy = FaultProxy.before(cluster)) {
        Refloat refloat = Refloat.as(cluster, cluster.admin().at(proxy.uri()));
        JsonNode found = refloat.diagnose("-A", "--all");
        assertThat(found.path("items").size()).isEqualTo(MANY + 2);
        assertThat(Refloat.causes(found).get("image-tag-missing/app")).isEqualTo("image-pull");
        List<FaultProxy.Seen> pages = pages(proxy);
        assertThat(pages).hasSizeGreaterThan(1);
        // Thousands of healthy releases cost pages, not requests of their own.
        assertThat(proxy.seen().size()).isLessThan(80);

        // A page token that has expired: the list is begun again, and nothing is lost.
        proxy.forget();
        proxy.inject(
            s -> s.path().endsWith("/helmreleases") && s.target().contains("continue="),
            Fault.expired(),
            1);
        assertThat(refloat.diagnose("-A", "--all").path("items").size()).isEqualTo(MANY + 2);
      }
    }
  }

  private static List<FaultProxy.Seen> pages(FaultProxy proxy) {
    return proxy.seen().stream()
        .filter(s -> s.path().endsWith("/helmreleases") && s.target().contains("limit="))
        .toList();
  }

  /// Copies of one healthy release, whose chart and source they share.
  private static void multiply(TestCluster cluster, Recording recording) throws Exception {
    ObjectNode release =
        recording.objects().stream()
            .filter(o -> o.path("kind").asString().equals("HelmRelease"))
            .findFirst()
            .orElseThrow();
    try (ExecutorService workers = Executors.newFixedThreadPool(16)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        ObjectNode copy = release.deepCopy();
        ObjectNode meta = copy.putObject("metadata");
        meta.put("name", "copy-" + i).put("namespace", "healthy");
        meta.putArray("finalizers").add("finalizers.fluxcd.io");
        ((ObjectNode) copy.get("spec")).put("releaseName", "app");
        all.add(workers.submit(() -> cluster.api().create(copy)));
      }
      for (Future<?> f : all) {
        f.get();
      }
    }
  }
}
