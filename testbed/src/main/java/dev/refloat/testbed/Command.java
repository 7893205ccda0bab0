package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs a program to its end.
public final class Command {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private Command() {}

  /// What a program left behind.
  public record Result(int code, String out, String err) {}

  /// Runs a program without standard input, with `extra` added to the environment.
  public static Result run(Path program, List<String> arguments, Map<String, String> extra) {
    List<String> line = new ArrayList<>();
    line.add(program.toString());
    line.addAll(arguments);
    try {
      Path out = Files.createTempFile("testbed-", ".out");
      Path err = Files.createTempFile("testbed-", ".err");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(line)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(extra);
        Process process = builder.start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new IllegalStateException(
              program + " did not end within " + LIMIT.toSeconds() + " s");
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + program, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + program + " ran", e);
    }
  }
}
