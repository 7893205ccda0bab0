package dev.refloat.adapter.helmcli;

import dev.refloat.port.HelmClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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
  public HelmBinary(String binary, List<String> connection, Map<String, String> env) {
    this.binary = binary;
    this.connection = List.copyOf(connection);
    this.env = Map.copyOf(env);
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
    Path output = null;
    try {
      output = Files.createTempFile("refloat-helm", ".out");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(nothing()));
      builder.environment().putAll(env);
      Process process = builder.start();
      if (!process.waitFor(timeout.plusMinutes(1).toSeconds(), TimeUnit.SECONDS)) {
        process.destroy();
        throw new HelmFailure("helm " + arguments[0] + " did not end in time");
      }
      if (process.exitValue() != 0) {
        throw new HelmFailure("helm " + arguments[0] + " failed: " + said(output));
      }
    } catch (IOException e) {
      throw new HelmFailure(
          "helm cannot be run: "
              + e.getMessage()
              + "; install helm, or set REFLOAT_HELM to its path");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HelmFailure("interrupted while helm " + arguments[0] + " ran");
    } finally {
      remove(output);
    }
  }

  private static java.io.File nothing() {
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    return new java.io.File(windows ? "NUL" : "/dev/null");
  }

  private static String said(Path output) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(output)) {
      bytes = in.readNBytes(MAX_OUTPUT);
    }
    return new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
  }

  private static void remove(@org.jspecify.annotations.Nullable Path output) {
    if (output != null) {
      try {
        Files.deleteIfExists(output);
      } catch (IOException e) {
        output.toFile().deleteOnExit();
      }
    }
  }
}
