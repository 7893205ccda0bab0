package dev.refloat.standin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The rules of requests: flux-facts §3.1 and what was seen on a running Flux.
final class ReleaseStatusTest {
  private static HelmRelease release(Map<String, String> annotations, Map<String, ?> status) {
    Json.Builder prefixed = Json.builder();
    annotations.forEach((k, v) -> prefixed.put("reconcile.fluxcd.io/" + k, v));
    return new HelmRelease(
        Json.builder()
            .put("metadata", Json.builder().put("annotations", prefixed.build()).build())
            .put("status", Json.from(status))
            .build());
  }

  private static boolean reset(HelmRelease release, ReleaseStatus status) {
    return status.requested(release, "resetAt", "lastHandledResetAt");
  }

  @Test
  void actsOnATokenThatIsNewInBothAnnotations() {
    HelmRelease r = release(Map.of("requestedAt", "2", "resetAt", "2"), Map.of());
    ReleaseStatus status = new ReleaseStatus(r);
    assertThat(reset(r, status)).isTrue();
    assertThat(status.text("lastHandledResetAt")).isEqualTo("2");
    assertThat(reset(r, status)).as("handled once").isFalse();
  }

  @Test
  void swallowsATokenWhosePassWasReconciledAlready() {
    HelmRelease r =
        release(Map.of("requestedAt", "2", "resetAt", "2"), Map.of("lastHandledReconcileAt", "2"));
    ReleaseStatus status = new ReleaseStatus(r);
    assertThat(reset(r, status)).isFalse();
    assertThat(status.text("lastHandledResetAt")).as("noted all the same").isEqualTo("2");
  }

  @Test
  void doesNothingForATokenWithoutItsRequest() {
    HelmRelease alone = release(Map.of("resetAt", "2"), Map.of());
    assertThat(reset(alone, new ReleaseStatus(alone))).isFalse();
    HelmRelease other = release(Map.of("requestedAt", "3", "resetAt", "2"), Map.of());
    assertThat(reset(other, new ReleaseStatus(other))).isFalse();
  }

  @Test
  void patchesOnlyWhatChanged() {
    HelmRelease r = release(Map.of(), Map.of("failures", 3, "storageNamespace", "ns"));
    ReleaseStatus status = new ReleaseStatus(r);
    status.patch();
    status.clearFailures();
    status.count("upgradeFailures");
    Json.Obj patch = status.patch();
    assertThat(patch.keys()).containsExactlyInAnyOrder("failures", "upgradeFailures");
    assertThat(patch.get("failures")).isEqualTo(Json.Null.NULL);
    assertThat(patch.get("upgradeFailures")).isEqualTo(Json.Num.of(1));
    assertThat(status.patch().size()).as("written").isZero();
  }
}
