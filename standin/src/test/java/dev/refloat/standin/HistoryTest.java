package dev.refloat.standin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HistoryTest {
  private static Json snapshot(int version, String status) {
    return Json.from(
        Map.of("name", "app", "namespace", "ns", "version", version, "status", status));
  }

  private static History of(Json... snapshots) {
    return new History(new Json.Arr(List.of(snapshots)));
  }

  private static List<Integer> versions(History history) {
    return history.json().list().stream().map(s -> (int) s.get("version").integer(0)).toList();
  }

  @Test
  void ordersFromTheNewest() {
    assertThat(versions(of(snapshot(1, "failed"), snapshot(3, "deployed"), snapshot(2, "failed"))))
        .containsExactly(3, 2, 1);
  }

  @Test
  void rollsBackToTheNewestGoodReleaseBeforeTheLatest() {
    History history =
        of(
            snapshot(4, "failed"),
            snapshot(3, "failed"),
            snapshot(2, "deployed"),
            snapshot(1, "superseded"));
    assertThat(history.previous(false).orElseThrow().version()).isEqualTo(2);
  }

  @Test
  void hasNowhereToRollBackToWithoutAGoodRelease() {
    assertThat(of(snapshot(2, "failed"), snapshot(1, "failed")).previous(false)).isEmpty();
    assertThat(of(snapshot(1, "deployed")).previous(false)).isEmpty();
  }

  @Test
  void doesNotRollBackToAReleaseWhoseTestsFailed() {
    Snapshot failedTest =
        new Snapshot(snapshot(1, "deployed"))
            .with("testHooks", Json.from(Map.of("app-test", Map.of("phase", "Failed"))));
    History history = of(snapshot(2, "failed"), failedTest.json());
    assertThat(history.previous(false)).isEmpty();
    assertThat(history.previous(true)).isPresent();
  }

  @Test
  void forgetsWhatIsOlderThanTheLastGoodRelease() {
    History history =
        of(
            snapshot(4, "deployed"),
            snapshot(3, "failed"),
            snapshot(2, "superseded"),
            snapshot(1, "superseded"));
    history.truncate(false);
    assertThat(versions(history)).containsExactly(4, 3, 2);
  }

  @Test
  void keepsFiveWhenNoneIsGood() {
    History history =
        of(
            snapshot(7, "failed"),
            snapshot(6, "failed"),
            snapshot(5, "failed"),
            snapshot(4, "failed"),
            snapshot(3, "failed"),
            snapshot(2, "failed"));
    history.truncate(false);
    assertThat(versions(history)).containsExactly(7, 6, 5, 4, 3);
  }
}
