package dev.refloat.wiring;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/// Serves the charts of the recorded failures as they were served then: `/ok` is a repository,
/// `/auth` asks for a password, `/down` answers 503, everything else 404, `/v2/` too.
@NullMarked
final class ChartHost implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, byte[]> files = new TreeMap<>();

  /// @param charts a folder of unpacked charts
  /// @param helm the program that packs them
  ChartHost(Path charts, String helm, Path work) throws IOException {
    Path packed = Files.createDirectories(work.resolve("packed"));
    try (Stream<Path> all = Files.list(charts)) {
      for (Path chart : all.sorted().toList()) {
        Path copy = work.resolve("source").resolve(chart.getFileName().toString());
        copy(chart, copy);
        if (chart.endsWith("librechat")) {
          copy(charts.resolve("mongodb"), copy.resolve("charts").resolve("mongodb"));
        }
        run(helm, "package", copy.toString(), "--destination", packed.toString());
        if (chart.endsWith("webapp")) {
          run(
              helm,
              "package",
              copy.toString(),
              "--version",
              "1.0.0",
              "--destination",
              packed.toString());
        }
      }
    }
    StringBuilder index = new StringBuilder("apiVersion: v1\nentries:\n");
    Map<String, StringBuilder> entries = new TreeMap<>();
    try (Stream<Path> all = Files.list(packed)) {
      for (Path archive : all.sorted().toList()) {
        String file = archive.getFileName().toString();
        int dash = file.lastIndexOf('-');
        String version = file.substring(dash + 1, file.length() - ".tgz".length());
        entries
            .computeIfAbsent(file.substring(0, dash), _ -> new StringBuilder())
            .append("  - {version: " + version + ", urls: [" + file + "]}\n");
        files.put("/ok/" + file, Files.readAllBytes(archive));
      }
    }
    entries.forEach((chart, versions) -> index.append("  " + chart + ":\n").append(versions));
    files.put("/ok/index.yaml", index.toString().getBytes(StandardCharsets.UTF_8));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    byte[] file = files.get(path);
    int status =
        file != null ? 200 : path.startsWith("/auth") ? 401 : path.startsWith("/down") ? 503 : 404;
    byte[] body = file != null ? file : new byte[0];
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path p : all.toList()) {
        Path target = to.resolve(from.relativize(p).toString());
        if (Files.isDirectory(p)) {
          Files.createDirectories(target);
        } else {
          Files.copy(p, target);
        }
      }
    }
  }

  private static void run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted"));
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
