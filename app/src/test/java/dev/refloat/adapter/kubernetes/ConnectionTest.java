package dev.refloat.adapter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionTest {
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

  @TempDir private Path folder;
  private final Map<String, String> env = new HashMap<>();

  @BeforeEach
  void path() {
    env.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
  }

  private Surroundings around() {
    return new Surroundings(
        env, folder.resolve("home"), folder.resolve("serviceaccount"), () -> false);
  }

  private Connection open(ConnectionOptions options) {
    return Connection.open(options, around(), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private Path write(String name, String text) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private ConnectionOptions config(String cluster, String user) {
    return ConnectionOptions.defaults()
        .withKubeconfig(
            write(
                "kubeconfig",
                """
                apiVersion: v1
                kind: Config
                current-context: prod
                clusters: [{name: c, cluster: %s}]
                users: [{name: u, user: %s}]
                contexts: [{name: prod, context: {cluster: c, user: u, namespace: apps}}]
                """
                    .formatted(cluster, user)));
  }

  private static final String SERVER = "{server: 'https://api.example.com:6443/'}";

  private static String named(String name, String server) {
    return """
    clusters: [{name: %1$s, cluster: {server: '%2$s'}}]
    users: [{name: %1$s, user: {token: token-of-%1$s}}]
    contexts: [{name: %1$s, context: {cluster: %1$s, user: %1$s}}]
    """
        .formatted(name, server);
  }

  @Test
  void readsTheCurrentContext() {
    Connection c = open(config(SERVER, "{token: abc}"));

    assertThat(c.context()).isEqualTo("prod");
    assertThat(c.server()).isEqualTo(URI.create("https://api.example.com:6443"));
    assertThat(c.namespace()).contains("apps");
    assertThat(c.credentials().header()).contains("Bearer abc");
    assertThat(c.toString()).doesNotContain("abc");
  }

  @Test
  void mergesTheFilesOfKubeconfigAndTheFirstWins() {
    Path first = write("one", "current-context: b\n" + named("a", "https://first"));
    Path second =
        write(
            "two",
            """
            current-context: a
            clusters: [{name: a, cluster: {server: 'https://second'}},
                       {name: b, cluster: {server: 'https://third'}}]
            users: [{name: b, user: {token: x}}]
            contexts: [{name: b, context: {cluster: a, user: b}}]
            """);
    env.put(
        "KUBECONFIG",
        String.join(
            java.io.File.pathSeparator,
            folder.resolve("missing").toString(),
            first.toString(),
            second.toString()));

    Connection current = open(ConnectionOptions.defaults());

    assertThat(current.context()).isEqualTo("b");
    assertThat(current.server()).isEqualTo(URI.create("https://first"));
    assertThat(KubeConfig.load(ConnectionOptions.defaults(), around()).contextNames())
        .containsExactly("a", "b");
  }

  @Test
  void readsTheFileInTheHomeFolder() {
    write("home/.kube/config", "current-context: a\n" + named("a", "https://home"));

    assertThat(open(ConnectionOptions.defaults()).server()).isEqualTo(URI.create("https://home"));
  }

  @Test
  void saysThatTheFileIsMissing() {
    assertThatThrownBy(
            () -> open(ConnectionOptions.defaults().withKubeconfig(folder.resolve("none"))))
        .isInstanceOf(UnusableCluster.class)
        .hasMessage("kubeconfig " + folder.resolve("none") + ": there is no such file");
    env.put("KUBECONFIG", folder.resolve("none").toString());
    assertThatThrownBy(() -> open(ConnectionOptions.defaults()))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("there is no such file");
  }

  @Test
  void saysThatThereIsNoClusterAtAll() {
    assertThatThrownBy(() -> open(ConnectionOptions.defaults()))
        .isInstanceOfSatisfying(
            UnusableCluster.class,
            e -> {
              assertThat(e.what()).isEqualTo("no cluster");
              assertThat(e.next()).contains("--kubeconfig").contains("--from");
            });
  }

  @Test
  void namesTheContextsWhenTheWantedOneIsUnknown() {
    Path file = write("two", "current-context: a\n" + named("a", "https://a"));

    assertThatThrownBy(
            () -> open(ConnectionOptions.defaults().withKubeconfig(file).withContext("prdo")))
        .isInstanceOfSatisfying(
            UnusableCluster.class,
            e -> {
              assertThat(e).hasMessageContaining("context prdo");
              assertThat(e.next()).isEqualTo("Contexts: a.");
            });
  }

  @Test
  void saysWhatAContextLacks() {
    Path file =
        write(
            "broken",
            "current-context: x\ncontexts: [{name: x, context: {cluster: gone, user: u}}]");

    assertThatThrownBy(() -> open(ConnectionOptions.defaults().withKubeconfig(file)))
        .hasMessageContaining("its cluster gone is not in kubeconfig");
  }

  @Test
  void saysWhereTheYamlIsBrokenWithoutQuotingIt() {
    Path file = write("broken", "users:\n- name: u\n  user: {token: s3cr3t, : [}\n");

    assertThatThrownBy(() -> open(ConnectionOptions.defaults().withKubeconfig(file)))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("line 3")
        .hasMessageNotContaining("s3cr3t");
  }

  @Test
  void refusesAFileThatIsTooLarge() {
    Path file = write("huge", "#" + "x".repeat(5 * 1024 * 1024));

    assertThatThrownBy(() -> open(ConnectionOptions.defaults().withKubeconfig(file)))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("too large");
  }

  @Test
  void readsFilesNextToTheKubeconfig() {
    write("pki/ca.crt", "authority");
    write("pki/client.crt", "certificate");
    write("pki/client.key", "key");

    Tls tls =
        open(config(
                "{server: 'https://a', certificate-authority: pki/ca.crt}",
                "{client-certificate: pki/client.crt, client-key: pki/client.key}"))
            .tls();

    assertThat(tls.authorities()).contains("authority".getBytes(StandardCharsets.UTF_8));
    assertThat(tls.certificate()).contains("certificate".getBytes(StandardCharsets.UTF_8));
    assertThat(tls.key()).contains("key".getBytes(StandardCharsets.UTF_8));
    assertThat(tls.toString()).doesNotContain("key=");
  }

  @Test
  void refusesACertificateWithoutItsKey() {
    write("client.crt", "certificate");

    assertThatThrownBy(() -> open(config(SERVER, "{client-certificate: client.crt}")))
        .hasMessageContaining("user u: it has a client certificate but no client key");
  }

  @Test
  void readsATokenFileAgainWhenItIsRenewed() throws IOException {
    Path token = write("token", "first\n");

    Credentials credentials = open(config(SERVER, "{tokenFile: token}")).credentials();

    assertThat(credentials.header()).contains("Bearer first");
    Files.writeString(token, "second\n");
    assertThat(credentials.header()).contains("Bearer first");
    assertThat(credentials.renew(Optional.of("Bearer first"))).isTrue();
    assertThat(credentials.header()).contains("Bearer second");
    assertThat(credentials.renew(Optional.of("Bearer second"))).isFalse();
  }

  @Test
  void readsATokenFileAgainAfterAMinute() throws IOException {
    Path file = write("token", "first");
    Instant[] now = {NOW};
    Clock clock =
        new Clock() {
          @Override
          public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }

          @Override
          public Instant instant() {
            return now[0];
          }
        };
    Credentials credentials = new Credentials.TokenFile(file, clock);
    Files.writeString(file, "second");

    assertThat(credentials.header()).contains("Bearer first");
    now[0] = NOW.plus(Duration.ofSeconds(61));
    assertThat(credentials.header()).contains("Bearer second");
  }

  @Test
  void sendsBasicCredentials() {
    assertThat(open(config(SERVER, "{username: bob, password: pw}")).credentials().header())
        .contains("Basic Ym9iOnB3");
  }

  @Test
  void usesTheCredentialsOfThePodInsideACluster() {
    write("serviceaccount/token", "pod-token");
    write("serviceaccount/namespace", "refloat");
    write("serviceaccount/ca.crt", "authority");
    env.put("KUBERNETES_SERVICE_HOST", "fd00::1");
    env.put("KUBERNETES_SERVICE_PORT", "443");

    Connection c = open(ConnectionOptions.defaults());

    assertThat(c.context()).isEqualTo("in-cluster");
    assertThat(c.server()).isEqualTo(URI.create("https://[fd00::1]:443"));
    assertThat(c.namespace()).contains("refloat");
    assertThat(c.credentials().header()).contains("Bearer pod-token");
    assertThat(c.tls().authorities()).isPresent();
  }

  @Test
  void impersonatesWhomTheOptionsName() {
    ConnectionOptions options =
        config(SERVER, "{token: t, as: robot, as-groups: [bots]}")
            .as("alice", List.of("oncall", "admins"));

    assertThat(open(options).headers())
        .containsExactly(
            Map.entry("Impersonate-User", "alice"),
            Map.entry("Impersonate-Group", "oncall"),
            Map.entry("Impersonate-Group", "admins"));
  }

  @Test
  void impersonatesWhomTheKubeconfigNames() {
    ConnectionOptions options =
        config(
            SERVER,
            "{token: t, as: robot, as-groups: [bots], as-uid: '7', as-user-extra: {a/b: [c]}}");

    assertThat(open(options).headers())
        .containsExactly(
            Map.entry("Impersonate-User", "robot"),
            Map.entry("Impersonate-Group", "bots"),
            Map.entry("Impersonate-Uid", "7"),
            Map.entry("Impersonate-Extra-a%2Fb", "c"));
  }

  @Test
  void refusesHeadersWithinAName() {
    assertThatThrownBy(() -> open(config(SERVER, "{token: t}").as("a\r\nX-Evil: 1", List.of())))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("printable ASCII");
  }

  @Test
  void refusesGroupsWithoutAUser() {
    ConnectionOptions options =
        new ConnectionOptions(
            config(SERVER, "{token: t}").kubeconfig(),
            Optional.empty(),
            Optional.empty(),
            List.of("admins"),
            Optional.empty(),
            Duration.ofSeconds(1));

    assertThatThrownBy(() -> open(options)).hasMessageContaining("without a user");
  }

  @Test
  void takesTheProxyOfTheCluster() {
    env.put("HTTPS_PROXY", "http://other:1");

    Connection c =
        open(
            config(
                "{server: 'https://api.example.com', proxy-url: 'http://bob:pw@proxy:3128'}",
                "{}"));

    assertThat(c.proxy()).contains(new Proxy("proxy", 3128, Optional.of("Basic Ym9iOnB3")));
    assertThat(c.proxy().toString()).doesNotContain("Ym9i");
  }

  @Test
  void takesTheProxyOfTheEnvironmentUnlessItIsSpared() {
    env.put("https_proxy", "proxy.example.com:3128");

    assertThat(open(config(SERVER, "{}")).proxy())
        .contains(new Proxy("proxy.example.com", 3128, Optional.empty()));
    env.put("NO_PROXY", "localhost,.example.com");
    assertThat(open(config(SERVER, "{}")).proxy()).isEmpty();
  }

  @Test
  void refusesProxiesThatItCannotUse() {
    assertThatThrownBy(
            () -> open(config("{server: 'https://a', proxy-url: 'socks5://p:1080'}", "{}")))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("a proxy of type socks5 is not supported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://api.example.com      | example.com       | true
          https://api.example.com      | .example.com      | true
          https://example.com          | .example.com      | false
          https://api.example.com      | *                 | true
          https://api.example.com      | *.example.com     | true
          https://badexample.com       | example.com       | false
          https://api.example.com:6443 | example.com:6443  | true
          https://api.example.com:6443 | example.com:443   | false
          https://10.1.2.3             | 10.0.0.0/8        | true
          https://11.1.2.3             | 10.0.0.0/8        | false
          https://10.1.2.3             | 10.1.2.3          | true
          https://[fd00::7]            | fd00::/8          | true
          https://[fd00::7]            | 10.0.0.0/8        | false
          https://127.0.0.1:6443       | other             | true
          https://localhost            | other             | true
          https://api.example.com      | 10.0.0.0/x        | false
          """)
  void sparesServersFromTheProxyAsGoDoes(String server, String noProxy, boolean spared) {
    assertThat(Proxy.spared(URI.create(server), noProxy)).isEqualTo(spared);
  }

  @ParameterizedTest
  @CsvSource({"ftp://a", "https://user:pw@a", "https://", "'https://a b'"})
  void refusesServersThatAreNoUrls(String server) {
    assertThatThrownBy(() -> open(config("{server: '" + server + "'}", "{}")))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("not an http or https URL")
        .hasMessageNotContaining("pw");
  }

  @Test
  void explainsProvidersThatAreGone() {
    assertThatThrownBy(() -> open(config(SERVER, "{auth-provider: {name: gcp}}")))
        .isInstanceOf(UnusableCluster.class)
        .hasMessageContaining("auth-provider gcp");
    assertThat(
            open(config(SERVER, "{auth-provider: {name: oidc, config: {id-token: idt}}}"))
                .credentials()
                .header())
        .contains("Bearer idt");
  }

  private void plugin(String script) {
    Path file = write("plugin.sh", "#!/bin/sh\n" + script);
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final String V1 = "client.authentication.k8s.io/v1";

  private static String issue(String status) {
    return "echo '{\"apiVersion\":\""
        + V1
        + "\",\"kind\":\"ExecCredential\",\"status\":"
        + status
        + "}'\n";
  }

  private static String exec(String more) {
    return "{exec: {apiVersion: " + V1 + ", command: ./plugin.sh" + more + "}}";
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void runsACredentialPluginWithItsArgumentsAndEnvironment() throws IOException {
    plugin(
        "printf '%s|' \"$1\" \"$2\" \"$COLOUR\" > out\necho noise >&2\n"
                .replace("> out", "> '" + folder.resolve("out") + "'")
            + "printf '%s' \"$KUBERNETES_EXEC_INFO\" > '"
            + folder.resolve("info")
            + "'\n"
            + issue("{\"token\":\"from-plugin\"}"));

    Connection c =
        open(
            config(
                "{server: 'https://api.example.com', certificate-authority-data: Y2E=}",
                exec(
                    ", args: ['a b', '$(touch pwned); `id`'], env: [{name: COLOUR, value: blue}],"
                        + " provideClusterInfo: true")));

    assertThat(c.credentials().header()).contains("Bearer from-plugin");
    assertThat(folder.resolve("out")).hasContent("a b|$(touch pwned); `id`|blue|");
    assertThat(Files.readString(folder.resolve("info")))
        .contains("\"server\":\"https://api.example.com\"")
        .contains("\"certificate-authority-data\":\"Y2E=\"")
        .contains("\"interactive\":false");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void runsACredentialPluginAgainWhenItsTokenRunsOut() {
    plugin(
        "n=$(cat '%1$s' 2>/dev/null || echo 0); n=$((n+1)); echo $n > '%1$s'\n"
                .formatted(folder.resolve("count"))
            + "echo '{\"apiVersion\":\""
            + V1
            + "\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"t'$n'\",\"expirationTimestamp\":"
            + "\"2026-11-23T00:00:00Z\"}}'\n");

    Credentials credentials = open(config(SERVER, exec(""))).credentials();

    assertThat(credentials.header()).contains("Bearer t2");
    assertThat(credentials.renew(Optional.of("Bearer t2"))).isTrue();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void takesACertificateFromACredentialPlugin() {
    plugin(issue("{\"clientCertificateData\":\"cert\",\"clientKeyData\":\"key\"}"));

    Connection c = open(config(SERVER, exec("")));

    assertThat(c.tls().certificate()).contains("cert".getBytes(StandardCharsets.UTF_8));
    assertThat(c.credentials().header()).isEmpty();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void saysWhyACredentialPluginFailedWithoutItsOutput() {
    plugin("echo s3cr3t; echo first >&2; echo 'session expired' >&2; exit 7\n");

    assertThatThrownBy(() -> open(config(SERVER, exec(""))))
        .isInstanceOf(UnusableCluster.class)
        .hasMessage(
            "credential plugin ./plugin.sh of user u: it ended with exit code 7: session expired");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void refusesWhatIsNoCredential() {
    plugin("echo 's3cr3t token'\n");
    assertThatThrownBy(() -> open(config(SERVER, exec(""))))
        .hasMessageContaining("not an ExecCredential")
        .hasMessageNotContaining("s3cr3t");

    plugin(issue("{}"));
    assertThatThrownBy(() -> open(config(SERVER, exec(""))))
        .hasMessageContaining("neither a token nor a certificate");

    assertThatThrownBy(
            () ->
                open(
                    config(
                        SERVER,
                        "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}")))
        .hasMessageContaining("v1 and v1beta1 exist");
  }

  @Test
  void passesOnTheHintWhenACredentialPluginIsNotInstalled() {
    assertThatThrownBy(
            () ->
                open(
                    config(
                        SERVER,
                        "{exec: {apiVersion: "
                            + V1
                            + ", command: no-such-plugin-here, installHint: 'Install it with brew.'}}")))
        .isInstanceOfSatisfying(
            UnusableCluster.class,
            e -> {
              assertThat(e).hasMessageContaining("credential plugin no-such-plugin-here of user u");
              assertThat(e.next()).isEqualTo("Install it with brew.");
            });
  }

  @Test
  void doesNotStartALoginThatNeedsATerminal() {
    assertThatThrownBy(() -> open(config(SERVER, exec(", interactiveMode: Always"))))
        .hasMessageContaining("it needs a terminal");
  }
}
