package dev.refloat.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A child process that cannot outlive this JVM: a small shell between the two holds the reading
/// end
/// of a pipe whose writing end only the JVM has, and ends the child when the pipe closes, however
/// the JVM died.
public final class SupervisedProcess implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(2);

  /// `$1` is the grace in tenths of a second, the rest the command.
  private static final String SUPERVISOR =
      """
      grace=$1; shift
      exec 3<&0
      "$@" </dev/null 3<&- &
      child=$!
      (
        read -r _ <&3
        kill -TERM "$child" 2>/dev/null
        while [ "$grace" -gt 0 ] && kill -0 "$child" 2>/dev/null; do
          sleep 0.1
          grace=$((grace - 1))
        done
        kill -KILL "$child" 2>/dev/null
      ) >/dev/null 2>&1 &
      exec 3<&-
      wait "$child"
      """;

  private final String name;
  private final Process shell;
  private final Path log;

  private SupervisedProcess(String name, Process shell, Path log) {
    this.name = name;
    this.shell = shell;
    this.log = log;
  }

  /// Starts a command with its output in `log`.
  public static SupervisedProcess start(
      String name, List<String> command, Path log, Map<String, String> extraEnvironment)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add("/bin/sh");
    line.add("-c");
    line.add(SUPERVISOR);
    line.add("supervisor-of-" + name);
    line.add(Long.toString(GRACE.toMillis() / 100));
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(extraEnvironment);
    return new SupervisedProcess(name, builder.start(), log);
  }

  public String name() {
    return name;
  }

  public boolean alive() {
    return shell.isAlive();
  }

  /// The last lines of what the process wrote.
  public String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    } catch (IOException e) {
      return "(its log " + log + " cannot be read: " + e.getMessage() + ")";
    }
  }

  /// Asks the process to end, without waiting.
  void askToEnd() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      // The pipe is broken because the shell is gone, which is what was wanted.
      shell.destroy();
    }
  }

  /// Ends the process as SIGKILL does.
  public void kill() {
    shell.descendants().forEach(ProcessHandle::destroyForcibly);
    close();
  }

  /// Ends the process, by force after a few seconds.
  @Override
  public void close() {
    askToEnd();
    try {
      if (!shell.waitFor(GRACE.plusSeconds(2).toMillis(), TimeUnit.MILLISECONDS)) {
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly();
      }
    } catch (InterruptedException e) {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
