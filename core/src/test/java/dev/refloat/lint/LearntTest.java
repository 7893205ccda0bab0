package dev.refloat.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.lint.Learnt.Action;
import dev.refloat.lint.Learnt.Environment;
import dev.refloat.lint.Learnt.Outcome;
import dev.refloat.lint.Learnt.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LearntTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private static Action action(int minute, String version, Outcome outcome, Integer... took) {
    return new Action(
        NOON.plusSeconds(60L * minute),
        version,
        outcome,
        List.of(took).stream().map(Duration::ofSeconds).findFirst());
  }

  private static Environment environment(String name, Action... actions) {
    return new Environment(name, NOON, List.of(new Release("shop", "web", List.of(actions))));
  }

  private static Release web(Learnt learnt, String environment) {
    return learnt.find(environment).orElseThrow().find("shop", "web").orElseThrow();
  }

  @Test
  void leavesRoomAboveTheLongestSuccess() {
    Release release =
        web(
            Learnt.NOTHING.with(
                environment(
                    "prod",
                    action(1, "1.0.0", Outcome.READY, 370),
                    action(2, "1.1.0", Outcome.FAILED, 900),
                    action(3, "1.1.0", Outcome.READY, 200),
                    action(4, "1.2.0", Outcome.READY))),
            "prod");
    assertThat(release.longest()).contains(Duration.ofSeconds(370));
    assertThat(release.samples()).isEqualTo(2);
    assertThat(release.limit()).contains(Duration.ofMinutes(10));
  }

  @Test
  void knowsWhatWasReady() {
    Release release =
        web(
            Learnt.NOTHING.with(
                environment(
                    "dev", action(1, "1.0.0", Outcome.READY), action(2, "1.1.0", Outcome.FAILED))),
            "dev");
    assertThat(release.proved("1.0.0")).isTrue();
    assertThat(release.proved("1.1.0")).isFalse();
  }

  @Test
  void keepsWhatAClusterForgot() {
    Learnt before =
        Learnt.NOTHING.with(
            environment(
                "dev",
                action(1, "1.0.0", Outcome.READY, 60),
                action(2, "1.1.0", Outcome.READY, 70)));
    Learnt after =
        before.with(
            environment(
                "dev", action(2, "1.1.0", Outcome.READY), action(3, "1.2.0", Outcome.READY, 80)));
    assertThat(web(after, "dev").actions())
        .extracting(Action::chartVersion)
        .containsExactly("1.2.0", "1.1.0", "1.0.0");
    assertThat(web(after, "dev").samples()).isEqualTo(3);
  }

  @Test
  void keepsTheNewestActionsOnly() {
    List<Action> many = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      many.add(action(i, "1.0." + i, Outcome.READY, i));
    }
    Release release =
        web(Learnt.NOTHING.with(environment("dev", many.toArray(Action[]::new))), "dev");
    assertThat(release.actions()).hasSize(Learnt.MOST_ACTIONS);
    assertThat(release.actions().getFirst().chartVersion()).isEqualTo("1.0.29");
  }

  @Test
  void findsThePastOfACluster() {
    Settings settings =
        new Settings(
            Map.of(),
            List.of(),
            List.of(),
            List.of(
                new Settings.Environment(
                    "dev", List.of(new PathPattern("clusters/dev*")), List.of()),
                new Settings.Environment(
                    "prod", List.of(new PathPattern("clusters/prod")), List.of())),
            Optional.empty(),
            List.of());
    Learnt learnt =
        Learnt.NOTHING
            .with(environment("dev", action(1, "1.0.0", Outcome.READY)))
            .with(environment("prod", action(1, "0.9.0", Outcome.READY)));
    Past prod = Past.of("clusters/prod", settings, learnt);
    assertThat(prod.environment()).contains("prod");
    assertThat(prod.here()).map(Environment::name).contains("prod");
    assertThat(prod.earlier()).extracting(Environment::name).containsExactly("dev");
    assertThat(Past.of("clusters/dev-eu", settings, learnt).earlier()).isEmpty();
    assertThat(Past.of("clusters/other", settings, learnt).known()).isFalse();
  }
}
