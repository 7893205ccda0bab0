package dev.refloat.adapter.git;

import static dev.refloat.adapter.git.TestClone.release;
import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.lint.Broken;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Repository;
import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Layouts of repositories as people have them, after those that are public: what each cluster
/// gets,
/// and where its fields are written.
class RepositoryReaderTest {
  @TempDir Path folder;

  private RepositoryReaderTest file(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return this;
  }

  private Repository read() throws IOException {
    return RepositoryReader.read(List.of(folder));
  }

  private Cluster only() throws IOException {
    Repository repository = read();
    assertThat(repository.clusters()).hasSize(1);
    return repository.clusters().getFirst();
  }

  private static String kustomization(String name, String path, String more) {
    return """
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata:
      name: %s
      namespace: flux-system
    spec:
      path: %s
      sourceRef:
        kind: GitRepository
        name: flux-system
    %s---
    """
        .formatted(name, path, more.indent(2));
  }

  private static Declared in(Cluster cluster, String namespace, String name) {
    return cluster.find("helm.toolkit.fluxcd.io", "HelmRelease", namespace, name).orElseThrow();
  }

  private static List<String> why(Repository repository) {
    return Stream.concat(
            repository.notChecked().stream().map(NotChecked::why),
            repository.clusters().stream().flatMap(c -> c.broken().stream()).map(Broken::text))
        .toList();
  }

  @Test
  void buildsEachClusterFromItsBootstrap() throws Exception {
    for (String cluster : List.of("production", "staging")) {
      file(
          "clusters/" + cluster + "/flux-system/gotk-sync.yaml",
          kustomization("flux-system", "./clusters/" + cluster, ""));
      file(
          "clusters/" + cluster + "/apps.yaml",
          kustomization("apps", "./apps/" + cluster, "prune: true\n"));
      file(
          "apps/" + cluster + "/kustomization.yaml",
          """
          namespace: apps
          resources: [../base]
          patches:
            - path: values.yaml
              target: {kind: HelmRelease}
          """);
      file(
          "apps/" + cluster + "/values.yaml",
          release("any", "values:\n  host: " + cluster + ".example.com\n"));
    }
    file("apps/base/kustomization.yaml", "resources: [podinfo.yaml]\n");
    file("apps/base/podinfo.yaml", release("podinfo", "interval: 5m\nvalues: {replicas: 1}\n"));

    Repository repository = read();

    assertThat(repository.clusters())
        .extracting(Cluster::name)
        .containsExactly("clusters/production", "clusters/staging");
    assertThat(repository.clusters()).allMatch(Cluster::whole);
    assertThat(repository.notChecked()).isEmpty();
    Declared podinfo = in(repository.clusters().getFirst(), "apps", "podinfo");
    assertThat(podinfo.object().spec("values", "host").text()).isEqualTo("production.example.com");
    assertThat(podinfo.by().orElseThrow().path()).isEqualTo("flux-system/apps");
    assertThat(podinfo.positions().of("spec", "values", "host"))
        .hasToString("apps/production/values.yaml:7:5");
    assertThat(podinfo.positions().of("spec", "interval"))
        .hasToString("apps/base/podinfo.yaml:6:3");
    assertThat(podinfo.positions().of("spec", "timeout")).hasToString("apps/base/podinfo.yaml:5:1");
    assertThat(podinfo.positions().of()).hasToString("apps/base/podinfo.yaml:1:1");
  }

  @Test
  void followsPatchesThatAreWrittenInsideOfPatches() throws Exception {
    file(
        "kubernetes/flux/cluster/ks.yaml",
        """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: cluster-apps, namespace: flux-system}
        spec:
          path: ./kubernetes/apps
          sourceRef: {kind: GitRepository, name: flux-system}
          patches:
            - patch: |-
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: _}
                spec:
                  patches:
                    - patch: |-
                        apiVersion: helm.toolkit.fluxcd.io/v2
                        kind: HelmRelease
                        metadata: {name: _}
                        spec:
                          upgrade:
                            remediation: {retries: 2}
                      target: {kind: HelmRelease}
              target: {kind: Kustomization}
        """);
    file(
        "kubernetes/apps/media/kustomization.yaml", "namespace: media\nresources: [web/ks.yaml]\n");
    file(
        "kubernetes/apps/media/web/ks.yaml",
        """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: &app web}
        spec:
          path: ./kubernetes/apps/media/web/app
          sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
          targetNamespace: media
          components: [../../../../components/volume]
          postBuild:
            substitute:
              APP: *app
              SIZE: 9Gi
        """);
    file("kubernetes/apps/media/web/app/kustomization.yaml", "resources: [helmrelease.yaml]\n");
    file(
        "kubernetes/apps/media/web/app/helmrelease.yaml",
        release("web", "chartRef: {kind: OCIRepository, name: web}\n"));
    file(
        "kubernetes/components/volume/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [claim.yaml]\n");
    file(
        "kubernetes/components/volume/claim.yaml",
        """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: ${APP}
        spec:
          storageClassName: ${CLASS:=block}
          resources: {requests: {storage: "${SIZE:=5Gi}"}}
        """);

    Cluster cluster = only();

    assertThat(cluster.name()).isEqualTo("kubernetes/flux/cluster");
    Declared web = in(cluster, "media", "web");
    assertThat(web.object().spec("upgrade", "remediation", "retries").integer(0)).isEqualTo(2);
    assertThat(web.positions().of("spec", "upgrade", "remediation", "retries"))
        .hasToString("kubernetes/flux/cluster/ks.yaml:20:35");
    Declared claim = cluster.find("", "PersistentVolumeClaim", "media", "web").orElseThrow();
    assertThat(claim.object().spec("storageClassName").text()).isEqualTo("block");
    assertThat(claim.object().spec("resources", "requests", "storage").text()).isEqualTo("9Gi");
    assertThat(claim.positions().of("spec", "storageClassName"))
        .hasToString("kubernetes/components/volume/claim.yaml:6:3");
  }

  @Test
  void takesARepositoryWithoutEntryPointsAsOneCluster() throws Exception {
    file(
        "sources/repos.yaml",
        "kind: List\napiVersion: v1\nitems:\n- " + repository().indent(2).strip());
    file("apps/a.yaml", "---\n# nothing\n---\n" + release("a", "interval: 5m\n"));
    file("apps/empty.yaml", "");
    file("chart/Chart.yaml", "name: x\nversion: 1.0.0\n");
    file("chart/templates/x.yaml", "kind: {{ .Values.kind }}\n");
    file(".github/workflows/ci.yaml", "kind: x\napiVersion: v1\nmetadata: {name: a}\n");
    file("values.yaml", "replicas: 1\n");

    Repository repository = read();

    assertThat(repository.notChecked()).isEmpty();
    Cluster cluster = only();
    assertThat(cluster.whole()).isTrue();
    assertThat(cluster.objects())
        .extracting(d -> d.ref().path())
        .containsExactly("default/a", "flux-system/charts");
    assertThat(cluster.objects().getLast().positions().of("spec", "url"))
        .hasToString("sources/repos.yaml:10:5");
  }

  private static String repository() {
    return """
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: HelmRepository
    metadata:
      name: charts
      namespace: flux-system
    spec:
      url: https://charts.example.com
    """;
  }

  @Test
  void keepsOverlaysOfOneBaseApartThatNothingApplies() throws Exception {
    file("base/kustomization.yaml", "resources: [a.yaml]\n");
    file("base/a.yaml", release("a", "interval: 5m\n"));
    file("dev/kustomization.yaml", "resources: [../base]\n");
    file("prod/kustomization.yaml", "resources: [../base]\n");

    assertThat(read().clusters()).extracting(Cluster::name).containsExactly("dev", "prod");
  }

  @Test
  void fillsVariablesFromTheObjectsThatTheRepositoryHas() throws Exception {
    file(
        "cluster/ks.yaml",
        kustomization(
                "apps",
                "./apps",
                """
                postBuild:
                  substitute: {REGION: eu}
                  substituteFrom:
                    - {kind: ConfigMap, name: settings}
                    - {kind: Secret, name: secrets}
                """)
            + kustomization("settings", "./settings", ""));
    file(
        "settings/all.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: flux-system}
        data: {REPLICAS: "3", REGION: us, DOMAIN: example.com}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: secrets, namespace: flux-system}
        stringData: {TOKEN: "ENC[AES256_GCM,data:x]"}
        sops: {version: 3.9.0}
        """);
    file(
        "apps/a.yaml",
        release(
            "a",
            """
            timeout: ${WAIT:=7m}
            values:
              replicas: ${REPLICAS}
              region: ${REGION}
              host: a.${DOMAIN}
              token: ${TOKEN:-none}
              literal: $${KEPT}
              gone: "${NOWHERE}"
            """));

    Cluster cluster = only();

    Json spec = in(cluster, "default", "a").object().spec();
    assertThat(spec.get("timeout").text()).isEqualTo("7m");
    Json values = spec.get("values");
    assertThat(values.get("replicas")).isEqualTo(Json.Num.of(3));
    assertThat(values.get("region").text()).isEqualTo("eu");
    assertThat(values.get("host").text()).isEqualTo("a.example.com");
    assertThat(values.get("token").text()).isEqualTo("${TOKEN:-none}");
    assertThat(values.get("literal").text()).isEqualTo("${KEPT}");
    assertThat(values.get("gone")).isEqualTo(Json.Null.NULL);
    assertThat(cluster.find("", "Secret", "flux-system", "secrets").orElseThrow().encrypted())
        .isTrue();
  }

  @Test
  void saysWhatItCouldNotFollow() throws Exception {
    file(
        "flux.yaml",
        kustomization("other", "./not-here", "") + kustomization("apps", "./apps", ""));
    file(
        "apps/kustomization.yaml",
        "resources: [a.yaml, https://example.com/x.yaml, missing.yaml]\nhelmCharts: [{name: x}]\n");
    file("apps/a.yaml", release("a", "interval: 5m\n"));
    file("apps/broken.yaml", "kind: X\n  a: [\n");

    Repository repository = read();

    Cluster cluster = repository.clusters().getFirst();
    assertThat(cluster.whole()).isFalse();
    assertThat(cluster.releases()).hasSize(1);
    assertThat(why(repository))
        .anyMatch(w -> w.contains("./not-here"))
        .anyMatch(w -> w.contains("example.com"))
        .anyMatch(w -> w.contains("missing.yaml"))
        .anyMatch(w -> w.contains("helmCharts"))
        .anyMatch(w -> w.contains("broken.yaml:2"));
    assertThat(cluster.broken())
        .filteredOn(b -> b.text().contains("missing.yaml"))
        .extracting(b -> b.place().toString())
        .containsExactly("apps/kustomization.yaml:1:49");
  }

  @Test
  void followsFoldersThatAnArtifactGeneratorCopies() throws Exception {
    file(
        "clusters/a/sync.yaml",
        kustomization("flux-system", "./clusters/a", "")
            + """
            apiVersion: source.extensions.fluxcd.io/v1beta1
            kind: ArtifactGenerator
            metadata: {name: gen, namespace: flux-system}
            spec:
              sources: [{alias: repo, kind: GitRepository, name: flux-system}]
              artifacts:
                - name: apps
                  copy:
                    - {from: "@repo/apps/base/**", to: "@artifact/base/"}
                    - {from: "@repo/apps/prod/**", to: "@artifact/prod/"}
            ---
            """
            + kustomization("apps", "./prod", "")
                .replace(
                    "kind: GitRepository\n    name: flux-system",
                    "kind: ExternalArtifact\n    name: apps"));
    file("apps/prod/kustomization.yaml", "resources: [../base]\n");
    file("apps/base/kustomization.yaml", "resources: [a.yaml]\n");
    file("apps/base/a.yaml", release("a", "interval: 5m\n"));

    Repository repository = read();

    assertThat(repository.notChecked()).isEmpty();
    assertThat(only().releases()).hasSize(1);
  }

  @Test
  void readsTheRepositoryAroundAFolderOnlyWhenItAppliesTheFolder() throws Exception {
    Files.createDirectories(folder.resolve(".git"));
    file(
        "clusters/a/sync.yaml",
        kustomization("flux-system", "./clusters/a", "")
            + kustomization("apps", "./apps", "targetNamespace: shop\n"));
    file("apps/a.yaml", release("a", "interval: 5m\n"));
    file("examples/one/ks.yaml", kustomization("x", "./deploy", ""));
    file("examples/one/deploy/a.yaml", release("x", "interval: 5m\n"));

    Repository applied = RepositoryReader.read(List.of(folder.resolve("apps")));
    Repository example = RepositoryReader.read(List.of(folder.resolve("examples/one")));

    assertThat(applied.asked()).containsExactly("apps");
    assertThat(applied.clusters().getFirst().releases())
        .extracting(d -> d.ref().path())
        .containsExactly("shop/a");
    assertThat(example.clusters()).hasSize(1);
    assertThat(example.clusters().getFirst().releases().getFirst().positions().of())
        .hasToString("examples/one/deploy/a.yaml:1:1");
  }
}
