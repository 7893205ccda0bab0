package dev.refloat.standin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
  @Test
  void waitsTwiceAsLongEachTimeAndNeverMoreThanAQuarterOfAnHour() {
    assertThat(Schedule.backOff(1)).isEqualTo(Duration.ofMillis(750));
    assertThat(Schedule.backOff(2)).isEqualTo(Duration.ofMillis(1500));
    assertThat(Schedule.backOff(11)).isEqualTo(Duration.ofSeconds(768));
    assertThat(Schedule.backOff(12)).isEqualTo(Duration.ofMinutes(15));
    assertThat(Schedule.backOff(5000)).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void worksOnAnObjectAgainOnlyWhenItChanged() throws Exception {
    AtomicInteger passes = new AtomicInteger();
    try (Schedule schedule = new Schedule(1, _ -> {})) {
      CountDownLatch first = new CountDownLatch(1);
      schedule.offer("a", "1", () -> done(passes, first));
      assertThat(first.await(5, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 20; i++) {
        schedule.offer("a", "1", () -> done(passes, first));
        Thread.sleep(5);
      }
      assertThat(passes).hasValue(1);
      CountDownLatch second = new CountDownLatch(1);
      schedule.offer("a", "2", () -> done(passes, second));
      assertThat(second.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(passes).hasValue(2);
    }
  }

  private static Outcome done(AtomicInteger passes, CountDownLatch latch) {
    passes.incrementAndGet();
    latch.countDown();
    return new Outcome.Done(Duration.ZERO);
  }

  @Test
  void neverWorksTwiceOnAnObjectAtATime() throws Exception {
    AtomicInteger passes = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (Schedule schedule = new Schedule(4, _ -> {})) {
      CountDownLatch begun = new CountDownLatch(1);
      schedule.offer(
          "a",
          "1",
          () -> {
            begun.countDown();
            go.await();
            return done(passes, begun);
          });
      assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
      schedule.offer("a", "2", () -> done(passes, begun));
      assertThat(passes).as("the first pass is not over").hasValue(0);
      go.countDown();
      CountDownLatch second = new CountDownLatch(1);
      for (int i = 0; i < 500 && second.getCount() > 0; i++) {
        schedule.offer("a", "2", () -> done(passes, second));
        Thread.sleep(10);
      }
      assertThat(passes).as("what changed meanwhile is not lost").hasValue(2);
    }
  }

  @Test
  void goesOnAfterAPassThatThrew() throws Exception {
    AtomicInteger passes = new AtomicInteger();
    CountDownLatch second = new CountDownLatch(1);
    try (Schedule schedule = new Schedule(1, _ -> {})) {
      for (int i = 0; i < 500 && second.getCount() > 0; i++) {
        schedule.offer(
            "a",
            "1",
            () -> {
              if (passes.incrementAndGet() == 1) {
                throw new IllegalStateException("broken");
              }
              second.countDown();
              return new Outcome.Done(Duration.ZERO);
            });
        Thread.sleep(10);
      }
      assertThat(second.getCount()).isZero();
    }
  }
}
