package dev.refloat.adapter.git;

import dev.refloat.adapter.process.Program;
import dev.refloat.adapter.process.ProgramFailure;
import dev.refloat.port.GitFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    Program.Answer answer;
    try {
      answer = Program.run(builder, new Program.Limits(limit, MAX_OUTPUT, MAX_ERRORS));
    } catch (ProgramFailure e) {
      throw switch (e.reason()) {
        case NOT_STARTED ->
            new GitFailure(
                "The program `" + program + "` cannot be started",
                "Install git, or put it on the PATH.");
        case TOO_SLOW, TOO_LARGE ->
            new GitFailure(
                "git " + verb(arguments) + " did not end within " + limit.toSeconds() + " s",
                "Run it by hand to see what it waits for: a login, a hook, a lock.");
        case INTERRUPTED ->
            new GitFailure("git " + verb(arguments) + " was interrupted", "Run the command again.");
        case UNREADABLE ->
            new GitFailure(
                "The output of git " + verb(arguments) + " cannot be read",
                "Run it by hand to see what it prints.");
      };
    }
    return new Result(answer.code(), answer.output(), answer.errors());
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
}
