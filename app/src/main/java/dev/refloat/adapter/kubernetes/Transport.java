package dev.refloat.adapter.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/// HTTP to one API server over the JDK's client: one HTTP/2 connection for all requests where the
/// server has it, compressed bodies, no redirects (they would carry the token away).
final class Transport implements AutoCloseable {

  static {
    // The JDK refuses to answer a proxy with Basic credentials unless this is set before its
    // client is loaded; kubectl and every other client do it.
    if (System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }
  }

  private static final int GZIP_BUFFER = 32 * 1024;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  private final Connection connection;
  private final URI base;
  private final HttpClient client;
  private final ExecutorService executor;

  /// An answer whose body is still to be read, and must be closed.
  ///
  /// @param body decompressed
  /// @param wire the same body before decompression, which counts
  record Reply(int status, HttpHeaders headers, InputStream body, BodyStream wire)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      wire.close();
    }

    boolean isJson() {
      return headers.firstValue("content-type").orElse("").startsWith("application/json");
    }
  }

  Transport(Connection connection) {
    this.connection = connection;
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    boolean encrypted = "https".equalsIgnoreCase(connection.server().getScheme());
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .executor(executor)
            .connectTimeout(CONNECT_LIMIT)
            .followRedirects(HttpClient.Redirect.NEVER)
            // In the clear, HTTP/2 would start with an upgrade that proxies and fakes dislike.
            .version(encrypted ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .proxy(
                connection
                    .proxy()
                    .map(
                        p ->
                            ProxySelector.of(
                                InetSocketAddress.createUnresolved(p.host(), p.port())))
                    .orElse(HttpClient.Builder.NO_PROXY));
    URI address = connection.server();
    if (encrypted) {
      try {
        builder.sslContext(connection.tls().context());
      } catch (GeneralSecurityException | IOException e) {
        throw new UnusableCluster(
            "certificates of context " + connection.context(),
            Words.of(e),
            "Write the kubeconfig anew, or log in again.",
            e);
      }
      if (connection.tls().serverName().isPresent()) {
        builder.sslParameters(named(connection.tls().serverName().get()));
        address = byAddress(address);
      }
    }
    this.base = address;
    this.client = builder.build();
  }

  private static SSLParameters named(String serverName) {
    SSLParameters parameters = new SSLParameters();
    if (InetLiteral.isNone(serverName)) {
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
    }
    return parameters;
  }

  /// The JDK sends the URL's host as the wanted server name, unless it is an address.
  private static URI byAddress(URI server) {
    String host = Proxy.bare(server.getHost());
    if (!InetLiteral.isNone(host)) {
      return server;
    }
    try {
      String address = InetAddress.getByName(host).getHostAddress();
      return new URI(
          server.getScheme(), null, address, server.getPort(), server.getPath(), null, null);
    } catch (IOException | URISyntaxException e) {
      throw new UnusableCluster(
          "server " + server, Words.of(e), "Check the server's name in the kubeconfig.", e);
    }
  }

  private static final class InetLiteral {
    static boolean isNone(String host) {
      try {
        InetAddress.ofLiteral(host);
        return false;
      } catch (IllegalArgumentException e) {
        return true;
      }
    }
  }

  /// Sends a GET and waits for the head of the answer.
  ///
  /// @param pathAndQuery below the server's address, encoded
  /// @param authorization the header's value
  /// @param limit for the head, and for every pause within the body
  Reply get(String pathAndQuery, String accept, Optional<String> authorization, Duration limit)
      throws IOException, InterruptedException {
    return send("GET", pathAndQuery, accept, Optional.empty(), authorization, limit);
  }

  /// What is sent with a write.
  record Body(String contentType, String text) {}

  /// Sends a request and waits for the head of the answer.
  ///
  /// @param limit for the head, and for every pause within the body
  Reply send(
      String method,
      String pathAndQuery,
      String accept,
      Optional<Body> body,
      Optional<String> authorization,
      Duration limit)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + pathAndQuery))
            .timeout(limit)
            .method(
                method,
                body.map(b -> HttpRequest.BodyPublishers.ofString(b.text()))
                    .orElse(HttpRequest.BodyPublishers.noBody()))
            .header("Accept", accept)
            .header("Accept-Encoding", "gzip")
            .header("User-Agent", "refloat");
    body.ifPresent(b -> request.header("Content-Type", b.contentType()));
    authorization.ifPresent(a -> request.header("Authorization", a));
    for (Map.Entry<String, String> h : connection.headers()) {
      request.header(h.getKey(), h.getValue());
    }
    connection
        .proxy()
        .flatMap(Proxy::authorization)
        .ifPresent(a -> request.header("Proxy-Authorization", a));
    HttpResponse<BodyStream> response =
        client.send(request.build(), _ -> new BodyStream.Subscriber(limit));
    BodyStream wire = response.body();
    boolean zipped =
        response.headers().firstValue("content-encoding").orElse("").equalsIgnoreCase("gzip");
    try {
      return new Reply(
          response.statusCode(),
          response.headers(),
          zipped ? new GZIPInputStream(wire, GZIP_BUFFER) : wire,
          wire);
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  /// Ends at once. A client that is left open holds the exit of the JVM up by 300 ms.
  @Override
  public void close() {
    client.shutdownNow();
    client.close();
    executor.close();
  }
}
