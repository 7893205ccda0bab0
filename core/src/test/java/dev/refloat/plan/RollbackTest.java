package dev.refloat.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RollbackTest {

  private static final Map<String, Object> CHART =
      Map.of("spec", Map.of("chart", "web", "version", "2.0.0"));
  private static final Map<String, Object> BY_GIT =
      Map.of(
          "kustomize.toolkit.fluxcd.io/name", "apps",
          "kustomize.toolkit.fluxcd.io/namespace", "flux-system");

  private static World upgraded() {
    return new World()
        .spec(Map.of("chart", CHART, "values", Map.of("size", 2)))
        .record(1, "deployed", "Install complete", "1.0.0", Map.of("size", 1))
        .record(2, "failed", "Upgrade failed", "2.0.0", Map.of("size", 2));
  }

  @Test
  void patchesTheSpecWhereNothingDeclaresTheRelease() {
    Draft draft = Rollback.draft(upgraded().situation(Wishes.none()), Optional.empty());

    assertThat(World.ids(draft))
        .containsExactly("backup-release", "return-to-1", "watch", "verify-chart");
    Effect.Patch patch = (Effect.Patch) World.steps(draft).get(1).effect();
    assertThat(patch.patch().at("spec", "chart", "spec", "version").text()).isEqualTo("1.0.0");
    assertThat(patch.patch().at("spec", "values", "size").text()).isEqualTo("1");
    assertThat(patch.reverse().at("spec", "chart", "spec", "version").text()).isEqualTo("2.0.0");
    assertThat(patch.reverse().at("spec", "values", "size").text()).isEqualTo("2");
  }

  /// An older version may damage what the newer one has written: `--yes` is not enough.
  @Test
  void asksForAnApprovalByNameWhereTheReleaseKeepsData() {
    Map<String, Object> set = Map.of("id", "shop_db_apps_StatefulSet", "v", "v1");
    World stateful =
        upgraded()
            .status(
                Map.of("storageNamespace", "shop", "inventory", Map.of("entries", List.of(set))));

    for (Map<String, Object> labels : List.of(Map.<String, Object>of(), BY_GIT)) {
      assertThat(
              World.steps(
                  Rollback.draft(
                      stateful.labels(labels).situation(Wishes.none()), Optional.empty())))
          .filteredOn(Step::needsApproval)
          .hasSize(1)
          .allSatisfy(s -> assertThat(s.object().display()).isEqualTo("HelmRelease shop/web"));
    }
    assertThat(World.steps(Rollback.draft(upgraded().situation(Wishes.none()), Optional.empty())))
        .noneMatch(Step::needsApproval);
  }

  @Test
  void usesHelmForWhatGitDeclaresAndCleansUpAfterFluxHasTakenOver() {
    Draft draft =
        Rollback.draft(upgraded().labels(BY_GIT).situation(Wishes.none()), Optional.empty());

    assertThat(World.ids(draft))
        .containsExactly(
            "backup-release",
            "suspend",
            "helm-rollback",
            "pin",
            "resume",
            "verify-chart",
            "disown-helm",
            "watch");
    assertThat(World.steps(draft).get(4).guards())
        .contains(
            new Guard.Says(
                World.steps(draft).get(4).object(),
                FieldEdit.set(Json.from("1.0.0"), "spec", "chart", "spec", "version")));
  }

  @Test
  void doesNotCopyAValueThatLooksSecret() {
    World w =
        new World()
            .spec(Map.of("chart", CHART, "values", Map.of("password", "new-secret-7")))
            .record(1, "deployed", "Install complete", "2.0.0", Map.of("password", "old-secret-7"))
            .record(2, "failed", "Upgrade failed", "2.0.0", Map.of("password", "new-secret-7"));

    Draft draft = Rollback.draft(w.situation(Wishes.none()), Optional.empty());

    assertThat(World.ids(draft)).contains("helm-rollback");
    assertThat(draft.toString()).doesNotContain("old-secret-7").doesNotContain("new-secret-7");
  }

  @Test
  void doesNotGuessAValueThatAnotherSourceSets() {
    World w =
        new World()
            .spec(
                Map.of(
                    "chart",
                    CHART,
                    "valuesFrom",
                    List.of(Map.of("kind", "Secret", "name", "web-values"))))
            .record(1, "deployed", "Install complete", "2.0.0", Map.of("size", 1))
            .record(2, "failed", "Upgrade failed", "2.0.0", Map.of("size", 2));

    assertThat(World.ids(Rollback.draft(w.situation(Wishes.none()), Optional.empty())))
        .contains("helm-rollback");
  }

  @Test
  void doesNotTakeASupersededFailureForAGoodRevision() {
    World w =
        new World()
            .spec(Map.of("chart", CHART))
            .record(1, "superseded", "Release \"web\" failed: timed out", "1.0.0", Map.of())
            .record(2, "failed", "Upgrade failed", "2.0.0", Map.of());

    assertThat(World.refusal(Rollback.draft(w.situation(Wishes.none()), Optional.empty())))
        .contains("no revision of web is known to have worked");
  }

  @Test
  void doesNotTakeARevisionWhoseTestsFailed() {
    World w =
        upgraded()
            .status(
                Map.of(
                    "storageNamespace",
                    "shop",
                    "history",
                    List.of(
                        Map.of(
                            "version",
                            1,
                            "chartName",
                            "web",
                            "chartVersion",
                            "1.0.0",
                            "testHooks",
                            Map.of("web-test", Map.of("phase", "Failed"))))));

    assertThat(World.refusal(Rollback.draft(w.situation(Wishes.none()), Optional.empty())))
        .contains("known to have worked");
  }

  @Test
  void doesNotTakeARevisionThatTheControllerRemembersDifferently() {
    World w =
        upgraded()
            .status(
                Map.of(
                    "storageNamespace",
                    "shop",
                    "history",
                    List.of(Map.of("version", 1, "chartName", "web", "chartVersion", "0.9.0"))));

    assertThat(World.refusal(Rollback.draft(w.situation(Wishes.none()), Optional.empty())))
        .contains("known to have worked");
  }

  @Test
  void tellsValuesByNameOnly() {
    assertThat(
            Difference.between(
                    Json.from(Map.of("a", 1, "list", List.of(1))),
                    Json.from(Map.of("a", 1, "list", List.of(2))))
                .stream()
                .map(Difference.Change::dotted))
        .containsExactly("list");
  }
}
