package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Releases that Flux installs and fails to upgrade, each for real: by the real controllers where
/// they are, else by the stand-in.
@RequiresTestBed
final class FreshFailuresE2E {
  private static Playground playground;

  @BeforeAll
  static void start() throws Exception {
    playground = Playground.withEitherFlux();
  }

  @AfterAll
  static void stop() {
    playground.close();
  }

  /// One namespace per failure, all at once: most of the time is spent waiting for timeouts.
  @Test
  void namesTheCauseOfEveryFreshFailure() throws Exception {
    Set<Breakage> all = EnumSet.allOf(Breakage.class);
    all.removeIf(b -> b.needsRealFlux() && !playground.real());
    Map<Breakage, Release> releases = new EnumMap<>(Breakage.class);
    for (Breakage breakage : all) {
      String namespace = breakage.name().toLowerCase(Locale.ROOT).replace('_', '-');
      playground.namespace(namespace);
      Release release = Release.webapp(namespace, "app");
      releases.put(breakage, release);
      playground.apply(release);
    }
    releases.values().forEach(playground::awaitReady);
    releases.forEach((breakage, release) -> breakage.inflict(playground, release));
    releases.values().forEach(playground::awaitFailed);
    Refloat refloat = Refloat.as(playground.cluster(), playground.cluster().admin());
    Map<String, String> expected = new TreeMap<>();
    releases.forEach((b, r) -> expected.put(r.namespace() + "/app", b.cause()));
    Map<String, String> found = Refloat.causes(refloat.diagnose("-A", "--all"));
    found.keySet().retainAll(expected.keySet());
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void playsAVolumeForEveryClaim() {
    playground.namespace("volumes");
    Release release = Release.database("volumes", "db");
    playground.install(release);
    String claim = "/api/v1/namespaces/volumes/persistentvolumeclaims/data-db-0";
    assertThat(playground.api().get(claim).path("status").path("phase").asString())
        .isEqualTo("Bound");
    String volume = playground.api().get(claim).path("spec").path("volumeName").asString();
    playground.delete(release);
    playground.awaitGone(release);
    assertThat(playground.exists(claim)).as("the claim outlives its release").isTrue();
    playground.api().delete(claim);
    playground.await(
        "the volume goes with its claim",
        () -> !playground.exists("/api/v1/persistentvolumes/" + volume));
  }

  @Test
  void leavesARecordPendingWhenHelmIsKilled() throws Exception {
    playground.namespace("killed");
    Release release = Release.webapp("killed", "app");
    playground.install(release);
    playground.suspend(release);
    playground.interruptHelm(
        release,
        "pending-upgrade",
        "upgrade",
        "app",
        playground.archive("webapp", "1.0.0").toString(),
        "--namespace=killed",
        "--set=tag=does-not-exist",
        "--force-conflicts",
        "--wait");
    assertThat(playground.records(release)).containsExactly("v1 deployed", "v2 pending-upgrade");
    playground.resume(release);
    assertThat(playground.awaitReady(release).brief("Released")).isEqualTo("True/UpgradeSucceeded");
  }
}
