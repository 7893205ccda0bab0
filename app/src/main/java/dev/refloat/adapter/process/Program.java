package dev.refloat.adapter.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs a program to its end: started directly, never through a shell, bounded in time and in what
/// is kept of its output, and with all that it started gone afterwards.
public final class Program {
  /// For a program to clean up after itself, as helm does with a release, once its time is over.
  private static final Duration GRACE = Duration.ofSeconds(5);

  /// For the rest of the output, which a child that outlives the program could hold open.
  private static final Duration REST = Duration.ofSeconds(10);

  private static final int LOOK_MILLIS = 20;
  private static final long PAGE = 4096;

  private Program() {}

  /// How much a program may take.
  ///
  /// @param output bytes of standard output that are kept; the rest is read and dropped
  /// @param errors the same of standard error
  /// @param memory resident bytes, watched where the system tells them in /proc; 0 for no limit
  public record Limits(Duration time, int output, int errors, long memory) {
    public Limits(Duration time, int output, int errors) {
      this(time, output, errors, 0);
    }
  }

  /// What a program answered; any exit code is an answer.
  ///
  /// @param errors empty when it went elsewhere
  public record Answer(int code, String output, String errors) {}

  /// Runs a program. Without another wish it reads nothing.
  ///
  /// @param program command, environment and folder; where its input and errors go
  public static Answer run(ProcessBuilder program, Limits limits) throws ProgramFailure {
    if (program.redirectInput().equals(ProcessBuilder.Redirect.PIPE)) {
      program.redirectInput(nothing());
    }
    Process process;
    try {
      process = program.start();
    } catch (IOException e) {
      throw new ProgramFailure(
          ProgramFailure.Reason.NOT_STARTED,
          "the program `" + program.command().getFirst() + "` cannot be started",
          e);
    }
    try {
      FutureTask<String> output = reader(process.getInputStream(), limits.output());
      FutureTask<String> errors = reader(process.getErrorStream(), limits.errors());
      if (!ends(process, limits)) {
        process.destroy();
        process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        throw new ProgramFailure(
            ProgramFailure.Reason.TOO_SLOW,
            "it did not end within " + limits.time().toSeconds() + " s");
      }
      return new Answer(
          process.exitValue(),
          output.get(REST.toMillis(), TimeUnit.MILLISECONDS),
          errors.get(REST.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProgramFailure(ProgramFailure.Reason.INTERRUPTED, "it was interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new ProgramFailure(ProgramFailure.Reason.UNREADABLE, "its output could not be read", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static boolean ends(Process process, Limits limits)
      throws InterruptedException, ProgramFailure {
    if (limits.memory() == 0) {
      return process.waitFor(limits.time().toMillis(), TimeUnit.MILLISECONDS);
    }
    long end = System.nanoTime() + limits.time().toNanos();
    while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      if (memory(process.pid()) > limits.memory()) {
        throw new ProgramFailure(
            ProgramFailure.Reason.TOO_LARGE,
            "it took more than " + (limits.memory() >> 20) + " MiB of memory");
      }
      if (System.nanoTime() > end) {
        return false;
      }
    }
    return true;
  }

  /// Resident bytes; 0 where the system does not tell.
  private static long memory(long pid) {
    try {
      String[] pages = Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ", -1);
      return pages.length > 1 ? Long.parseLong(pages[1]) * PAGE : 0;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private static File nothing() {
    return new File(File.separatorChar == '\\' ? "NUL" : "/dev/null");
  }

  private static FutureTask<String> reader(InputStream in, int max) {
    FutureTask<String> task =
        new FutureTask<>(
            () -> {
              byte[] bytes = in.readNBytes(max);
              in.transferTo(OutputStream.nullOutputStream());
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Thread.ofVirtual().start(task);
    return task;
  }
}
