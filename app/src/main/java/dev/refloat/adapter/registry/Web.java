package dev.refloat.adapter.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;

/// GET requests within bounds of time, size and number. Redirects are followed here and not by the
/// HTTP client, which would not drop credentials the way that is wanted: they go to the scheme,
/// host and port they are for, and nowhere else.
final class Web implements AutoCloseable {
  private static final int MOST_REDIRECTS = 4;

  private final ProxySelector proxy;
  private final AtomicInteger left;
  private final Duration limit;
  private final Map<Trust, HttpClient> clients = new ConcurrentHashMap<>();

  /// @param mostRequests that may be sent in all
  /// @param limit until the connection stands, and again until the answer begins
  Web(ProxySelector proxy, int mostRequests, Duration limit) {
    this.proxy = proxy;
    this.limit = limit;
    this.left = new AtomicInteger(mostRequests);
  }

  /// An answer whose body must be closed, and ends with an error beyond the allowed size.
  record Reply(int status, HttpHeaders headers, URI from, InputStream body)
      implements AutoCloseable {
    @Override
    public void close() {
      try {
        body.close();
      } catch (IOException e) {
        // The answer was read, or is not wanted.
      }
    }

    Optional<String> header(String name) {
      return headers.firstValue(name);
    }
  }

  /// @param authorization for the scheme, host and port of this address only
  /// @param mostBytes of the decompressed body
  Reply get(URI address, Optional<String> authorization, String accept, Trust trust, long mostBytes)
      throws Unanswered, InterruptedException {
    HttpClient client = client(trust);
    URI at = address;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      HttpResponse<InputStream> response =
          send(client, at, sameOrigin(address, at) ? authorization : Optional.empty(), accept);
      if (!isRedirect(response.statusCode())) {
        return new Reply(
            response.statusCode(), response.headers(), at, body(response, at, mostBytes));
      }
      close(response);
      at = target(at, response);
    }
    throw Unanswered.because(host(address) + " redirects in circles");
  }

  private HttpResponse<InputStream> send(
      HttpClient client, URI at, Optional<String> authorization, String accept)
      throws Unanswered, InterruptedException {
    if (left.getAndDecrement() <= 0) {
      throw Unanswered.because("not asked: enough requests were sent to registries");
    }
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(at);
    } catch (IllegalArgumentException e) {
      throw Unanswered.because("its address is not one of http or https");
    }
    request.timeout(limit).header("Accept", accept).header("Accept-Encoding", "gzip");
    request.header("User-Agent", "refloat");
    authorization.ifPresent(a -> request.header("Authorization", a));
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw unreachable(at, e);
    }
  }

  private HttpClient client(Trust trust) throws Unanswered {
    HttpClient known = clients.get(trust);
    if (known != null) {
      return known;
    }
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limit)
            .proxy(proxy);
    if (!trust.equals(Trust.SYSTEM)) {
      builder.sslContext(trust.context());
    }
    HttpClient made = builder.build();
    HttpClient first = clients.putIfAbsent(trust, made);
    if (first == null) {
      return made;
    }
    made.shutdownNow();
    return first;
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static URI target(URI from, HttpResponse<?> response) throws Unanswered {
    URI to;
    String location = response.headers().firstValue("Location").orElse("").strip();
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw Unanswered.because(host(from) + " redirects to what is no address");
    }
    if (location.isEmpty()) {
      throw Unanswered.because(host(from) + " redirects to what is no address");
    }
    String scheme = String.valueOf(to.getScheme());
    if (to.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw Unanswered.because(host(from) + " redirects to an address that is not of the web");
    }
    if (scheme.equals("http") && !"http".equals(from.getScheme())) {
      throw Unanswered.because(host(from) + " redirects to an unencrypted address");
    }
    return to;
  }

  static boolean sameOrigin(URI a, URI b) {
    return String.valueOf(a.getScheme()).equalsIgnoreCase(b.getScheme())
        && String.valueOf(a.getHost()).equalsIgnoreCase(b.getHost())
        && port(a) == port(b);
  }

  private static int port(URI a) {
    return a.getPort() >= 0 ? a.getPort() : "https".equalsIgnoreCase(a.getScheme()) ? 443 : 80;
  }

  /// Host and port, never the path or query of an address, where tokens may hide.
  static String host(URI a) {
    return a.getHost() + (a.getPort() < 0 ? "" : ":" + a.getPort());
  }

  private static InputStream body(HttpResponse<InputStream> response, URI at, long mostBytes)
      throws Unanswered {
    boolean zipped =
        response
            .headers()
            .firstValue("Content-Encoding")
            .map(e -> e.toLowerCase(Locale.ROOT).contains("gzip"))
            .orElse(false);
    try {
      return new Bounded(
          zipped ? new GZIPInputStream(response.body(), 1 << 16) : response.body(), mostBytes);
    } catch (IOException e) {
      close(response);
      throw Unanswered.because("the answer of " + host(at) + " breaks off");
    }
  }

  private static void close(HttpResponse<InputStream> response) {
    try {
      response.body().close();
    } catch (IOException e) {
      // Not wanted any more.
    }
  }

  static Unanswered unreachable(URI at, IOException e) {
    String host = host(at);
    for (Throwable t = e; t != null; t = t.getCause()) {
      switch (t) {
        case UnknownHostException _, UnresolvedAddressException _ -> {
          return Unanswered.because("unreachable from here: no such host " + host);
        }
        case CertificateExpiredException _ -> {
          return Unanswered.because("TLS: the certificate of " + host + " has expired");
        }
        case TooLarge large -> {
          return Unanswered.because(
              "the answer of " + host + " is larger than " + large.limit / (1 << 20) + " MiB");
        }
        default -> {}
      }
    }
    return switch (e) {
      case SSLException _ -> Unanswered.because("TLS: " + tls(host, e));
      case HttpConnectTimeoutException _ ->
          Unanswered.because("unreachable from here: no connection to " + host + " in time");
      case HttpTimeoutException _ -> Unanswered.because("timed out: " + host + " does not answer");
      case ConnectException _ ->
          Unanswered.because("unreachable from here: " + host + " refuses the connection");
      default -> Unanswered.because("the connection to " + host + " broke");
    };
  }

  private static String tls(String host, IOException e) {
    String all = "";
    for (Throwable t = e; t != null; t = t.getCause()) {
      all = all.concat(String.valueOf(t.getMessage()));
    }
    if (all.contains("unable to find valid certification path") || all.contains("Path does not")) {
      return "the certificate of " + host + " is signed by an authority that is not trusted here";
    }
    if (all.contains("No subject alternative") || all.contains("No name matching")) {
      return "the certificate of " + host + " is for another host";
    }
    if (all.contains("bad_certificate") || all.contains("certificate_required")) {
      return host + " wants another client certificate";
    }
    if (all.contains("plaintext connection") || all.contains("unrecognized SSL message")) {
      return host + " does not speak TLS";
    }
    return "no agreement with " + host;
  }

  /// Says which limit was hit.
  private static final class TooLarge extends IOException {
    @java.io.Serial private static final long serialVersionUID = 1;
    final long limit;

    TooLarge(long limit) {
      super("too large");
      this.limit = limit;
    }
  }

  /// Counts what was read, after decompression.
  private static final class Bounded extends FilterInputStream {
    private final long limit;
    private long count;

    Bounded(InputStream in, long limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
      int n = super.read(b, off, len);
      count(Math.max(n, 0));
      return n;
    }

    private void count(int n) throws IOException {
      count += n;
      if (count > limit) {
        throw new TooLarge(limit);
      }
    }
  }

  /// A live client delays the JVM's exit by 0.3 s.
  @Override
  public void close() {
    clients.values().forEach(HttpClient::shutdownNow);
    clients.clear();
  }
}
