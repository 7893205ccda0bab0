package dev.refloat.testbed;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import dev.refloat.standin.ApiEndpoint;
import dev.refloat.standin.Formats;
import dev.refloat.standin.Settings;
import dev.refloat.standin.StandInFlux;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The stand-in for Flux, where the real controllers cannot be had.
public final class StandInControllers implements FluxControllers {
  private static final Duration REQUEUE_DEPENDENCY = Duration.ofSeconds(5);
  private static final int WORKERS = 30;

  private static final class AppFormats implements Formats {
    @Override
    public Json json(String text) throws IOException {
      return JsonTrees.read("text", text);
    }

    @Override
    public String json(Json tree) {
      return JsonText.compact(tree);
    }

    @Override
    public List<Json> yaml(String text) throws IOException {
      return YamlTrees.read("text", text);
    }
  }

  private final Settings settings;
  private final PrintWriter log;
  private StandInFlux flux;

  private StandInControllers(Settings settings, PrintWriter log) {
    this.settings = settings;
    this.log = log;
    this.flux = StandInFlux.start(settings);
  }

  /// Starts the stand-in on a cluster that has the CRDs of Flux.
  public static StandInControllers start(TestCluster cluster) throws UnavailableException {
    Path helm = Binaries.ofEnvironment().path(Binary.HELM);
    cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: flux-system}}");
    try {
      PrintWriter log =
          new PrintWriter(
              Files.newBufferedWriter(
                  cluster.state().resolve("stand-in.log"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND),
              true);
      ApiEndpoint server =
          new ApiEndpoint(
              cluster.server(), cluster.certificates().tls(null), cluster.admin().token());
      Settings settings =
          Settings.of(server, helm, cluster.state().resolve("stand-in"), new AppFormats())
              .withDependencyRequeue(REQUEUE_DEPENDENCY)
              .withWorkers(WORKERS)
              .withLog(line -> log.println(Instant.now() + " " + line));
      return new StandInControllers(settings, log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the log of the stand-in", e);
    }
  }

  @Override
  public synchronized void stop() {
    flux.close();
  }

  @Override
  public synchronized void kill() {
    flux.kill();
  }

  @Override
  public synchronized void restart() {
    flux.kill();
    flux = StandInFlux.start(settings);
  }

  @Override
  public String trouble() {
    return "";
  }

  @Override
  public synchronized void close() {
    flux.close();
    log.close();
  }
}
