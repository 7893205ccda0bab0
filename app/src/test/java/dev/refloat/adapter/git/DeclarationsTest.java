package dev.refloat.adapter.git;

import static dev.refloat.adapter.git.TestClone.PODINFO;
import static dev.refloat.adapter.git.TestClone.owner;
import static dev.refloat.adapter.git.TestClone.release;
import static dev.refloat.adapter.git.TestClone.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.port.GitRepository;
import dev.refloat.port.GitRepository.Layer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Layouts as people have them: which file, which layer, and what is refused.
class DeclarationsTest {
  private static final String SPEC =
      "interval: 5m\nvalues:\n  image:\n    tag: \"1.0\" # base\n  replicas: 1\n";

  @TempDir Path folder;
  private TestClone clone;

  @BeforeEach
  void monorepo() {
    clone =
        new TestClone(folder)
            .file("apps/base/podinfo/kustomization.yaml", "resources: [release.yaml]\n")
            .file("apps/base/podinfo/release.yaml", release("podinfo", SPEC))
            .file(
                "apps/prod/kustomization.yaml",
                """
                namespace: apps
                resources:
                  - ../base/podinfo
                patches:
                  - path: podinfo-values.yaml
                """)
            .file("apps/prod/podinfo-values.yaml", release("podinfo", "values:\n  replicas: 3\n"))
            .file(
                "apps/staging/kustomization.yaml",
                "namespace: apps\nresources: [../base/podinfo]\n")
            .commit();
  }

  @Test
  void editsThePatchThatSetsTheFieldLast() throws Exception {
    GitRepository.Change change =
        clone.change(
            owner("./apps/prod", ""), FieldEdit.set(Json.Num.of(5), "spec", "values", "replicas"));
    assertThat(change.files())
        .extracting(f -> f.path())
        .containsExactly("apps/prod/podinfo-values.yaml");
    assertThat(change.sharedBy()).isEmpty();
    assertThat(change.diff())
        .isEqualTo(
            """
            diff --git a/apps/prod/podinfo-values.yaml b/apps/prod/podinfo-values.yaml
            --- a/apps/prod/podinfo-values.yaml
            +++ b/apps/prod/podinfo-values.yaml
            @@ -4,4 +4,4 @@
               name: podinfo
             spec:
               values:
            -    replicas: 3
            +    replicas: 5
            """);
  }

  @Test
  void editsTheBaseWhereOnlyItSetsTheFieldAndSaysWhoSharesIt() throws Exception {
    GitRepository.Location at = clone.located(owner("./apps/prod", ""));
    assertThat(at.base())
        .isEqualTo(
            new Layer(
                Layer.Kind.RESOURCE,
                "apps/base/podinfo/release.yaml",
                0,
                1,
                List.of("apps/staging")));
    assertThat(at.patches())
        .containsExactly(
            new Layer(
                Layer.Kind.STRATEGIC_MERGE, "apps/prod/podinfo-values.yaml", 0, 1, List.of()));
    GitRepository.Change change =
        clone.change(owner("./apps/prod", ""), set("2.0", "spec", "values", "image", "tag"));
    assertThat(change.files().getFirst().path()).isEqualTo("apps/base/podinfo/release.yaml");
    assertThat(change.files().getFirst().after()).contains("tag: \"2.0\" # base");
    assertThat(change.sharedBy()).containsExactly("apps/staging");
  }

  @Test
  void putsANewFieldWhereTheOverlayPatchesTheReleaseAlready() throws Exception {
    GitRepository.Change change =
        clone.change(owner("./apps/prod", ""), set("10m", "spec", "timeout"));
    assertThat(change.files().getFirst().path()).isEqualTo("apps/prod/podinfo-values.yaml");
    GitRepository.Change base =
        clone.change(owner("apps/staging", ""), set("10m", "spec", "timeout"));
    assertThat(base.files().getFirst().path()).isEqualTo("apps/base/podinfo/release.yaml");
    assertThat(base.sharedBy()).containsExactly("apps/prod");
  }

  @Test
  void editsSeveralFieldsInSeveralLayersAtOnce() throws Exception {
    GitRepository.Change change =
        clone.change(
            owner("./apps/prod", ""),
            set("2.0", "spec", "values", "image", "tag"),
            FieldEdit.set(Json.Num.of(5), "spec", "values", "replicas"),
            set("10m", "spec", "timeout"));
    assertThat(change.files()).hasSize(2);
    assertThat(change.diff()).contains("tag: \"2.0\"", "replicas: 5", "timeout: 10m");
  }

  @Test
  void refusesToRemoveWhatAnotherLayerWouldBringBack() throws Exception {
    assertThat(
            clone.propose(owner("./apps/prod", ""), FieldEdit.remove("spec", "values", "replicas")))
        .isInstanceOfSatisfying(
            GitRepository.Refused.class,
            r -> assertThat(r.reason()).contains("does not have the wanted effect"));
  }

  @Test
  void hasNothingToDoWhenTheRepositorySaysSoAlready() throws Exception {
    assertThat(
            clone.propose(
                owner("./apps/prod", ""),
                FieldEdit.set(Json.Num.of(3), "spec", "values", "replicas")))
        .isInstanceOf(GitRepository.NothingToDo.class);
  }

  @Test
  void editsInlinePatchesInsideOfTheKustomization() throws Exception {
    String kustomization =
        """
        namespace: apps
        namePrefix: pod
        resources: [release.yaml]
        patches:
          # bigger here
          - target: {kind: HelmRelease, name: info}
            patch: |
              - op: replace
                path: /spec/values/image/tag # the tag
                value: "1.1"
              - op: add
                path: /spec/values/extra
                value:
                  a: 1
        """;
    clone.file("inline/kustomization.yaml", kustomization);
    clone.file("inline/release.yaml", release("info", SPEC)).commit();
    GitRepository.Change change =
        clone.change(owner("inline", ""), set("1.2", "spec", "values", "image", "tag"));
    assertThat(change.files().getFirst().after()).isEqualTo(kustomization.replace("1.1", "1.2"));
    GitRepository.Change deep =
        clone.change(
            owner("inline", ""), FieldEdit.set(Json.Num.of(2), "spec", "values", "extra", "a"));
    assertThat(deep.files().getFirst().after()).isEqualTo(kustomization.replace("a: 1", "a: 2"));
    GitRepository.Change added =
        clone.change(owner("inline", ""), set("9m", "spec", "upgrade", "timeout"));
    assertThat(added.files().getFirst().after())
        .isEqualTo(
            kustomization
                + """
                      - op: add
                        path: /spec/upgrade
                        value:
                          timeout: 9m
                """);
  }

  @Test
  void followsComponentsAndPatchesForMany() throws Exception {
    clone
        .file(
            "apps/prod/kustomization.yaml",
            """
            namespace: apps
            resources: [../base/podinfo, other.yaml]
            components: [../timeouts]
            """)
        .file("apps/prod/other.yaml", release("other", SPEC))
        .file(
            "apps/timeouts/kustomization.yaml",
            """
            apiVersion: kustomize.config.k8s.io/v1alpha1
            kind: Component
            patches:
              - path: all.yaml
                target:
                  kind: HelmRelease
            """)
        .file("apps/timeouts/all.yaml", release("any", "timeout: 5m\n"))
        .commit();
    GitRepository.Change change =
        clone.change(owner("./apps/prod", ""), set("10m", "spec", "timeout"));
    assertThat(change.files().getFirst().path()).isEqualTo("apps/timeouts/all.yaml");
    assertThat(change.sharedBy()).containsExactly("apps/other");
  }

  @Test
  void takesFoldersWithoutKustomizationAsFluxDoes() throws Exception {
    String two = release("other", SPEC) + "---\n" + release("podinfo", SPEC).replace("\n", "\r\n");
    clone.file("plain/deep/many.yml", two).file("plain/notes.txt", "x").commit();
    Optional<GitRepository.Owner> owner = owner("./plain", "targetNamespace: apps\n");
    GitRepository.Location at = clone.located(owner);
    assertThat(at.base())
        .isEqualTo(new Layer(Layer.Kind.RESOURCE, "plain/deep/many.yml", 1, 12, List.of()));
    assertThat(
            clone
                .change(owner, set("1.1", "spec", "values", "image", "tag"))
                .files()
                .getFirst()
                .after())
        .isEqualTo(
            release("other", SPEC)
                + "---\n"
                + release("podinfo", SPEC).replace("1.0", "1.1").replace("\n", "\r\n"));
  }

  @Test
  void findsTheOnlyOwnerInTheRepositoryWithoutACluster() throws Exception {
    clone
        .file(
            "clusters/prod/apps.yaml",
            """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: apps, namespace: flux-system}
            spec: {path: ./apps/prod}
            """)
        .commit();
    assertThat(clone.located(Optional.empty()).owner()).isPresent();
    clone
        .file(
            "clusters/staging/apps.yaml",
            """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: apps, namespace: flux-system}
            spec: {path: ./apps/staging}
            """)
        .commit();
    assertThat(clone.open().locate(PODINFO, Optional.empty()))
        .isInstanceOfSatisfying(
            GitRepository.Ambiguous.class,
            a -> assertThat(a.reason()).startsWith("2 Kustomizations of this repository apply"));
  }

  @Test
  void fallsBackToTheName() throws Exception {
    GitRepository.Location at = clone.located(Optional.empty());
    assertThat(at.base().file()).isEqualTo("apps/base/podinfo/release.yaml");
    assertThat(at.notes()).anyMatch(n -> n.contains("found by its name"));
  }

  @Test
  void refusesVariablesThatFluxFillsIn() throws Exception {
    clone.file("sub/release.yaml", release("${app}", "timeout: ${t:=5m}\ninterval: 1m\n")).commit();
    Optional<GitRepository.Owner> owner =
        owner("sub", "targetNamespace: apps\npostBuild: {substitute: {app: podinfo}}\n");
    assertThat(clone.propose(owner, set("10m", "spec", "timeout")))
        .isInstanceOfSatisfying(
            GitRepository.Refused.class,
            r ->
                assertThat(r.reason())
                    .contains("sub/release.yaml:1: spec.timeout comes from a variable"));
    assertThat(clone.change(owner, set("2m", "spec", "interval")).diff())
        .contains("+  interval: 2m");
  }

  @Test
  void refusesFieldsThatReplacementsOrTransformersWrite() throws Exception {
    clone
        .file(
            "apps/staging/kustomization.yaml",
            """
            namespace: apps
            resources: [../base/podinfo]
            replacements:
              - source: {kind: ConfigMap, name: x, fieldPath: data.tag}
                targets:
                  - select: {kind: HelmRelease}
                    fieldPaths: [spec.values.image.tag]
            """)
        .commit();
    assertThat(clone.propose(owner("apps/staging", ""), set("2", "spec", "values", "image", "tag")))
        .isInstanceOfSatisfying(
            GitRepository.Refused.class,
            r -> assertThat(r.reason()).contains("a replacement writes spec.values.image.tag"));
    assertThat(clone.change(owner("apps/staging", ""), set("2m", "spec", "interval")).files())
        .hasSize(1);
  }

  @Test
  void refusesPatchesOfTheFluxKustomizationThatTheRepositoryDoesNotShow() throws Exception {
    String patches =
        """
        patches:
          - target: {kind: HelmRelease}
            patch: |
              apiVersion: helm.toolkit.fluxcd.io/v2
              kind: HelmRelease
              metadata: {name: any}
              spec: {timeout: 7m}
        """;
    assertThat(clone.propose(owner("./apps/prod", patches), set("10m", "spec", "timeout")))
        .isInstanceOfSatisfying(
            GitRepository.Refused.class,
            r -> assertThat(r.reason()).contains("patch in the spec of the Flux Kustomization"));
    clone
        .file(
            "clusters/apps.yaml",
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
                + "metadata: {name: apps, namespace: flux-system}\nspec:\n  path: ./apps/prod\n"
                + patches.indent(2))
        .commit();
    assertThat(clone.change(owner("./apps/prod", patches), set("10m", "spec", "timeout")).diff())
        .contains(
            "+++ b/clusters/apps.yaml",
            "-        spec: {timeout: 7m}",
            "+        spec: {timeout: 10m}");
  }

  @Test
  void saysWhatItCouldNotFollow() throws Exception {
    clone
        .file(
            "apps/staging/kustomization.yaml",
            "resources: [https://user:secret@example.com/base?ref=v1]\n")
        .commit();
    assertThat(clone.open().locate(PODINFO, owner("apps/staging", "")))
        .isInstanceOfSatisfying(
            GitRepository.NotDeclared.class,
            n ->
                assertThat(n.reason())
                    .contains("https://…@example.com/base?ref=v1 is not in this repository")
                    .doesNotContain("secret"));
    assertThat(clone.open().locate(PODINFO, owner("no/such", "")))
        .isInstanceOfSatisfying(
            GitRepository.NotDeclared.class,
            n -> assertThat(n.reason()).contains("which this clone does not have"));
  }

  @Test
  void neverLeavesTheTree(@TempDir Path outside) throws Exception {
    Files.writeString(outside.resolve("release.yaml"), release("podinfo", SPEC));
    Files.createSymbolicLink(folder.resolve("linked"), outside);
    Path secret = folder.resolveSibling("secret.yaml");
    clone.file(
        "evil/kustomization.yaml", "namespace: apps\nresources: [../linked, ../../x, /etc]\n");
    clone.commit();
    assertThat(secret).doesNotExist();
    assertThat(clone.open().locate(PODINFO, owner("evil", "")))
        .isInstanceOf(GitRepository.NotDeclared.class);
    assertThat(clone.open().locate(PODINFO, owner("../", "")))
        .isInstanceOf(GitRepository.NotDeclared.class);
    assertThat(clone.open().locate(PODINFO, owner("./linked", "")))
        .isInstanceOf(GitRepository.NotDeclared.class);
  }

  @Test
  void survivesKustomizationsThatIncludeEachOther() throws Exception {
    clone
        .file("a/kustomization.yaml", "resources: [../b]\n")
        .file("b/kustomization.yaml", "resources: [../a]\n")
        .commit();
    assertThat(clone.open().locate(PODINFO, owner("a", "")))
        .isInstanceOf(GitRepository.NotDeclared.class);
  }
}
