package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SupervisedProcessTest {
  @TempDir Path folder;

  /// A duration that no other process on the machine sleeps for marks the child.
  private final String seconds =
      Integer.toString(ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999));

  @Test
  void endsTheChildWhenClosed() throws Exception {
    SupervisedProcess process = sleeper(List.of("sleep", seconds));
    await(this::childRuns);
    process.close();
    await(() -> !childRuns());
    assertThat(process.alive()).isFalse();
  }

  @Test
  void endsAChildThatIgnoresRequestsToEnd() throws Exception {
    SupervisedProcess process =
        sleeper(List.of("/bin/sh", "-c", "trap '' TERM; exec sleep " + seconds));
    await(this::childRuns);
    process.close();
    await(() -> !childRuns());
  }

  @Test
  void noticesThatTheChildEndedAndKeepsItsLastWords() throws Exception {
    SupervisedProcess process =
        sleeper(List.of("/bin/sh", "-c", "echo address already in use; exit 3"));
    await(() -> !process.alive());
    assertThat(process.lastWords()).isEqualTo("address already in use");
    process.close();
  }

  @Test
  void endsTheChildWhenTheJvmIsKilled() throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Doomed.class.getName(),
                seconds,
                folder.resolve("log").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("jvm").toFile())
            .start();
    try {
      await(this::childRuns);
    } catch (AssertionError e) {
      throw new AssertionError(Files.readString(folder.resolve("jvm")), e);
    }
    // SIGKILL: no shutdown hook runs.
    jvm.destroyForcibly();
    await(() -> !childRuns());
  }

  /// Starts a child and waits to be killed.
  static final class Doomed {
    private Doomed() {}

    public static void main(String[] args) throws Exception {
      SupervisedProcess child =
          SupervisedProcess.start("sleep", List.of("sleep", args[0]), Path.of(args[1]), Map.of());
      while (child.alive()) {
        Thread.sleep(100);
      }
    }
  }

  private SupervisedProcess sleeper(List<String> command) throws Exception {
    return SupervisedProcess.start("sleep", command, folder.resolve("log"), Map.of());
  }

  private boolean childRuns() {
    return ProcessHandle.allProcesses()
        .anyMatch(
            p ->
                p.info().command().orElse("").endsWith("sleep")
                    && p.info().arguments().map(a -> List.of(a).contains(seconds)).orElse(false));
  }

  private static void await(BooleanSupplier holds) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(30));
    while (!holds.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(50);
    }
  }
}
