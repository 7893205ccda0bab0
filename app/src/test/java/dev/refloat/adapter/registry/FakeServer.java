package dev.refloat.adapter.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A web server on loopback that answers as it is told, and remembers what it was asked.
final class FakeServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /// @param target path and query
  /// @param authorization the header; empty without one
  record Asked(String target, String authorization) {}

  @FunctionalInterface
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  FakeServer() throws IOException {
    this(null);
  }

  FakeServer(@Nullable SSLContext tls) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (tls == null) {
      server = HttpServer.create(address, 0);
    } else {
      HttpsServer secure = HttpsServer.create(address, 0);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      server = secure;
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          String target = exchange.getRequestURI().toString();
          String authorization = exchange.getRequestHeaders().getFirst("Authorization");
          asked.add(new Asked(target, authorization == null ? "" : authorization));
          try (exchange) {
            answers
                .getOrDefault(exchange.getRequestURI().getPath(), text(404, "nothing"))
                .to(exchange);
          }
        });
    server.start();
  }

  /// Host and port.
  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  int port() {
    return server.getAddress().getPort();
  }

  FakeServer on(String path, Answer answer) {
    answers.put(path, answer);
    return this;
  }

  List<Asked> asked() {
    return asked;
  }

  static Answer text(int status, String body, String... headers) {
    return bytes(status, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  static Answer bytes(int status, byte[] body, String... headers) {
    return exchange -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    };
  }

  /// Answers only a request with this header, others with 401 and the challenge.
  static Answer guarded(String authorization, String challenge, Answer answer) {
    return exchange -> {
      if (authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        answer.to(exchange);
      } else {
        text(401, "{}", "WWW-Authenticate", challenge).to(exchange);
      }
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
