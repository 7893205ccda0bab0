package dev.refloat.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How long a command takes and how much memory it needs, as a whole process.
///
/// @param seconds wall time of each run
/// @param peakMebibytes the largest resident set of the process; 0 where the system does not say
/// @param exit the exit code of the last run
record Measured(String name, List<Double> seconds, long peakMebibytes, int exit) {
  private static final int LIMIT_SECONDS = 600;

  /// One of the commands that are compared.
  ///
  /// @param expected exit codes that mean success
  record Contender(
      String name, List<String> command, Map<String, String> env, List<Integer> expected) {}

  /// Runs the commands in turn, A B C A B C …, so that a machine whose speed drifts is unfair to
  /// none, after one round that is not counted.
  static List<Measured> compare(List<Contender> contenders, int runs) throws InterruptedException {
    Map<Contender, List<Double>> seconds = new LinkedHashMap<>();
    Map<Contender, Long> peaks = new LinkedHashMap<>();
    Map<Contender, Integer> exits = new LinkedHashMap<>();
    for (int round = 0; round <= runs; round++) {
      for (Contender c : contenders) {
        Run run = once(c);
        if (round > 0) {
          seconds.computeIfAbsent(c, _ -> new ArrayList<>()).add(run.seconds());
        }
        peaks.merge(c, run.peakKibibytes(), Math::max);
        exits.put(c, run.exit());
      }
    }
    return contenders.stream()
        .map(
            c ->
                new Measured(
                    c.name(),
                    List.copyOf(seconds.getOrDefault(c, List.of())),
                    peaks.getOrDefault(c, 0L) / 1024,
                    exits.getOrDefault(c, -1)))
        .toList();
  }

  private record Run(double seconds, long peakKibibytes, int exit) {}

  private static Run once(Contender c) throws InterruptedException {
    try {
      Path err = Files.createTempFile("refloat-benchmark", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(c.command())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(err.toFile());
      builder.environment().putAll(c.env());
      long begin = System.nanoTime();
      Process process = builder.start();
      Path status = Path.of("/proc/" + process.pid() + "/status");
      long[] peak = {0};
      Thread watching =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    while (process.isAlive()) {
                      peak[0] = Math.max(peak[0], highWater(status));
                      try {
                        Thread.sleep(5);
                      } catch (InterruptedException e) {
                        return;
                      }
                    }
                  });
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(c.name() + " did not end in " + LIMIT_SECONDS + " s");
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      watching.interrupt();
      watching.join();
      if (!c.expected().contains(process.exitValue())) {
        throw new IllegalStateException(
            c.name() + " ended with " + process.exitValue() + ": " + Files.readString(err));
      }
      Files.deleteIfExists(err);
      return new Run(seconds, peak[0], process.exitValue());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + c.name(), e);
    }
  }

  /// The kernel's own record of the largest resident set so far, in KiB.
  private static long highWater(Path status) {
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException | NumberFormatException e) {
      // The process has just ended, or this is no Linux.
    }
    return 0;
  }

  double median() {
    List<Double> sorted = seconds.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  double fastest() {
    return seconds.stream().mapToDouble(s -> s).min().orElse(0);
  }

  double slowest() {
    return seconds.stream().mapToDouble(s -> s).max().orElse(0);
  }

  /// The median of the ratios of runs next to each other.
  double ratioTo(Measured other) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < seconds.size(); i++) {
      ratios.add(seconds.get(i) / other.seconds.get(i));
    }
    return ratios.stream().sorted().toList().get(ratios.size() / 2);
  }
}
