package dev.refloat.testbed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A chart repository over HTTP on loopback, with the charts of the test bed in it: `webapp` in
/// 1.0.0, 1.1.0 and, for a Kubernetes that does not exist yet, 9.0.0; `database` in 1.0.0.
public final class ChartServer implements AutoCloseable {

  /// How the server answers.
  public enum Mood {
    /// As it should.
    WELL(200),
    /// 503 to everything.
    UNAVAILABLE(503),
    /// 401 to everything.
    UNAUTHORIZED(401);

    private final int status;

    Mood(int status) {
      this.status = status;
    }
  }

  private static final Map<String, List<String>> FILES =
      Map.of(
          "webapp",
          List.of(
              "Chart.yaml",
              "values.yaml",
              "values.schema.json",
              "templates/app.yaml",
              "templates/extras.yaml",
              "templates/hooks.yaml"),
          "database",
          List.of("Chart.yaml", "values.yaml", "templates/database.yaml"));

  private final HttpServer server;
  private final ExecutorService workers;
  private final Path root;
  private volatile Mood mood = Mood.WELL;

  private ChartServer(HttpServer server, ExecutorService workers, Path root) {
    this.server = server;
    this.workers = workers;
    this.root = root;
  }

  /// Packs the charts into a folder below `folder` and serves them.
  public static ChartServer start(Path folder) throws UnavailableException {
    try {
      Path root = Files.createDirectories(folder.resolve("charts"));
      pack(root, "webapp", "1.0.0");
      pack(root, "webapp", "1.1.0");
      pack(root, "webapp", "9.0.0");
      pack(root, "database", "1.0.0");
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
      server.setExecutor(workers);
      ChartServer charts = new ChartServer(server, workers, root);
      helm(root, "repo", "index", root.toString(), "--url", charts.url());
      server.createContext("/", charts::answer);
      server.start();
      return charts;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot serve charts from " + folder, e);
    }
  }

  /// Packs a chart in a version; returns the archive.
  static Path pack(Path folder, String chart, String version)
      throws IOException, UnavailableException {
    Path source = folder.resolve("src-" + version).resolve(chart);
    for (String file : FILES.getOrDefault(chart, List.of())) {
      Path target = source.resolve(file);
      Files.createDirectories(target.getParent());
      try (var in = ChartServer.class.getResourceAsStream("charts/" + chart + "/" + file)) {
        if (in == null) {
          throw new IOException("the test bed's resources lack charts/" + chart + "/" + file);
        }
        Files.copy(in, target);
      }
    }
    if (version.startsWith("9.")) {
      Files.writeString(
          source.resolve("Chart.yaml"),
          "kubeVersion: \">=9.0.0\"\n",
          java.nio.file.StandardOpenOption.APPEND);
    }
    helm(
        folder,
        "package",
        source.toString(),
        "--version",
        version,
        "--destination",
        folder.toString());
    return folder.resolve(chart + "-" + version + ".tgz");
  }

  private static void helm(Path home, String... arguments) throws UnavailableException {
    Command.Result result =
        Command.run(
            Binaries.ofEnvironment().path(Binary.HELM),
            List.of(arguments),
            Map.of("HOME", home.toString()));
    if (result.code() != 0) {
      throw new IllegalStateException(
          "helm " + String.join(" ", arguments) + " failed: " + result.err());
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Path file = root.resolve(exchange.getRequestURI().getPath().substring(1)).normalize();
      boolean there = file.getParent() != null && file.getParent().equals(root);
      if (mood != Mood.WELL || !there || !Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(mood == Mood.WELL ? 404 : mood.status, -1);
        return;
      }
      byte[] body = Files.readAllBytes(file);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /// Changes how requests are answered from now on.
  public void turn(Mood wanted) {
    mood = wanted;
  }

  /// The address of the repository.
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Pushes every chart to `oci://HOST/charts`.
  public void pushTo(ChartRegistry registry) throws UnavailableException {
    try (var archives = Files.newDirectoryStream(root, "*.tgz")) {
      for (Path archive : archives) {
        helm(
            root,
            "push",
            archive.toString(),
            "oci://" + registry.host() + "/charts",
            "--plain-http");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the charts in " + root, e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
