package dev.refloat.packaging;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Makes the AOT cache: a run of the real commands from which the JVM keeps the classes it loaded,
/// already linked, and what it learnt of hot methods (JEP 514, JEP 515).
final class Training {
  private static final long LIMIT_SECONDS = 180;

  private final Path lib;
  private final List<Path> jars;

  Training(Path lib, List<Path> jars) {
    this.lib = lib;
    this.jars = jars;
  }

  /// The cache, or nothing when this JVM makes none; Refloat works without, only slower.
  Optional<Path> run(String name) throws IOException, InterruptedException {
    Path cache = lib.resolve(name);
    Path log = Files.createTempFile("refloat-training", ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Assemble.JVM_OPTIONS);
    command.add("-XX:AOTCacheOutput=" + cache);
    command.add("-Drefloat.home=" + lib.getParent());
    command.add("-cp");
    command.add(String.join(File.pathSeparator, jars.stream().map(Path::toString).toList()));
    command.add("dev.refloat.wiring.Main");
    command.add("--version");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    if (!ended || process.exitValue() != 0 || !Files.exists(cache)) {
      System.err.println(
          "WARNING: no AOT cache, so that Refloat starts slowly: the training run "
              + (ended ? "ended with " + process.exitValue() : "did not end")
              + "; its output is in "
              + log);
      Files.deleteIfExists(cache);
      return Optional.empty();
    }
    Files.deleteIfExists(log);
    return Optional.of(cache);
  }
}
