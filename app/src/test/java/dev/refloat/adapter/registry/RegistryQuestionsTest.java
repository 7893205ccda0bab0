package dev.refloat.adapter.registry;

import static dev.refloat.adapter.registry.FakeServer.bytes;
import static dev.refloat.adapter.registry.FakeServer.guarded;
import static dev.refloat.adapter.registry.FakeServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryQuestionsTest {
  private static final String INDEX =
      """
      apiVersion: v1
      entries:
        mongodb:
        - apiVersion: v2
          version: 15.6.0
          description: |
            version: 99.0.0
          dependencies:
          - name: common
            version: 2.x.x
          urls: ["mongodb-15.6.0.tgz"]
        - {version: 15.10.1, name: mongodb}
        - version: "16.0.0-rc.1"
        redis:
        - version: 1.0.0
      generated: "2026-01-01T00:00:00Z"
      """;

  private final Map<ObjectRef, Resource> objects = new HashMap<>();
  private FakeServer server;
  private RegistryQuestions questions;

  RegistryQuestionsTest() throws IOException {
    server = new FakeServer();
    questions = questions(Duration.ofSeconds(60));
  }

  private static RegistryQuestions questions(Duration limit) {
    return new RegistryQuestions(ProxySelector.of(null), limit, 40, 1 << 20);
  }

  @BeforeEach
  void offerAnIndex() {
    server.on("/charts/index.yaml", text(200, INDEX));
  }

  @AfterEach
  void close() {
    questions.close();
    server.close();
  }

  private ObjectRef source(String kind, Map<String, ?> spec) {
    ObjectRef ref = new ObjectRef("source.toolkit.fluxcd.io/v1", kind, "flux-system", "source");
    objects.put(ref, new Resource(ref, Json.from(Map.of("spec", spec))));
    return ref;
  }

  private ObjectRef helmRepository() {
    return source("HelmRepository", Map.of("url", "http://" + server.host() + "/charts"));
  }

  private void secret(String name, Map<String, String> data) {
    ObjectRef ref = new ObjectRef("v1", "Secret", "flux-system", name);
    Map<String, String> encoded = new HashMap<>();
    data.forEach(
        (k, v) ->
            encoded.put(k, Base64.getEncoder().encodeToString(v.getBytes(StandardCharsets.UTF_8))));
    objects.put(ref, new Resource(ref, Json.from(Map.of("data", encoded))));
  }

  private static String basic(String user, String password) {
    return new Login(user, password).header();
  }

  private Observation<Answer> versions(ObjectRef source, String chart) {
    return ask(new Inquiry.ChartVersions(source, chart));
  }

  private Observation<Answer> tags(String image, String... secrets) {
    return ask(new Inquiry.ImageTags("flux-system", image, List.of(secrets)));
  }

  private Observation<Answer> ask(Inquiry inquiry) {
    return questions.ask(
        inquiry,
        ref -> {
          Resource found = objects.get(ref);
          return found == null ? new Observation.Absent<>() : new Observation.Seen<>(found);
        });
  }

  private static List<String> names(Observation<Answer> observation) {
    assertThat(observation).isInstanceOf(Observation.Seen.class);
    return observation.seen().orElseThrow() instanceof Answer.Names(var names)
        ? names
        : List.of("not names");
  }

  private static String why(Observation<Answer> observation) {
    return observation instanceof Observation.Unreadable<Answer>(var why)
        ? why
        : "not unreadable: " + observation;
  }

  // Helm repositories

  @Test
  void listsTheVersionsOfAChartNewestFirst() {
    assertThat(names(versions(helmRepository(), "mongodb")))
        .containsExactly("16.0.0-rc.1", "15.10.1", "15.6.0");
  }

  @Test
  void listsTheNamesOfTheCharts() {
    assertThat(names(versions(helmRepository(), ""))).containsExactly("mongodb", "redis");
  }

  @Test
  void saysThatAChartIsNotThere() {
    assertThat(versions(helmRepository(), "mongo")).isInstanceOf(Observation.Absent.class);
  }

  @Test
  void readsAnIndexOnce() {
    ObjectRef source = helmRepository();
    versions(source, "mongodb");
    versions(source, "redis");
    versions(source, "");
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void readsAnIndexThatIsJson() {
    server.on(
        "/charts/index.yaml",
        text(200, "{\"entries\":{\"a\":[{\"version\":\"1.0.0\"},{\"version\":\"1.1.0\"}]}}"));
    assertThat(names(versions(helmRepository(), "a"))).containsExactly("1.1.0", "1.0.0");
  }

  @Test
  void readsACompressedIndex() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(INDEX.getBytes(StandardCharsets.UTF_8));
    }
    server.on("/charts/index.yaml", bytes(200, zipped.toByteArray(), "Content-Encoding", "gzip"));
    assertThat(names(versions(helmRepository(), "redis"))).containsExactly("1.0.0");
  }

  @Test
  void logsInWithTheSourcesSecret() {
    server.on(
        "/charts/index.yaml", guarded(basic("bob", "p4ss"), "Basic realm=x", text(200, INDEX)));
    secret("login", Map.of("username", "bob", "password", "p4ss"));
    ObjectRef source =
        source(
            "HelmRepository",
            Map.of(
                "url",
                "http://" + server.host() + "/charts/",
                "secretRef",
                Map.of("name", "login")));
    assertThat(names(versions(source, "redis"))).containsExactly("1.0.0");
  }

  @Test
  void tellsWrongCredentialsFromMissingOnesAndKeepsThemSecret() {
    server.on(
        "/charts/index.yaml", guarded(basic("bob", "p4ss"), "Basic realm=x", text(200, INDEX)));
    assertThat(why(versions(helmRepository(), "redis")))
        .isEqualTo(
            "unauthorized: " + server.host() + " wants credentials, and the source has none");
    secret("login", Map.of("username", "bob", "password", "wr0ng"));
    ObjectRef source =
        source(
            "HelmRepository",
            Map.of(
                "url",
                "http://" + server.host() + "/charts",
                "secretRef",
                Map.of("name", "login")));
    assertThat(why(versions(source, "redis")))
        .isEqualTo("unauthorized: " + server.host() + " refuses the credentials");
  }

  @ParameterizedTest
  @CsvSource({
    "403, forbidden by HOST",
    "404, not found: HOST has no index.yaml there",
    "503, HOST answers 503",
    "429, 'rate limited by HOST, for 30s'"
  })
  void saysWhatTheServerAnswered(int status, String why) {
    server.on("/charts/index.yaml", text(status, "no", "Retry-After", "30"));
    assertThat(why(versions(helmRepository(), "redis")))
        .isEqualTo(why.replace("HOST", server.host()));
  }

  @ParameterizedTest
  @CsvSource({
    "'<html><body>Welcome</body></html>', no entries in it",
    "'a: {b: [', not YAML",
    "'entries: nothing', no entries in it",
    "'', no entries in it"
  })
  void saysThatAnAnswerIsNoIndex(String body, String what) {
    server.on("/charts/index.yaml", text(200, body));
    assertThat(why(versions(helmRepository(), "redis")))
        .isEqualTo("what " + server.host() + " answers is no chart index: " + what);
  }

  @Test
  void doesNotFollowAliases() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
    }
    bomb.append("entries:\n  bomb: *a29\n  *a1 : [{version: 9.9.9}]\n  a:\n  - version: 1.0.0\n");
    server.on("/charts/index.yaml", text(200, bomb.toString()));
    assertThat(names(versions(helmRepository(), "a"))).containsExactly("1.0.0");
    assertThat(names(versions(helmRepository(), "bomb"))).isEmpty();
  }

  @Test
  void refusesDeepNesting() {
    server.on("/charts/index.yaml", text(200, "entries: " + "[".repeat(100_000)));
    assertThat(why(versions(helmRepository(), "a"))).contains("nested too deeply");
  }

  @Test
  void refusesAnIndexBeyondTheLimit() {
    server.on("/charts/index.yaml", text(200, INDEX + "# " + "x".repeat(1 << 20)));
    assertThat(why(versions(helmRepository(), "redis")))
        .isEqualTo("the answer of " + server.host() + " is larger than 1 MiB");
  }

  @Test
  void refusesACompressionBomb() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write("entries: {}\n# ".getBytes(StandardCharsets.UTF_8));
      out.write(new byte[8 << 20]);
    }
    server.on("/charts/index.yaml", bytes(200, zipped.toByteArray(), "Content-Encoding", "gzip"));
    assertThat(why(versions(helmRepository(), "redis"))).doesNotStartWith("not unreadable");
  }

  @Test
  void givesUpOnASlowServer() {
    questions.close();
    questions = questions(Duration.ofMillis(600));
    server.on(
        "/charts/index.yaml",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 100; i++) {
            exchange.getResponseBody().write("# wait\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            try {
              Thread.sleep(100);
            } catch (InterruptedException e) {
              return;
            }
          }
        });
    long begin = System.nanoTime();
    assertThat(why(versions(helmRepository(), "redis"))).startsWith("timed out");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(9));
  }

  @Test
  void saysThatNothingListens() throws IOException {
    String host;
    try (FakeServer gone = new FakeServer()) {
      host = gone.host();
    }
    ObjectRef source = source("HelmRepository", Map.of("url", "http://" + host));
    assertThat(why(versions(source, "a")))
        .isEqualTo("unreachable from here: " + host + " refuses the connection");
  }

  @Test
  void saysThatAHostIsUnknown() {
    ObjectRef source =
        source("HelmRepository", Map.of("url", "http://charts.flux-system.svc.invalid:80/x"));
    assertThat(why(versions(source, "a")))
        .isEqualTo("unreachable from here: no such host charts.flux-system.svc.invalid:80");
  }

  @Test
  void leavesTheCredentialsBehindWhenARedirectLeadsElsewhere() throws IOException {
    try (FakeServer elsewhere = new FakeServer()) {
      elsewhere.on("/real.yaml", text(200, INDEX));
      server.on(
          "/charts/index.yaml",
          text(302, "", "Location", "http://" + elsewhere.host() + "/real.yaml"));
      secret("login", Map.of("username", "bob", "password", "p4ss"));
      ObjectRef source =
          source(
              "HelmRepository",
              Map.of(
                  "url",
                  "http://" + server.host() + "/charts",
                  "secretRef",
                  Map.of("name", "login")));
      assertThat(names(versions(source, "redis"))).containsExactly("1.0.0");
      assertThat(server.asked())
          .extracting(FakeServer.Asked::authorization)
          .containsExactly(basic("bob", "p4ss"));
      assertThat(elsewhere.asked()).extracting(FakeServer.Asked::authorization).containsExactly("");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "file:///etc/passwd, redirects to an address that is not of the web",
    "'', redirects to what is no address",
    "'http://[bad', redirects to what is no address",
    "index.yaml, redirects in circles"
  })
  void followsNoSenselessRedirect(String location, String why) {
    server.on("/charts/index.yaml", text(301, "", "Location", location));
    assertThat(why(versions(helmRepository(), "redis"))).isEqualTo(server.host() + " " + why);
  }

  @Test
  void sendsNoMoreRequestsThanAllowed() {
    for (int i = 0; i < 50; i++) {
      String repository = "charts" + i;
      ObjectRef source =
          source("HelmRepository", Map.of("url", "http://" + server.host() + "/" + repository));
      Observation<Answer> answer = versions(source, "a");
      assertThat(why(answer)).startsWith(i < 40 ? "not found" : "not asked");
    }
    assertThat(server.asked()).hasSize(40);
  }

  @Test
  void saysWhichSecretIsMissing() {
    ObjectRef source =
        source(
            "HelmRepository",
            Map.of("url", "http://" + server.host(), "secretRef", Map.of("name", "gone")));
    assertThat(why(versions(source, "a"))).isEqualTo("there is no Secret flux-system/gone");
  }

  @ParameterizedTest
  @CsvSource({"ftp://x/y", "not an address", "''", "http://"})
  void refusesAddressesThatAreNotOfTheWeb(String url) {
    ObjectRef source = source("HelmRepository", Map.of("url", url));
    assertThat(why(versions(source, "a"))).isEqualTo("its address is not one of http or https");
  }

  // OCI registries

  private ObjectRef ociSource(Map<String, ?> more) {
    Map<String, Object> spec = new HashMap<>(more);
    spec.put("url", "oci://" + server.host() + "/org/charts");
    spec.put("type", "oci");
    spec.put("insecure", true);
    return source("HelmRepository", spec);
  }

  @Test
  void listsChartVersionsOfARegistryPageByPage() {
    server.on(
        "/v2/org/charts/redis/tags/list",
        exchange -> {
          if (exchange.getRequestURI().getQuery().contains("last=")) {
            text(200, "{\"tags\":[\"1.10.0_build.1\",\"latest\"]}").to(exchange);
          } else {
            text(
                    200,
                    "{\"tags\":[\"1.2.0\",\"1.9.0\"]}",
                    "Link",
                    "</v2/org/charts/redis/tags/list?n=1000&last=1.9.0>; rel=\"next\"")
                .to(exchange);
          }
        });
    assertThat(names(versions(ociSource(Map.of()), "redis")))
        .containsExactly("1.10.0+build.1", "1.9.0", "1.2.0", "latest");
  }

  @Test
  void asksAnOciRepositoryForItsOwnPath() {
    server.on("/v2/org/app/tags/list", text(200, "{\"tags\":[\"1.0.0\"]}"));
    ObjectRef source =
        source(
            "OCIRepository",
            Map.of("url", "oci://" + server.host() + "/org/app", "insecure", true));
    assertThat(names(versions(source, ""))).containsExactly("1.0.0");
  }

  @Test
  void stopsAtAPageOfAnotherHostOrEndlessPages() {
    server.on(
        "/v2/org/charts/a/tags/list",
        text(200, "{\"tags\":[\"1.0.0\"]}", "Link", "<http://other.invalid/x>; rel=\"next\""));
    assertThat(names(versions(ociSource(Map.of()), "a"))).containsExactly("1.0.0");
    server.on(
        "/v2/org/charts/b/tags/list",
        text(200, "{\"tags\":[\"2.0.0\"]}", "Link", "</v2/org/charts/b/tags/list>; rel=next"));
    assertThat(names(versions(ociSource(Map.of()), "b"))).containsExactly("2.0.0");
    assertThat(server.asked()).hasSizeLessThan(15);
  }

  @Test
  void listsTheChartsOfARegistryThatHasACatalog() {
    server.on(
        "/v2/_catalog",
        text(200, "{\"repositories\":[\"org/charts/b\",\"org/other\",\"org/charts/a\"]}"));
    assertThat(names(versions(ociSource(Map.of()), ""))).containsExactly("a", "b");
    server.on("/v2/_catalog", text(404, "{}"));
    assertThat(why(versions(ociSource(Map.of()), "")))
        .isEqualTo(server.host() + " does not list its repositories");
  }

  private void tokenServer(FakeServer where, String realm) {
    where.on(
        "/token",
        exchange -> {
          String given = exchange.getRequestHeaders().getFirst("Authorization");
          boolean known = basic("bob", "p4ss").equals(given);
          text(200, "{\"token\":\"" + (known ? "bobs" : "anyones") + "\"}").to(exchange);
        });
    server.on(
        "/v2/org/app/tags/list",
        guarded(
            "Bearer bobs",
            "Bearer realm=\"" + realm + "\",service=\"registry\",scope=\"x\"",
            text(200, "{\"name\":\"org/app\",\"tags\":[\"v1.0.0\",\"v1.10.0\",\"v1.9.0\"]}")));
  }

  private void pullSecret(String name, String host, String user, String password) {
    String auth =
        Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    secret(
        name,
        Map.of(".dockerconfigjson", "{\"auths\":{\"" + host + "\":{\"auth\":\"" + auth + "\"}}}"));
  }

  @Test
  void fetchesATokenWithThePullSecret() {
    tokenServer(server, "http://" + server.host() + "/token");
    pullSecret("pull", server.host(), "bob", "p4ss");
    assertThat(names(tags(server.host() + "/org/app:v2", "pull")))
        .containsExactly("v1.10.0", "v1.9.0", "v1.0.0");
    assertThat(server.asked().get(1).target())
        .isEqualTo("/token?service=registry&scope=repository%3Aorg%2Fapp%3Apull");
  }

  @Test
  void givesThePasswordToNoTokenServerElsewhere() throws IOException {
    try (FakeServer elsewhere = new FakeServer()) {
      tokenServer(elsewhere, "http://localhost:" + elsewhere.port() + "/token");
      pullSecret("pull", server.host(), "bob", "p4ss");
      assertThat(why(tags(server.host() + "/org/app", "pull"))).startsWith("unauthorized: ");
      assertThat(elsewhere.asked()).extracting(FakeServer.Asked::authorization).containsOnly("");
    }
  }

  @Test
  void usesNoPullSecretOfAnotherRegistry() {
    tokenServer(server, "http://" + server.host() + "/token");
    pullSecret("pull", "registry.example.com", "bob", "p4ss");
    assertThat(why(tags(server.host() + "/org/app", "pull")))
        .isEqualTo(
            "unauthorized: " + server.host() + " wants credentials, and none are given for it");
    assertThat(server.asked())
        .extracting(FakeServer.Asked::authorization)
        .doesNotContain(basic("bob", "p4ss"));
  }

  @Test
  void logsInWithBasicWhereTheRegistryWantsIt() {
    server.on(
        "/v2/org/app/tags/list",
        guarded(basic("bob", "p4ss"), "Basic realm=\"r\"", text(200, "{\"tags\":[\"1\"]}")));
    assertThat(why(tags(server.host() + "/org/app")))
        .isEqualTo(
            "unauthorized: " + server.host() + " wants credentials, and none are given for it");
    pullSecret("wrong", server.host(), "bob", "wr0ng");
    assertThat(why(tags(server.host() + "/org/app", "wrong")))
        .isEqualTo("unauthorized: " + server.host() + " refuses the credentials");
    pullSecret("pull", server.host(), "bob", "p4ss");
    assertThat(names(tags(server.host() + "/org/app", "pull"))).containsExactly("1");
  }

  @Test
  void saysThatAPullSecretIsMissingWhenThatMatters() {
    server.on(
        "/v2/org/app/tags/list",
        guarded(basic("bob", "p4ss"), "Basic realm=\"r\"", text(200, "{\"tags\":[\"1\"]}")));
    assertThat(why(tags(server.host() + "/org/app", "gone")))
        .endsWith("; there is no Secret flux-system/gone");
    server.on("/v2/org/open/tags/list", text(200, "{\"tags\":[\"1\"]}"));
    assertThat(names(tags(server.host() + "/org/open", "gone"))).containsExactly("1");
  }

  @Test
  void tellsMissingRepositoriesFromForbiddenAndRateLimitedOnes() {
    assertThat(tags(server.host() + "/org/none")).isInstanceOf(Observation.Absent.class);
    server.on("/v2/org/app/tags/list", text(403, "{}"));
    assertThat(why(tags(server.host() + "/org/app"))).isEqualTo("forbidden by " + server.host());
    server.on("/v2/org/app/tags/list", text(429, "{}", "Retry-After", "a lot"));
    assertThat(why(tags(server.host() + "/org/app"))).isEqualTo("rate limited by " + server.host());
    server.on("/v2/org/app/tags/list", text(200, "<html>"));
    assertThat(why(tags(server.host() + "/org/app")))
        .isEqualTo("what " + server.host() + " answers is not of a registry");
    server.on("/token", text(401, "{}"));
    server.on(
        "/v2/org/app/tags/list",
        text(401, "", "WWW-Authenticate", "Bearer realm=\"http://" + server.host() + "/token\""));
    assertThat(why(tags(server.host() + "/org/app")))
        .isEqualTo("unauthorized: the repository does not exist or needs credentials");
    server.on(
        "/v2/org/app/tags/list", text(401, "", "WWW-Authenticate", "Bearer realm=\"file:/x\""));
    assertThat(why(tags(server.host() + "/org/app")))
        .isEqualTo("unauthorized: " + server.host() + " names no usable token server");
  }

  @Test
  void asksNothingForAnImageNameThatCannotBe() {
    assertThat(why(tags(server.host() + "/Org/App"))).startsWith("not asked");
    assertThat(why(versions(ociSource(Map.of()), "../../v2/secret?x"))).startsWith("not asked");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void doesNotAskWhereTheClusterHasAWayOfItsOwn() {
    assertThat(why(versions(ociSource(Map.of("provider", "aws")), "a")))
        .isEqualTo("not asked: the cluster logs in with its own identity at aws");
    assertThat(why(versions(ociSource(Map.of("proxySecretRef", Map.of("name", "proxy"))), "a")))
        .isEqualTo("not asked: the cluster reaches it through a proxy of its own");
  }

  // TLS

  @Test
  void trustsTheAuthorityOfTheSourceAndNoOther(@TempDir Path dir) throws Exception {
    String pem = selfSigned(dir);
    try (FakeServer secure = new FakeServer(tls(dir))) {
      secure.on("/index.yaml", text(200, INDEX));
      String url = "https://" + secure.host();
      assertThat(why(versions(source("HelmRepository", Map.of("url", url)), "redis")))
          .isEqualTo(
              "TLS: the certificate of "
                  + secure.host()
                  + " is signed by an authority that is not trusted here");
      secret("ca", Map.of("ca.crt", pem));
      ObjectRef source =
          source("HelmRepository", Map.of("url", url, "certSecretRef", Map.of("name", "ca")));
      assertThat(names(versions(source, "redis"))).containsExactly("1.0.0");
      secret("ca", Map.of("ca.crt", "no certificate"));
      assertThat(why(versions(source, "redis")))
          .isEqualTo("the TLS Secret of the source holds no usable certificate or key");
      secure.on("/index.yaml", text(302, "", "Location", "http://" + server.host() + "/charts"));
      secret("ca", Map.of("ca.crt", pem, "tls.crt", ""));
      questions.close();
      questions = questions(Duration.ofSeconds(60));
      assertThat(why(versions(source, "redis")))
          .isEqualTo(secure.host() + " redirects to an unencrypted address");
    }
  }

  @Test
  void saysThatAServerSpeaksNoTls() throws IOException, InterruptedException {
    try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answering =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket s = plain.accept()) {
                      s.getOutputStream()
                          .write(
                              "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                      s.getInputStream().transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                      // The test sees it as no answer.
                    }
                  });
      String host = "127.0.0.1:" + plain.getLocalPort();
      ObjectRef source = source("HelmRepository", Map.of("url", "https://" + host));
      assertThat(why(versions(source, "a"))).isEqualTo("TLS: " + host + " does not speak TLS");
      answering.join();
    }
  }

  private static String selfSigned(Path dir) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    run(
        keytool,
        "-genkeypair",
        "-alias",
        "server",
        "-keyalg",
        "EC",
        "-dname",
        "CN=stand-in",
        "-ext",
        "san=ip:127.0.0.1",
        "-validity",
        "2",
        "-storetype",
        "PKCS12",
        "-keystore",
        dir.resolve("store").toString(),
        "-storepass",
        "changeit");
    run(
        keytool,
        "-exportcert",
        "-rfc",
        "-alias",
        "server",
        "-keystore",
        dir.resolve("store").toString(),
        "-storepass",
        "changeit",
        "-file",
        dir.resolve("pem").toString());
    return Files.readString(dir.resolve("pem"));
  }

  private static void run(String... command) throws Exception {
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    p.getInputStream().transferTo(OutputStream.nullOutputStream());
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(p.exitValue()).isZero();
  }

  private static SSLContext tls(Path dir) throws Exception {
    KeyStore store = KeyStore.getInstance(dir.resolve("store").toFile(), "changeit".toCharArray());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
