package dev.refloat.standin;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Decides when an object is worked on: when it changed in a way that matters, or when it is due.
/// One pass per object at a time; what changes during a pass leads to another after it.
final class Schedule implements AutoCloseable {
  private static final Duration FIRST_RETRY = Duration.ofMillis(750);
  private static final Duration LAST_RETRY = Duration.ofMinutes(15);

  private static final class Entry {
    private @Nullable Object seen;
    private @Nullable Instant due;
    private boolean busy;
    private int again;
  }

  private final Map<String, Entry> entries = new HashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore workers;
  private final Consumer<String> log;

  Schedule(int workers, Consumer<String> log) {
    this.workers = new Semaphore(workers);
    this.log = log;
  }

  /// Tells how an object is now; runs `work` when that is called for.
  ///
  /// @param seen what leads to a new pass when it differs from the last offer that led to one
  synchronized void offer(String key, Object seen, Callable<Outcome> work) {
    Entry entry = entries.computeIfAbsent(key, _ -> new Entry());
    boolean due = entry.due != null && !Instant.now().isBefore(entry.due);
    if (entry.busy || threads.isShutdown() || (!due && seen.equals(entry.seen))) {
      return;
    }
    entry.busy = true;
    entry.seen = seen;
    entry.due = null;
    threads.execute(
        () -> {
          Outcome outcome = run(key, work);
          synchronized (this) {
            entry.busy = false;
            entry.again = outcome instanceof Outcome.Again ? entry.again + 1 : 0;
            entry.due = due(outcome, entry.again);
          }
        });
  }

  private Outcome run(String key, Callable<Outcome> work) {
    try {
      workers.acquire();
      try {
        Outcome outcome = work.call();
        if (outcome instanceof Outcome.Again a) {
          log.accept(key + ": " + a.why());
        } else if (outcome instanceof Outcome.Terminal t) {
          log.accept(key + ": terminal error: " + t.why());
        }
        return outcome;
      } finally {
        workers.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Done(Duration.ZERO);
    } catch (Exception e) {
      log.accept(key + ": " + e);
      return new Outcome.Again(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Instant due(Outcome outcome, int again) {
    Duration next =
        switch (outcome) {
          case Outcome.Done d -> d.next();
          case Outcome.Waiting w -> w.next();
          case Outcome.Again _ -> backOff(again);
          case Outcome.Terminal _ -> Duration.ZERO;
        };
    return next.isZero() ? null : Instant.now().plus(next);
  }

  /// Twice as long each time: 750 ms, 1.5 s, 3 s ... 15 min, as Flux does.
  static Duration backOff(int time) {
    Duration wait = FIRST_RETRY.multipliedBy(1L << Math.clamp(time - 1, 0, 20));
    return wait.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait;
  }

  /// Forgets objects that are gone.
  synchronized void keep(Set<String> keys) {
    entries.entrySet().removeIf(e -> !e.getValue().busy && !keys.contains(e.getKey()));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
