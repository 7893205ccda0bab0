package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/// How a HelmRepository is fetched: with the user of its `secretRef`, trusting the authority of its
/// `certSecretRef` beside those that Java trusts. Failures read as those of source-controller.
final class SourceAccess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpClient http;
  private final Optional<String> login;

  private SourceAccess(HttpClient http, Optional<String> login) {
    this.http = http;
    this.login = login;
  }

  /// As the repository asks for.
  ///
  /// @throws IOException when a Secret that it names is missing or of no use
  static SourceAccess of(Json repository, ApiServer api) throws IOException {
    Json login = repository.at("spec", "secretRef", "name");
    Json authority = repository.at("spec", "certSecretRef", "name");
    Optional<String> header = Optional.empty();
    if (login.exists()) {
      Json data = secret(repository, login.text(), api, "failed to get authentication secret");
      header =
          Optional.of(
              "Basic " + encoded(decoded(data, "username") + ":" + decoded(data, "password")));
    }
    HttpClient.Builder client = client();
    if (authority.exists()) {
      Json data =
          secret(repository, authority.text(), api, "failed to get TLS authentication secret");
      client.sslContext(trusting(decoded(data, "ca.crt")));
    }
    return new SourceAccess(client.build(), header);
  }

  private static HttpClient.Builder client() {
    return HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10));
  }

  private static Json secret(Json repository, String name, ApiServer api, String problem)
      throws IOException {
    String namespace = repository.at("metadata", "namespace").text();
    Json secret = api.get("/api/v1/namespaces/" + namespace + "/secrets/" + name);
    if (!secret.exists()) {
      throw new IOException(
          "%s '%s/%s': secrets \"%s\" not found".formatted(problem, namespace, name, name));
    }
    return secret.get("data");
  }

  private static String decoded(Json data, String key) {
    return new String(Base64.getDecoder().decode(data.get(key).text()), StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static SSLContext trusting(String pem) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int n = 0;
      for (Certificate c :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
        store.setCertificateEntry("ca-" + n++, c);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("failed to append CA certificate: " + e.getMessage(), e);
    }
  }

  byte[] download(String url) throws IOException, InterruptedException {
    HttpResponse<byte[]> response;
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT);
      login.ifPresent(l -> request.header("Authorization", l));
      response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IllegalArgumentException e) {
      throw new IOException("failed to parse " + url + ": " + e.getMessage(), e);
    } catch (SSLException e) {
      throw new IOException(
          "Get \"%s\": tls: failed to verify certificate: x509: certificate signed by unknown authority"
              .formatted(url),
          e);
    } catch (java.net.ConnectException e) {
      URI uri = URI.create(url);
      throw new IOException(
          "Get \"%s\": dial tcp %s:%d: connect: connection refused"
              .formatted(url, uri.getHost(), uri.getPort()),
          e);
    }
    if (response.statusCode() != 200) {
      throw new IOException("failed to fetch " + url + " : " + words(response.statusCode()));
    }
    return response.body();
  }

  private static String words(int status) {
    return switch (status) {
      case 401 -> "401 Unauthorized";
      case 403 -> "403 Forbidden";
      case 404 -> "404 Not Found";
      case 500 -> "500 Internal Server Error";
      case 502 -> "502 Bad Gateway";
      case 503 -> "503 Service Unavailable";
      default -> Integer.toString(status);
    };
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
