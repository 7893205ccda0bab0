package dev.refloat.testbed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Chart repositories over HTTP and HTTPS on loopback, any number of them by name, each with a mood
/// of its own and all with the charts of the test bed: `webapp` in 1.0.0, 1.1.0 and, for a
/// Kubernetes that does not exist yet, 9.0.0; `database` in 1.0.0.
public final class ChartServer implements AutoCloseable {

  /// The user that a [Mood#LOCKED] repository lets in.
  public static final String USER = "bed";

  /// The password of [#USER].
  public static final String PASSWORD = "right";

  /// How a repository answers.
  public enum Mood {
    /// As it should.
    WELL,
    /// 503 to everything.
    UNAVAILABLE,
    /// 401 to everybody but [#USER].
    LOCKED
  }

  private static final String LOGIN =
      "Basic "
          + Base64.getEncoder()
              .encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));

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
  private final HttpsServer secure;
  private final ExecutorService workers;
  private final Path root;
  private final Map<String, Mood> moods = new ConcurrentHashMap<>();

  private ChartServer(HttpServer server, HttpsServer secure, ExecutorService workers, Path root) {
    this.server = server;
    this.secure = secure;
    this.workers = workers;
    this.root = root;
  }

  /// Packs the charts into a folder below `folder` and serves them; over HTTPS with the server's
  /// certificate of `certificates`, whose authority nobody knows without being told.
  public static ChartServer start(Path folder, Certificates certificates)
      throws UnavailableException {
    try {
      Path root = Files.createDirectories(folder.resolve("charts"));
      pack(root, "webapp", "1.0.0");
      pack(root, "webapp", "1.1.0");
      pack(root, "webapp", "9.0.0");
      pack(root, "database", "1.0.0");
      helm(root, "repo", "index", root.toString());
      InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      HttpServer server = HttpServer.create(anyPort, 0);
      HttpsServer secure = HttpsServer.create(anyPort, 0);
      secure.setHttpsConfigurator(new HttpsConfigurator(certificates.tls(certificates.server())));
      ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
      ChartServer charts = new ChartServer(server, secure, workers, root);
      for (HttpServer s : List.of(server, secure)) {
        s.setExecutor(workers);
        s.createContext("/", charts::answer);
        s.start();
      }
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

  /// Answers `/REPOSITORY/FILE`.
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/", -1);
      if (path.length != 3) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      switch (moods.getOrDefault(path[1], Mood.WELL)) {
        case UNAVAILABLE -> exchange.sendResponseHeaders(503, -1);
        case LOCKED -> {
          if (LOGIN.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            file(exchange, path[2]);
          } else {
            exchange.sendResponseHeaders(401, -1);
          }
        }
        case WELL -> file(exchange, path[2]);
      }
    }
  }

  private void file(HttpExchange exchange, String name) throws IOException {
    Path file = root.resolve(name).normalize();
    if (!root.equals(file.getParent()) || !Files.isRegularFile(file)) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    byte[] body = Files.readAllBytes(file);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  /// Changes how the repository of a name answers from now on.
  public void turn(String repository, Mood mood) {
    moods.put(repository, mood);
  }

  /// The address of the repository of a name.
  public String url(String repository) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + repository;
  }

  /// The same over HTTPS.
  public String secureUrl(String repository) {
    return "https://127.0.0.1:" + secure.getAddress().getPort() + "/" + repository;
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
    secure.stop(0);
    workers.shutdownNow();
  }
}
