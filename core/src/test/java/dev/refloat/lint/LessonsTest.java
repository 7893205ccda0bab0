package dev.refloat.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.lint.Learnt.Action;
import dev.refloat.lint.Learnt.Outcome;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LessonsTest {

  private static Resource release(Map<?, ?>... history) {
    return Resource.of(
        Json.from(
            Map.of(
                "apiVersion",
                "helm.toolkit.fluxcd.io/v2",
                "kind",
                "HelmRelease",
                "metadata",
                Map.of("name", "web", "namespace", "shop"),
                "status",
                Map.of("history", List.of(history)))));
  }

  private static Map<String, Object> entry(int revision, String chart, String status) {
    return Map.of(
        "version",
        revision,
        "chartVersion",
        chart,
        "status",
        status,
        "lastDeployed",
        "2026-01-01T12:00:00Z");
  }

  /// A storage Secret of Helm 4, which has the end of the action in its label.
  private static Resource secret(int revision, String status, int minute, int seconds) {
    Instant start = Instant.parse("2026-01-01T12:00:00Z").plusSeconds(minute * 60L);
    return Resource.of(
        Json.from(
            Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Secret",
                "metadata",
                Map.of(
                    "name",
                    "sh.helm.release.v1.web.v" + revision,
                    "namespace",
                    "shop",
                    "creationTimestamp",
                    start.toString(),
                    "labels",
                    Map.of(
                        "version",
                        Integer.toString(revision),
                        "status",
                        status,
                        "modifiedAt",
                        Long.toString(start.plusSeconds(seconds).getEpochSecond()))))));
  }

  private static Optional<HelmRecord> record(Resource secret, String chartVersion) {
    return Optional.of(
        new HelmRecord(
            secret.ref(),
            "web",
            "shop",
            1,
            "deployed",
            "",
            Optional.empty(),
            Optional.empty(),
            "web",
            chartVersion,
            Json.Missing.MISSING,
            List.of(),
            List.of()));
  }

  @Test
  void keepsHowLongItTookAndWhatBecameReady() {
    Learnt.Release learnt =
        Lessons.of(
            release(entry(3, "1.2.0", "failed"), entry(2, "1.1.0", "superseded")),
            List.of(secret(2, "deployed", 10, 90), secret(3, "failed", 20, 300)),
            List.of(),
            _ -> Optional.empty());
    assertThat(learnt.actions())
        .containsExactly(
            new Action(
                Instant.parse("2026-01-01T12:20:00Z"), "1.2.0", Outcome.FAILED, Optional.empty()),
            new Action(
                Instant.parse("2026-01-01T12:10:00Z"),
                "1.1.0",
                Outcome.READY,
                Optional.of(Duration.ofSeconds(90))));
    assertThat(learnt.proved("1.1.0")).isTrue();
  }

  @Test
  void readsOnlyTheSecretsThatTheHistoryDoesNotTell() {
    Resource old = secret(1, "superseded", 0, 30);
    Resource release = release(entry(2, "1.1.0", "deployed"));
    List<Resource> records = List.of(old, secret(2, "deployed", 10, 90));
    assertThat(Lessons.unclear(release, records)).containsExactly(old);
    Learnt.Release learnt = Lessons.of(release, records, List.of(), s -> record(s, "1.0.0"));
    assertThat(learnt.actions()).extracting(Action::chartVersion).containsExactly("1.1.0", "1.0.0");
  }

  @Test
  void leavesOutWhatHasNotEndedAndWhatIsNotKnown() {
    Learnt.Release learnt =
        Lessons.of(
            release(entry(3, "1.2.0", "pending-upgrade")),
            List.of(secret(1, "superseded", 0, 30), secret(3, "pending-upgrade", 20, 0)),
            List.of(),
            _ -> Optional.empty());
    assertThat(learnt.actions()).isEmpty();
  }

  @Test
  void readsTheNewestSecretsOnly() {
    List<Resource> many = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      many.add(secret(i, "superseded", i, 5));
    }
    assertThat(Lessons.unclear(release(), many))
        .hasSize(Learnt.MOST_ACTIONS)
        .extracting(Resource::ref)
        .extracting(ObjectRef::name)
        .contains("sh.helm.release.v1.web.v50")
        .doesNotContain("sh.helm.release.v1.web.v1");
  }
}
