package dev.refloat.adapter.git;

import static dev.refloat.adapter.git.TestClone.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Finding;
import dev.refloat.lint.LintResult;
import dev.refloat.lint.Linter;
import dev.refloat.lint.Report;
import dev.refloat.lint.Repository;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fixes land in the layer that sets the field, once.
class RepositoryFixesTest {

  /// Wants retries of 3.
  private static final Check RETRIES =
      new Check() {
        @Override
        public RuleInfo info() {
          return new RuleInfo(
              "retries",
              "Retries are three",
              Severity.WARNING,
              List.of(),
              RuleInfo.Needs.REPOSITORY);
        }

        @Override
        public void check(Scene scene, Report report) {
          String[] field = {"spec", "upgrade", "remediation", "retries"};
          for (Declared d : scene.cluster().releases()) {
            if (d.object().at(field).integer(0) != 3) {
              report
                  .at(d, field)
                  .fix("Retry three times", FieldEdit.set(Json.Num.of(3), field))
                  .say("wrong", "mend it");
            }
          }
        }
      };

  @TempDir Path folder;
  private TestClone clone;

  @BeforeEach
  void repository() {
    clone =
        new TestClone(folder)
            .file(
                "clusters/a/sync.yaml",
                """
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: flux-system, namespace: flux-system}
                spec:
                  path: ./clusters/a
                  sourceRef: {kind: GitRepository, name: flux-system}
                ---
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: apps, namespace: flux-system}
                spec:
                  path: ./apps/a
                  sourceRef: {kind: GitRepository, name: flux-system}
                  postBuild: {substitute: {TRIES: "7"}}
                """)
            .file(
                "apps/a/kustomization.yaml",
                "resources: [../base]\npatches: [{path: patch.yaml}]\n")
            .file(
                "apps/a/patch.yaml",
                release("web", "upgrade:\n  remediation:\n    retries: 9   # too many\n"))
            .file("apps/base/kustomization.yaml", "resources: [all.yaml]\n")
            .file(
                "apps/base/all.yaml",
                release("web", "# kept\ninterval:   5m\n")
                    + "---\n"
                    + release("db", "interval: 5m\nupgrade: {crds: Create}\n")
                    + "---\n"
                    + release("cache", "upgrade: {remediation: {retries: \"${TRIES}\"}}\n"))
            .commit();
  }

  private LintResult lint() throws IOException {
    Repository repository = RepositoryReader.read(List.of(folder));
    return Linter.run(
        List.of(RETRIES), repository.clusters().stream().map(Scene::new).toList(), repository);
  }

  private RepositoryFixes.Edits edits(List<Finding> findings) throws IOException {
    List<RepositoryFixes.Edits> all = RepositoryFixes.of(List.of(folder), findings);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  @Test
  void changesOnlyTheBytesOfTheField() throws Exception {
    RepositoryFixes.Edits edits = edits(lint().findings());

    assertThat(edits.diff().lines().filter(l -> l.matches("[-+][^-+].*")))
        .containsExactly(
            "-      retries: 9   # too many",
            "+      retries: 3   # too many",
            "-  upgrade: {crds: Create}",
            "+  upgrade: {crds: Create, remediation: {retries: 3}}");
    assertThat(edits.refused())
        .singleElement()
        .satisfies(r -> assertThat(r.reason()).contains("variable").contains("all.yaml:17"));
    assertThat(edits.done()).hasSize(2);
  }

  @Test
  void changesNothingTheSecondTime() throws Exception {
    RepositoryFixes.write(edits(lint().findings()));
    String once = TestClone.git(folder, "diff");
    assertThat(lint().findings()).hasSize(1);

    RepositoryFixes.Edits again = edits(lint().findings());

    assertThat(again.files()).isEmpty();
    RepositoryFixes.write(again);
    assertThat(TestClone.git(folder, "diff")).isEqualTo(once).isNotEmpty();
  }

  @Test
  void mendsAFieldOfAllReleasesInThePatchInsideOfAPatch() throws Exception {
    clone
        .file(
            "clusters/a/sync.yaml",
            """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: flux-system, namespace: flux-system}
            spec:
              path: ./clusters/a
              sourceRef: {kind: GitRepository, name: flux-system}
              patches:
                - target: {kind: Kustomization}
                  patch: |-
                    - op: add
                      path: /spec/patches
                      value:
                        - target: {kind: HelmRelease}
                          patch: |-
                            kind: HelmRelease
                            metadata: {name: all}
                            spec: {upgrade: {remediation: {retries: 9}}} # everywhere
            """)
        .file(
            "clusters/a/apps.yaml",
            """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: apps, namespace: flux-system}
            spec:
              path: ./apps/base
              sourceRef: {kind: GitRepository, name: flux-system}
            """)
        .commit();
    List<Finding> everywhere =
        lint().findings().stream()
            .filter(f -> f.place().file().equals("clusters/a/sync.yaml"))
            .toList();
    assertThat(everywhere).hasSize(1);

    RepositoryFixes.write(edits(everywhere));

    assertThat(TestClone.git(folder, "diff").lines().filter(l -> l.matches("[-+][^-+].*")))
        .containsExactly(
            "-                spec: {upgrade: {remediation: {retries: 9}}} # everywhere",
            "+                spec: {upgrade: {remediation: {retries: 3}}} # everywhere");
    assertThat(lint().findings())
        .extracting(f -> f.place().file())
        .doesNotContain("clusters/a/sync.yaml");
  }

  @Test
  void writesNothingOverAFileThatChangedMeanwhile() throws Exception {
    RepositoryFixes.Edits edits = edits(lint().findings());
    Files.writeString(folder.resolve("apps/a/patch.yaml"), "other: true\n");

    assertThatThrownBy(() -> RepositoryFixes.write(edits))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("apps/a/patch.yaml");
  }

  @Test
  void readsTheRepositoryAsItWasWhereBranchesPart() throws Exception {
    TestClone.git(folder, "switch", "-q", "-c", "topic");
    clone.file("apps/base/new.yaml", release("new", "interval: 5m\n"));
    clone.file("apps/base/kustomization.yaml", "resources: [all.yaml, new.yaml]\n");

    Repository base = RepositoryReader.read(List.of(folder), "main");
    Repository now = RepositoryReader.read(List.of(folder));

    assertThat(base.clusters()).extracting(Cluster::name).containsExactly("clusters/a");
    assertThat(names(base)).containsExactly("web", "db", "cache");
    assertThat(names(now)).containsExactly("web", "db", "cache", "new");
    assertThat(RepositoryReader.changed(List.of(folder), "main"))
        .containsExactlyInAnyOrder("apps/base/kustomization.yaml", "apps/base/new.yaml");
    assertThatThrownBy(() -> RepositoryReader.read(List.of(folder), "--output=x"))
        .hasMessageContaining("rev-parse");
  }

  private static List<String> names(Repository repository) {
    return repository.clusters().getFirst().releases().stream().map(d -> d.ref().name()).toList();
  }
}
