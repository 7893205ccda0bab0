package dev.refloat.adapter.kubernetes;

import static dev.refloat.adapter.kubernetes.FakeApiServer.json;
import static dev.refloat.adapter.kubernetes.FakeApiServer.list;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EncryptedConnectionTest {
  private static final Inquiry PODS = new Inquiry.ListOf(Kind.POD, "");

  @TempDir private static Path folder;
  private static Certificates loopback;
  private static Certificates named;
  private static Certificates rsa;

  @BeforeAll
  static void certificates() {
    loopback = Certificates.make(folder, "EC", "ip:127.0.0.1");
    named = Certificates.make(folder, "EC", "dns:kube.internal,dns:*.wild.internal");
    rsa = Certificates.make(folder, "RSA", "");
  }

  private static LiveCluster cluster(URI url, Tls tls, Optional<Proxy> proxy) {
    Connection connection =
        new Connection(
            "test", url, Optional.empty(), tls, Credentials.token("t"), List.of(), proxy);
    RequestLog log = new RequestLog();
    RetryPolicy quick = new RetryPolicy(2, Duration.ofMillis(4), Duration.ofMillis(20));
    return new LiveCluster(
        new ApiClient(connection, Duration.ofSeconds(10), quick, 4, log),
        log,
        OutsideQuestions.NONE,
        List.of(),
        Instant.EPOCH);
  }

  private static Tls trusting(Certificates server) {
    return new Tls(
        Optional.of(server.certificate()),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static FakeApiServer start(Certificates pair, boolean wantsClient) throws IOException {
    return FakeApiServer.startEncrypted(pair.serverContext(rsa), wantsClient)
        .on("/api/v1/pods", json(list("Pod", "1", "")));
  }

  private static void reads(FakeApiServer server, Tls tls) {
    try (LiveCluster c = cluster(URI.create(server.url()), tls, Optional.empty())) {
      assertThat(c.ask(List.of(PODS)).get(PODS)).isInstanceOf(Observation.Seen.class);
    }
  }

  private static void refuses(FakeApiServer server, Tls tls, String words) {
    try (LiveCluster c = cluster(URI.create(server.url()), tls, Optional.empty())) {
      assertThatThrownBy(() -> c.ask(List.of(PODS)))
          .isInstanceOf(UnusableCluster.class)
          .hasMessageContaining(words);
    }
    assertThat(server.requests).isEmpty();
  }

  @Test
  void trustsTheAuthorityOfTheCluster() throws IOException {
    try (FakeApiServer server = start(loopback, false)) {
      reads(server, trusting(loopback));
    }
  }

  @Test
  void refusesAServerOfAnotherAuthority() throws IOException {
    try (FakeApiServer server = start(loopback, false)) {
      refuses(server, trusting(named), "TLS: ");
    }
  }

  @Test
  void refusesACertificateForAnotherHost() throws IOException {
    try (FakeApiServer server = start(named, false)) {
      refuses(server, trusting(named), "TLS: ");
    }
  }

  @Test
  void comparesTheCertificateWithTheNameOfTheKubeconfig() throws IOException {
    try (FakeApiServer server = start(named, false)) {
      for (String name : List.of("kube.internal", "a.wild.internal")) {
        reads(
            server,
            new Tls(
                Optional.of(named.certificate()),
                false,
                Optional.of(name),
                Optional.empty(),
                Optional.empty()));
      }
    }
    for (String name : List.of("other.internal", "a.b.wild.internal", "wild.internal")) {
      try (FakeApiServer server = start(named, false)) {
        refuses(
            server,
            new Tls(
                Optional.of(named.certificate()),
                false,
                Optional.of(name),
                Optional.empty(),
                Optional.empty()),
            "the server's certificate is not for " + name);
      }
    }
  }

  @Test
  void trustsAnyServerOnlyWhenToldTo() throws IOException {
    try (FakeApiServer server = start(named, false)) {
      reads(
          server,
          new Tls(Optional.empty(), true, Optional.empty(), Optional.empty(), Optional.empty()));
    }
  }

  @Test
  void identifiesItselfByACertificate() throws IOException {
    try (FakeApiServer server = start(loopback, true)) {
      reads(
          server,
          new Tls(
              Optional.of(loopback.certificate()),
              false,
              Optional.empty(),
              Optional.of(rsa.certificate()),
              Optional.of(rsa.keyTraditional("RSA PRIVATE KEY"))));
      refusesWithoutCertificate(server);
    }
  }

  private static void refusesWithoutCertificate(FakeApiServer server) {
    try (LiveCluster c = cluster(URI.create(server.url()), trusting(loopback), Optional.empty())) {
      assertThatThrownBy(() -> c.ask(List.of(PODS))).isInstanceOf(UnusableCluster.class);
    }
  }

  @Test
  void readsPrivateKeysInEveryForm() throws GeneralSecurityException {
    Certificates edwards = Certificates.make(folder, "Ed25519", "");

    assertThat(Pem.privateKey(rsa.keyPkcs8())).isEqualTo(rsa.key());
    assertThat(Pem.privateKey(rsa.keyTraditional("RSA PRIVATE KEY"))).isEqualTo(rsa.key());
    assertThat(Pem.privateKey(loopback.keyPkcs8())).isEqualTo(loopback.key());
    assertThat(Pem.privateKey(edwards.keyPkcs8())).isEqualTo(edwards.key());
  }

  @Test
  void readsKeysOfEllipticCurvesWhoseCurveStandsBesideThem() throws GeneralSecurityException {
    // What openssl writes with -param_enc: the object id of P-384 (the JDK's default), then the
    // key.
    byte[] curve = {0x06, 0x05, 0x2b, (byte) 0x81, 0x04, 0x00, 0x22};
    String both =
        new String(Certificates.pem("EC PARAMETERS", curve), StandardCharsets.US_ASCII)
            + new String(loopback.keyTraditional("EC PRIVATE KEY"), StandardCharsets.US_ASCII);

    assertThat(Pem.privateKey(both.getBytes(StandardCharsets.US_ASCII))).isEqualTo(loopback.key());
  }

  @Test
  void saysWhatIsWrongWithAKey() {
    assertThatThrownBy(() -> Pem.privateKey("nothing".getBytes(StandardCharsets.US_ASCII)))
        .hasMessage("no private key in PEM form");
    assertThatThrownBy(() -> Pem.privateKey(Certificates.pem("ENCRYPTED PRIVATE KEY", new byte[8])))
        .hasMessageContaining("the key is encrypted");
    assertThatThrownBy(() -> Pem.privateKey(Certificates.pem("PRIVATE KEY", new byte[8])))
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> Pem.privateKey(Certificates.pem("EC PRIVATE KEY", new byte[] {0x30})))
        .hasMessageContaining("curve");
  }

  @Test
  void goesThroughAProxyThatWantsAPassword() throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    try (FakeApiServer server = start(loopback, false);
        ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> tunnel(proxy, asked));
      Proxy way = new Proxy("127.0.0.1", proxy.getLocalPort(), Optional.of("Basic Ym9iOnB3"));

      try (LiveCluster c =
          cluster(URI.create(server.url()), trusting(loopback), Optional.of(way))) {
        assertThat(c.ask(List.of(PODS)).get(PODS)).isInstanceOf(Observation.Seen.class);
      }
      assertThat(asked)
          .isNotEmpty()
          .allMatch(h -> h.startsWith("CONNECT 127.0.0.1:" + server.port()))
          .allMatch(h -> h.contains("Proxy-Authorization: Basic Ym9iOnB3"))
          .noneMatch(h -> h.contains("Bearer"));
    }
  }

  private static void tunnel(ServerSocket proxy, List<String> asked) {
    try {
      while (true) {
        Socket client = proxy.accept();
        StringBuilder head = new StringBuilder();
        InputStream in = client.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
          head.append((char) in.read());
        }
        asked.add(head.toString());
        String target = head.substring("CONNECT ".length(), head.indexOf(" HTTP"));
        Socket server =
            new Socket(
                InetAddress.getLoopbackAddress(),
                Integer.parseInt(target.substring(target.indexOf(':') + 1)));
        client
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Thread.ofVirtual().start(() -> pump(client, server));
        Thread.ofVirtual().start(() -> pump(server, client));
      }
    } catch (IOException e) {
      // the test ended
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // either side hung up
    }
  }
}
