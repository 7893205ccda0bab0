package dev.refloat.adapter.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/// An API server that does as it is told, on loopback.
final class FakeApiServer implements AutoCloseable {

  /// Answers one request.
  @FunctionalInterface
  interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Handler> handlers = Collections.synchronizedMap(new LinkedHashMap<>());
  final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  final List<Map<String, List<String>>> headers = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger underWay = new AtomicInteger();
  final AtomicInteger mostAtOnce = new AtomicInteger();
  private final boolean encrypted;

  private FakeApiServer(HttpServer server, boolean encrypted) {
    this.server = server;
    this.encrypted = encrypted;
    server.setExecutor(executor);
    server.createContext("/", this::dispatch);
    on("/version", json("{\"gitVersion\":\"v1.37.0\"}"));
    server.start();
  }

  static FakeApiServer start() throws IOException {
    return new FakeApiServer(HttpServer.create(loopback(), 0), false);
  }

  static FakeApiServer startEncrypted(SSLContext context, boolean wantsClientCertificate)
      throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = context.getDefaultSSLParameters();
            ssl.setNeedClientAuth(wantsClientCertificate);
            parameters.setSSLParameters(ssl);
          }
        });
    return new FakeApiServer(server, true);
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return (encrypted ? "https" : "http") + "://127.0.0.1:" + port();
  }

  /// The longest path that a handler was set for wins.
  FakeApiServer on(String path, Handler handler) {
    handlers.put(path, handler);
    return this;
  }

  private void dispatch(HttpExchange exchange) throws IOException {
    mostAtOnce.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    try {
      requests.add(exchange.getRequestURI().toString());
      headers.add(Map.copyOf(exchange.getRequestHeaders()));
      @Nullable Handler handler = handlers.get(exchange.getRequestURI().getPath());
      if (handler == null) {
        answer(exchange, 404, "text/plain", "404 page not found\n");
      } else {
        handler.handle(exchange);
      }
    } finally {
      underWay.decrementAndGet();
      exchange.close();
    }
  }

  /// Requests for this path, retries included.
  long asked(String path) {
    synchronized (requests) {
      return requests.stream().filter(r -> r.equals(path) || r.startsWith(path + "?")).count();
    }
  }

  List<String> queries(String path) {
    synchronized (requests) {
      return requests.stream()
          .filter(r -> r.startsWith(path + "?"))
          .map(r -> r.substring(path.length() + 1))
          .toList();
    }
  }

  static Handler json(String body) {
    return e -> answer(e, 200, "application/json", body);
  }

  static Handler status(int code, String message) {
    return e ->
        answer(
            e,
            code,
            "application/json",
            "{\"kind\":\"Status\",\"message\":\"" + message + "\",\"code\":" + code + "}");
  }

  /// One handler for each request in turn; the last goes on.
  static Handler inTurn(Handler... handlers) {
    AtomicInteger next = new AtomicInteger();
    return e -> handlers[Math.min(next.getAndIncrement(), handlers.length - 1)].handle(e);
  }

  static void answer(HttpExchange exchange, int code, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  static Handler gzip(String body) {
    return e -> {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (OutputStream out = new GZIPOutputStream(packed)) {
        out.write(body.getBytes(StandardCharsets.UTF_8));
      }
      e.getResponseHeaders().set("Content-Type", "application/json");
      e.getResponseHeaders().set("Content-Encoding", "gzip");
      e.sendResponseHeaders(200, packed.size());
      e.getResponseBody().write(packed.toByteArray());
    };
  }

  /// The connection breaks in the middle of the body.
  static Handler brokenAfter(String body, int bytes) {
    return e -> {
      byte[] all = body.getBytes(StandardCharsets.UTF_8);
      e.getResponseHeaders().set("Content-Type", "application/json");
      e.sendResponseHeaders(200, all.length);
      e.getResponseBody().write(all, 0, bytes);
      e.getResponseBody().flush();
    };
  }

  /// The body begins and then nothing comes any more.
  static Handler stuckAfter(String body, int bytes) {
    return e -> {
      brokenAfter(body, bytes).handle(e);
      try {
        Thread.sleep(10_000);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    };
  }

  static String list(String kind, String resourceVersion, String token, String... items) {
    return "{\"kind\":\""
        + kind
        + "List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\""
        + resourceVersion
        + "\",\"continue\":\""
        + token
        + "\"},\"items\":["
        + String.join(",", items)
        + "]}";
  }

  static String item(String namespace, String name) {
    return "{\"metadata\":{\"namespace\":\"" + namespace + "\",\"name\":\"" + name + "\"}}";
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
