package dev.refloat.standin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.refloat.model.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Stands between the `helm` program and the API server, so that what Helm writes is written as
/// helm-controller writes it. The program always acts as field manager `helm`, whatever its file is
/// called; here that becomes `helm-controller`, and objects of a release get the labels that name
/// their HelmRelease.
///
/// It listens on loopback for whoever knows its token. A release's objects are reached below
/// `/TOKEN/NAMESPACE/NAME/`: clients of Kubernetes send no other credentials without TLS.
final class HelmGateway implements AutoCloseable {
  static final String MANAGER = "helm-controller";

  /// Headers of one connection only, or which the client sets itself.
  private static final Set<String> OWN =
      Set.of(
          "host",
          "authorization",
          "connection",
          "content-length",
          "expect",
          "upgrade",
          "transfer-encoding");

  static {
    // Answers are written in pieces; without this each waits for the acknowledgement of the last.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final HttpClient http;
  private final ApiEndpoint endpoint;
  private final Formats formats;
  private final ExecutorService workers;
  private final String token = UUID.randomUUID().toString();

  private HelmGateway(
      HttpServer server, ExecutorService workers, ApiEndpoint endpoint, Formats formats) {
    this.server = server;
    this.workers = workers;
    this.endpoint = endpoint;
    this.formats = formats;
    this.http =
        HttpClient.newBuilder()
            .sslContext(endpoint.tls())
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
  }

  static HelmGateway start(ApiEndpoint endpoint, Formats formats) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
      server.setExecutor(workers);
      HelmGateway gateway = new HelmGateway(server, workers, endpoint, formats);
      server.createContext("/", gateway::pass);
      server.start();
      return gateway;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on loopback", e);
    }
  }

  /// A kubeconfig, in JSON, with which Helm acts for one HelmRelease.
  String kubeconfig(String namespace, String name) {
    Json cluster =
        Json.builder()
            .put(
                "server",
                "http://127.0.0.1:"
                    + server.getAddress().getPort()
                    + "/"
                    + token
                    + "/"
                    + namespace
                    + "/"
                    + name)
            .build();
    Json context = Json.builder().put("cluster", "gateway").put("user", "helm").build();
    return formats.json(
        Json.builder()
            .put("apiVersion", "v1")
            .put("kind", "Config")
            .put("clusters", named("gateway", "cluster", cluster))
            .put("users", named("helm", "user", Json.emptyObject()))
            .put("contexts", named("gateway", "context", context))
            .put("current-context", "gateway")
            .build());
  }

  private static Json named(String name, String field, Json value) {
    return new Json.Arr(List.of(Json.builder().put("name", name).put(field, value).build()));
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] parts = exchange.getRequestURI().getRawPath().split("/", 5);
      if (parts.length < 5 || !token.equals(parts[1])) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      HttpResponse<InputStream> response =
          http.send(
              request(exchange, parts[2], parts[3], "/" + parts[4]),
              HttpResponse.BodyHandlers.ofInputStream());
      answer(exchange, response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(HttpExchange exchange, String namespace, String name, String path)
      throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    URI uri =
        endpoint
            .server()
            .resolve(
                path
                    + (query == null
                        ? ""
                        : "?"
                            + query.replaceAll(
                                "(^|&)fieldManager=helm(&|$)",
                                "$1fieldManager=" + MANAGER + "$2")));
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    exchange
        .getRequestHeaders()
        .forEach(
            (header, values) -> {
              if (!OWN.contains(header.toLowerCase(Locale.ROOT))) {
                values.forEach(v -> request.header(header, v));
              }
            });
    endpoint.bearer().ifPresent(t -> request.header("Authorization", "Bearer " + t));
    byte[] body = exchange.getRequestBody().readAllBytes();
    String method = exchange.getRequestMethod();
    if (body.length > 0 && (method.equals("PATCH") || method.equals("POST"))) {
      body = labelled(body, namespace, name);
    }
    return request
        .method(
            method,
            body.length == 0
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  /// Adds the labels of the origin to an object of a release.
  private byte[] labelled(byte[] body, String namespace, String name) {
    if (body[0] != '{') {
      return body;
    }
    try {
      Json object = formats.json(new String(body, StandardCharsets.UTF_8));
      Json metadata = object.get("metadata");
      if (!metadata.at("annotations", "meta.helm.sh/release-name").exists()
          || !(object instanceof Json.Obj o)
          || !(metadata instanceof Json.Obj m)) {
        return body;
      }
      Json.Obj labels = m.get("labels") instanceof Json.Obj l ? l : Json.emptyObject();
      labels =
          labels
              .with("helm.toolkit.fluxcd.io/name", new Json.Str(name))
              .with("helm.toolkit.fluxcd.io/namespace", new Json.Str(namespace));
      return formats
          .json(o.with("metadata", m.with("labels", labels)))
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      // Not JSON: the API server is the one to say so.
      return body;
    }
  }

  private static void answer(HttpExchange exchange, HttpResponse<InputStream> response)
      throws IOException {
    response
        .headers()
        .map()
        .forEach(
            (header, values) -> {
              if (!OWN.contains(header.toLowerCase(Locale.ROOT)) && !header.startsWith(":")) {
                values.forEach(v -> exchange.getResponseHeaders().add(header, v));
              }
            });
    Optional<String> length = response.headers().firstValue("content-length");
    boolean none =
        response.statusCode() == 204
            || response.statusCode() == 304
            || length.filter("0"::equals).isPresent();
    exchange.sendResponseHeaders(
        response.statusCode(), none ? -1 : length.map(Long::parseLong).orElse(0L));
    try (InputStream in = response.body()) {
      if (none) {
        return;
      }
      OutputStream out = exchange.getResponseBody();
      byte[] buffer = new byte[16384];
      int n;
      while ((n = in.read(buffer)) >= 0) {
        out.write(buffer, 0, n);
        // A watch must not wait until a buffer is full.
        out.flush();
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
    http.shutdownNow();
  }
}
