package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Refloat in a process of its own, which can be killed.
record Child(Process process, Path log) {
  private static final long LIMIT_SECONDS = 600;

  /// @param main the class to run
  static Child start(String main, Map<String, String> environment, List<String> arguments) {
    return limited("true", main, environment, arguments);
  }

  /// The same after a command of the shell, such as `ulimit`.
  static Child limited(
      String before, String main, Map<String, String> environment, List<String> arguments) {
    try {
      List<String> line =
          new ArrayList<>(
              List.of(
                  "/bin/sh",
                  "-c",
                  before + "; exec \"$0\" \"$@\"",
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  main));
      line.addAll(arguments);
      return start(environment, line);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a JVM", e);
    }
  }

  private static Child start(Map<String, String> environment, List<String> line)
      throws IOException {
    Path log = Files.createTempFile("refloat-child", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    return new Child(builder.start(), log);
  }

  /// As SIGKILL does.
  void kill() {
    process.destroyForcibly();
    await();
  }

  boolean alive() {
    return process.isAlive();
  }

  /// Waits for the end; answers the exit code.
  int await() {
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("Refloat does not end:\n" + said());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// What it has printed so far.
  String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException("no output of Refloat", e);
    }
  }
}
