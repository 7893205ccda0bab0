package dev.refloat.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.evidence.PastAction;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActionTimesTest {

  private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");

  @Test
  void readsTheEndOfAnActionFromTheRevisionThatHelm3Replaced() {
    // v1 is written again when v2 succeeds, v2 when v3 does
    List<Resource> records =
        List.of(
            record(1, "superseded", 0, 1000 + 468),
            record(2, "superseded", 1000, 2000 + 60),
            record(3, "deployed", 2000, 2000 + 60));

    ActionTimes times = ActionTimes.of(release(), records, List.of());

    assertThat(times.samples())
        .extracting(ActionTimes.Sample::revision, s -> s.took().toSeconds())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2, 468L),
            org.assertj.core.groups.Tuple.tuple(3, 60L));
    assertThat(times.longest()).contains(Duration.ofSeconds(468));
  }

  @Test
  void doesNotTakeALabelForAnEndThatHelm4CopiedFromAnOlderRevision() {
    List<Resource> records =
        List.of(
            record(1, "superseded", 0, 19),
            record(2, "failed", 100, 19),
            record(3, "superseded", 200, 207),
            record(4, "deployed", 300, 207));

    assertThat(ActionTimes.of(release(), records, List.of()).samples())
        .extracting(ActionTimes.Sample::revision, s -> s.took().toSeconds())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, 19L),
            org.assertj.core.groups.Tuple.tuple(3, 7L));
  }

  @Test
  void addsWhatWasWrittenDownBeforeAndCountsNothingTwice() {
    ActionTimes now =
        ActionTimes.of(release(), List.of(record(3, "deployed", 100, 130)), List.of());
    ActionTimes all =
        now.and(
            List.of(
                new PastAction(START.plusSeconds(100), Duration.ofSeconds(30)),
                new PastAction(START.minusSeconds(900), Duration.ofSeconds(400))));

    assertThat(now.longest()).contains(Duration.ofSeconds(30));
    assertThat(all.samples()).hasSize(2);
    assertThat(all.longest()).contains(Duration.ofSeconds(400));
  }

  @Test
  void countsNoFailedAction() {
    List<Resource> records = List.of(record(1, "deployed", 0, 30), record(2, "failed", 100, 400));

    assertThat(ActionTimes.of(release(), records, List.of()).longest())
        .contains(Duration.ofSeconds(30));
  }

  @Test
  void doesNotBelieveRecordsThatWereRestoredFromABackup() {
    // created anew, long after the end of the action
    assertThat(
            ActionTimes.of(release(), List.of(record(1, "deployed", 5000, 30)), List.of())
                .samples())
        .isEmpty();
  }

  @Test
  void learnsFromEventsWhereStorageDoesNotTell() {
    Json event =
        Json.builder()
            .put("message", "Helm upgrade succeeded for release shop/web.v4 with chart web@1.2.0")
            .put("firstTimestamp", START.plusSeconds(390).toString())
            .build();

    ActionTimes times =
        ActionTimes.of(
            release(),
            List.of(record(4, "deployed", 300, 207)),
            List.of(new Resource(new ObjectRef("v1", "Event", "shop", "e"), event)));

    assertThat(times.samples())
        .containsExactly(new ActionTimes.Sample(4, START.plusSeconds(300), Duration.ofSeconds(90)));
  }

  @Test
  void leavesHalfAsMuchAgainInAUnitThatPeopleWrite() {
    assertThat(ActionTimes.limitFor(Duration.ofSeconds(468))).isEqualTo(Duration.ofMinutes(12));
    assertThat(ActionTimes.limitFor(Duration.ofSeconds(5))).isEqualTo(Duration.ofSeconds(30));
    assertThat(ActionTimes.limitFor(Duration.ofSeconds(50))).isEqualTo(Duration.ofSeconds(90));
    assertThat(ActionTimes.limitFor(Duration.ofMinutes(50))).isEqualTo(Duration.ofMinutes(75));
  }

  private static Resource release() {
    return new Resource(
        new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "shop", "web"),
        Json.builder().put("status", Json.emptyObject()).build());
  }

  private static Resource record(int revision, String status, long created, long modified) {
    Json labels =
        Json.builder()
            .put("version", Integer.toString(revision))
            .put("status", status)
            .put("modifiedAt", Long.toString(START.plusSeconds(modified).getEpochSecond()))
            .build();
    Json metadata =
        Json.builder()
            .put("creationTimestamp", START.plusSeconds(created).toString())
            .put("labels", labels)
            .build();
    return new Resource(
        new ObjectRef("v1", "Secret", "shop", "sh.helm.release.v1.web.v" + revision),
        Json.builder().put("metadata", metadata).build());
  }
}
