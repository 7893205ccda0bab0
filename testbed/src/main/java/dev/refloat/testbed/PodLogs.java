package dev.refloat.testbed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// Plays the one part of a kubelet that the API server asks: `GET
/// /containerLogs/NAMESPACE/POD/CONTAINER`, with `previous` and `tailLines`. The logs are those of
/// a
/// snapshot's folder, or given line by line.
public final class PodLogs implements AutoCloseable {
  private record Key(String namespace, String pod, String container, boolean previous) {}

  private final Map<Key, String> logs = new ConcurrentHashMap<>();
  private final HttpsServer server;
  private final ExecutorService workers;

  private PodLogs(HttpsServer server, ExecutorService workers) {
    this.server = server;
    this.workers = workers;
  }

  static PodLogs start(Certificates certificates) {
    try {
      HttpsServer server =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(certificates.tls(certificates.server())));
      ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
      server.setExecutor(workers);
      PodLogs logs = new PodLogs(server, workers);
      server.createContext("/containerLogs/", logs::answer);
      server.start();
      return logs;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot serve pod logs", e);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// Sets the log of a container's running or, with `previous`, last ended instance.
  public void put(String namespace, String pod, String container, boolean previous, String text) {
    logs.put(new Key(namespace, pod, container, previous), text);
  }

  /// Takes over the logs of a snapshot: `logs/NAMESPACE/POD/CONTAINER[.previous].log`.
  void load(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path f : files.filter(Files::isRegularFile).toList()) {
        Path relative = folder.relativize(f);
        if (relative.getNameCount() != 3) {
          continue;
        }
        String file = relative.getName(2).toString().replaceFirst("\\.log$", "");
        boolean previous = file.endsWith(".previous");
        put(
            relative.getName(0).toString(),
            relative.getName(1).toString(),
            file.replaceFirst("\\.previous$", ""),
            previous,
            Files.readString(f));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the logs in " + folder, e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] parts = exchange.getRequestURI().getPath().split("/", -1);
      String query = exchange.getRequestURI().getQuery();
      List<String> options = query == null ? List.of() : List.of(query.split("&", -1));
      String text =
          parts.length < 5
              ? null
              : logs.get(new Key(parts[2], parts[3], parts[4], options.contains("previous=true")));
      int status = text == null ? 404 : 200;
      byte[] body =
          (text == null ? "no such container log" : tail(text, options))
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "text/plain");
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String tail(String text, List<String> options) {
    for (String o : options) {
      if (o.startsWith("tailLines=")) {
        List<String> lines = text.lines().toList();
        int wanted = Integer.parseInt(o.substring("tailLines=".length()));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - wanted), lines.size()))
            + "\n";
      }
    }
    return text;
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
