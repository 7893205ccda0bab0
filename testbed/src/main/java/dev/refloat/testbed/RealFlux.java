package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The real helm-controller and source-controller, from the folder that `REFLOAT_TESTBED_BIN`
/// names.
public final class RealFlux implements FluxControllers {
  /// How soon a release looks again at what it waits for; 30 s by default, 5 s is the least.
  private static final String REQUEUE_DEPENDENCY = "5s";

  private final TestCluster cluster;
  private final Path helmProgram;
  private final String kubeconfig;
  private final SupervisedProcess source;
  private @Nullable SupervisedProcess helm;

  private RealFlux(
      TestCluster cluster, Path helmProgram, String kubeconfig, SupervisedProcess source) {
    this.cluster = cluster;
    this.helmProgram = helmProgram;
    this.kubeconfig = kubeconfig;
    this.source = source;
  }

  /// Starts both on a cluster that has the CRDs of Flux.
  ///
  /// @throws UnavailableException when the folder is not set or does not have them; says which
  public static RealFlux start(TestCluster cluster) throws UnavailableException {
    Path sourceProgram = Binaries.supplied("source-controller");
    Path helmProgram = Binaries.supplied("helm-controller");
    cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: flux-system}}");
    try {
      String kubeconfig = cluster.kubeconfig(cluster.admin()).toString();
      List<Integer> ports = TestCluster.freePorts(3);
      String storage = "127.0.0.1:" + ports.get(0);
      SupervisedProcess source =
          launch(
              cluster,
              sourceProgram,
              kubeconfig,
              List.of(
                  "--storage-path=" + Files.createDirectories(cluster.state().resolve("storage")),
                  "--storage-addr=" + storage,
                  "--storage-adv-addr=" + storage,
                  "--helm-cache-max-size=0",
                  "--metrics-addr=127.0.0.1:" + ports.get(1),
                  "--health-addr=127.0.0.1:" + ports.get(2)));
      RealFlux flux = new RealFlux(cluster, helmProgram, kubeconfig, source);
      flux.restart();
      return flux;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the Flux controllers", e);
    }
  }

  private static SupervisedProcess launch(
      TestCluster cluster, Path program, String kubeconfig, List<String> arguments)
      throws IOException {
    String name = program.getFileName().toString();
    List<String> line = new ArrayList<>();
    line.add(program.toString());
    line.addAll(arguments);
    line.addAll(
        List.of(
            "--events-addr=",
            "--log-encoding=json",
            "--enable-leader-election=false",
            "--concurrent=30"));
    return SupervisedProcess.start(
        name,
        line,
        cluster.state().resolve(name + ".log"),
        Map.of("KUBECONFIG", kubeconfig, "RUNTIME_NAMESPACE", "flux-system"));
  }

  @Override
  public synchronized void restart() {
    kill();
    try {
      List<Integer> ports = TestCluster.freePorts(2);
      helm =
          launch(
              cluster,
              helmProgram,
              kubeconfig,
              List.of(
                  "--requeue-dependency=" + REQUEUE_DEPENDENCY,
                  "--metrics-addr=127.0.0.1:" + ports.get(0),
                  "--health-addr=127.0.0.1:" + ports.get(1)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start helm-controller", e);
    }
  }

  @Override
  public synchronized void stop() {
    if (helm != null) {
      helm.close();
      helm = null;
    }
  }

  @Override
  public synchronized void kill() {
    if (helm != null) {
      helm.kill();
      helm = null;
    }
  }

  @Override
  public synchronized String trouble() {
    for (SupervisedProcess p : helm == null ? List.of(source) : List.of(source, helm)) {
      if (!p.alive()) {
        return p.name() + " ended:\n" + p.lastWords();
      }
    }
    return "";
  }

  @Override
  public synchronized void close() {
    stop();
    source.close();
  }
}
