package dev.refloat.adapter.helmcli;

import dev.refloat.adapter.process.Program;
import dev.refloat.adapter.process.ProgramFailure;
import dev.refloat.port.HelmClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs the `helm` of the user's PATH, with the same kubeconfig, context and impersonation as
/// everything else.
public final class HelmBinary implements HelmClient {

  /// Of what helm prints.
  private static final int MAX_OUTPUT = 64 * 1024;

  private final String binary;
  private final List<String> connection;
  private final Map<String, String> env;

  /// @param binary name or path
  /// @param connection flags that choose the cluster: `--kube-context prod`
  /// @param env what helm runs with, and nothing else
  public HelmBinary(String binary, List<String> connection, Map<String, String> env) {
    this.binary = binary;
    this.connection = List.copyOf(connection);
    this.env = Map.copyOf(env);
  }

  @Override
  public Optional<String> missing() {
    try {
      run(Duration.ofSeconds(30), "version", "--short");
      return Optional.empty();
    } catch (HelmFailure e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void rollback(String storageNamespace, String release, int revision, Duration timeout) {
    run(
        timeout,
        "rollback",
        release,
        Integer.toString(revision),
        "--namespace",
        storageNamespace,
        "--force-conflicts",
        "--wait",
        "--timeout",
        timeout.toSeconds() + "s");
  }

  @Override
  public void uninstall(String storageNamespace, String release, Duration timeout) {
    run(
        timeout,
        "uninstall",
        release,
        "--namespace",
        storageNamespace,
        "--no-hooks",
        "--ignore-not-found",
        "--timeout",
        timeout.toSeconds() + "s");
  }

  @Override
  public void test(String storageNamespace, String release, Duration timeout) {
    run(
        timeout,
        "test",
        release,
        "--namespace",
        storageNamespace,
        "--timeout",
        timeout.toSeconds() + "s");
  }

  private void run(Duration timeout, String... arguments) {
    List<String> command = new ArrayList<>(List.of(binary));
    command.addAll(List.of(arguments));
    command.addAll(connection);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(env);
    Program.Answer answer;
    try {
      answer =
          Program.run(builder, new Program.Limits(timeout.plusMinutes(1), MAX_OUTPUT, MAX_OUTPUT));
    } catch (ProgramFailure e) {
      throw switch (e.reason()) {
        case NOT_STARTED -> new HelmFailure("helm cannot be run: " + e.getMessage());
        case TOO_SLOW, TOO_LARGE, INTERRUPTED, UNREADABLE ->
            new HelmFailure("helm " + arguments[0] + " failed: " + e.getMessage());
      };
    }
    if (answer.code() != 0) {
      throw new HelmFailure(
          "helm " + arguments[0] + " failed: " + answer.output().strip().replaceAll("\\s+", " "));
    }
  }
}
