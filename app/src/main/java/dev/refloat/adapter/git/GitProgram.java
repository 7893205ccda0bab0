package dev.refloat.adapter.git;

import dev.refloat.port.GitFailure;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// Runs the user's git, bounded in time and output, without a shell and never asking on the
/// terminal.
final class GitProgram {
  private static final int MAX_OUTPUT = 64 << 20;
  private static final int MAX_ERRORS = 64 << 10;
  private static final int SHOWN_LINES = 6;

  /// A login inside of a URL, as remotes may have.
  private static final Pattern LOGIN = Pattern.compile("://[^@/\\s]+@");

  /// Of a hook that git runs us from, or of a person's experiments: would point git elsewhere.
  private static final List<String> CONFUSING =
      List.of(
          "GIT_DIR",
          "GIT_WORK_TREE",
          "GIT_INDEX_FILE",
          "GIT_OBJECT_DIRECTORY",
          "GIT_ALTERNATE_OBJECT_DIRECTORIES",
          "GIT_COMMON_DIR",
          "GIT_PREFIX",
          "GIT_NAMESPACE");

  private final String program;

  /// @param program `git`, or a path
  GitProgram(String program) {
    this.program = program;
  }

  /// What git answered.
  record Result(int code, String out, String errors) {
    boolean ok() {
      return code == 0;
    }

    /// The last lines of what it said, without logins.
    String said() {
      List<String> lines = errors.lines().filter(l -> !l.isBlank()).toList();
      return LOGIN
          .matcher(
              String.join(
                  " / ", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size())))
          .replaceAll("://…@");
    }
  }

  /// Runs git in a folder; any exit code is an answer.
  Result run(Path folder, Duration limit, String... arguments) throws GitFailure {
    List<String> command = new ArrayList<>(List.of(program, "-c", "core.fsmonitor=false"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    CONFUSING.forEach(builder.environment()::remove);
    builder.environment().put("GIT_TERMINAL_PROMPT", "0");
    builder.environment().put("GIT_LFS_SKIP_SMUDGE", "1");
    builder.environment().put("GIT_EDITOR", "true");
    builder.environment().put("LC_ALL", "C");
    builder.redirectInput(new File(File.separatorChar == '\\' ? "NUL" : "/dev/null"));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new GitFailure(
          "The program `" + program + "` cannot be started", "Install git, or put it on the PATH.");
    }
    try {
      FutureTask<String> out = reader(process.getInputStream(), MAX_OUTPUT);
      FutureTask<String> errors = reader(process.getErrorStream(), MAX_ERRORS);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new GitFailure(
            "git " + verb(arguments) + " did not end within " + limit.toSeconds() + " s",
            "Run it by hand to see what it waits for: a login, a hook, a lock.");
      }
      return new Result(
          process.exitValue(), out.get(10, TimeUnit.SECONDS), errors.get(10, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitFailure("git " + verb(arguments) + " was interrupted", "Run the command again.");
    } catch (ExecutionException | TimeoutException e) {
      throw new GitFailure(
          "The output of git " + verb(arguments) + " cannot be read",
          "Run it by hand to see what it prints.");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /// Runs git in a folder and wants success.
  ///
  /// @param next what the user can do when it fails
  String must(Path folder, Duration limit, String next, String... arguments) throws GitFailure {
    Result result = run(folder, limit, arguments);
    if (!result.ok()) {
      throw new GitFailure("git " + verb(arguments) + " failed: " + result.said(), next);
    }
    return result.out();
  }

  private static String verb(String... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("-c")) {
        i++;
      } else {
        return arguments[i];
      }
    }
    return "";
  }

  private static FutureTask<String> reader(InputStream in, int max) {
    FutureTask<String> task =
        new FutureTask<>(
            () -> {
              byte[] bytes = in.readNBytes(max);
              in.skip(Long.MAX_VALUE);
              return new String(bytes, StandardCharsets.UTF_8);
            });
    Thread.ofVirtual().start(task);
    return task;
  }
}
