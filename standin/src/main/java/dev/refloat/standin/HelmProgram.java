package dev.refloat.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The real `helm`, run as a child process, without anything of the user's own configuration.
final class HelmProgram {

  /// How a run ended.
  ///
  /// @param error what Helm complains about, as helm-controller would word it; empty after success
  record Result(boolean succeeded, String error) {}

  private final Path program;
  private final Path folder;
  private final HelmGateway gateway;
  private final Consumer<String> log;
  private volatile boolean killed;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();

  HelmProgram(Path program, Path folder, HelmGateway gateway, Consumer<String> log) {
    this.log = log;
    this.program = program;
    this.folder = folder;
    this.gateway = gateway;
  }

  /// Runs Helm on the cluster, on behalf of a HelmRelease.
  ///
  /// @throws InterruptedException when the stand-in ends meanwhile; Helm is asked to stop then
  Result forRelease(String namespace, String name, List<String> arguments)
      throws InterruptedException {
    Path kubeconfig = folder.resolve("kubeconfig-" + namespace + "-" + name);
    try {
      Files.writeString(kubeconfig, gateway.kubeconfig(namespace, name));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + kubeconfig, e);
    }
    return run(kubeconfig, arguments);
  }

  /// Runs Helm away from the cluster, on charts.
  Result onCharts(List<String> arguments) throws InterruptedException {
    return run(folder.resolve("no-kubeconfig"), arguments);
  }

  private Result run(Path kubeconfig, List<String> arguments) throws InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(program.toString());
    line.addAll(arguments);
    try {
      Path words = Files.createTempFile(folder, "helm-", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(words.toFile());
      builder.environment().keySet().removeIf(k -> k.startsWith("HELM_") || k.equals("KUBECONFIG"));
      builder.environment().put("KUBECONFIG", kubeconfig.toString());
      builder.environment().put("HOME", folder.toString());
      Process process = builder.start();
      running.add(process);
      try {
        process.getOutputStream().close();
        int code = process.waitFor();
        if (killed) {
          throw new InterruptedException("the stand-in was killed");
        }
        String said = Files.readString(words);
        if (code == 0) {
          return new Result(true, "");
        }
        log.accept("helm " + String.join(" ", arguments) + ": " + said.strip());
        return new Result(false, HelmErrors.text(said));
      } catch (InterruptedException e) {
        process.destroy();
        throw e;
      } finally {
        running.remove(process);
        Files.deleteIfExists(words);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + program, e);
    }
  }

  /// Ends every Helm that runs, as SIGKILL does.
  void kill() {
    killed = true;
    running.forEach(Process::destroyForcibly);
  }
}
