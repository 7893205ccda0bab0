package dev.refloat.adapter.kubernetes;

import dev.refloat.model.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that is needed to talk to one API server, worked out from options, kubeconfig files and
/// environment.
///
/// @param context its name in the kubeconfig; `in-cluster` for a pod's own credentials
/// @param server without a slash at the end; may have a path
/// @param namespace the context's default namespace
/// @param headers of every request: impersonation
record Connection(
    String context,
    URI server,
    Optional<String> namespace,
    Tls tls,
    Credentials credentials,
    List<Map.Entry<String, String>> headers,
    Optional<Proxy> proxy) {

  static final String IN_CLUSTER = "in-cluster";

  Connection {
    headers = List.copyOf(headers);
  }

  @Override
  public String toString() {
    return "Connection[" + context + " at " + server + "]";
  }

  /// @throws UnusableCluster when there is no way to connect
  static Connection open(ConnectionOptions options, Surroundings around, Clock clock) {
    KubeConfig config = KubeConfig.load(options, around);
    if (config.isEmpty() && (options.context().isEmpty() || config.files().isEmpty())) {
      if (options.context().isEmpty()
          && around.variable("KUBERNETES_SERVICE_HOST").isPresent()
          && options.kubeconfig().isEmpty()
          && Files.exists(around.serviceAccount().resolve("token"))) {
        return inCluster(options, around, clock);
      }
      throw new UnusableCluster(
          "no cluster",
          config.files().isEmpty()
              ? "there is no kubeconfig at "
                  + around.home().resolve(".kube").resolve("config")
                  + " and KUBECONFIG is not set"
              : "kubeconfig " + config.files().getFirst() + " names no cluster",
          "Set KUBECONFIG, give --kubeconfig FILE, or read a snapshot with --from PATH.");
    }
    return fromContext(config.select(options.context()), options, around, clock);
  }

  private static Connection inCluster(ConnectionOptions options, Surroundings around, Clock clock) {
    String host = around.variable("KUBERNETES_SERVICE_HOST").orElse("");
    String port = around.variable("KUBERNETES_SERVICE_PORT").orElse("443");
    URI server =
        URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    Path folder = around.serviceAccount();
    Path authorities = folder.resolve("ca.crt");
    Optional<String> namespace =
        Files.exists(folder.resolve("namespace"))
            ? Optional.of(
                new String(bytes(folder.resolve("namespace")), StandardCharsets.UTF_8).strip())
            : Optional.empty();
    return new Connection(
        IN_CLUSTER,
        server,
        namespace.filter(n -> !n.isEmpty()),
        new Tls(
            Files.exists(authorities) ? Optional.of(bytes(authorities)) : Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        new Credentials.TokenFile(folder.resolve("token"), clock),
        impersonation(options, Json.emptyObject()),
        Proxy.of(server, "", around));
  }

  private static Connection fromContext(
      KubeConfig.Selected selected, ConnectionOptions options, Surroundings around, Clock clock) {
    KubeConfig.Entry cluster = selected.cluster();
    KubeConfig.Entry user = selected.user();
    URI server = server(cluster);
    Optional<byte[]> authorities =
        material(cluster, "certificate-authority-data", "certificate-authority");
    boolean insecure = cluster.body().get("insecure-skip-tls-verify").isTrue();
    Optional<byte[]> certificate = material(user, "client-certificate-data", "client-certificate");
    Optional<byte[]> key = material(user, "client-key-data", "client-key");
    if (certificate.isPresent() != key.isPresent()) {
      throw new UnusableCluster(
          "user " + user.name(),
          certificate.isPresent()
              ? "it has a client certificate but no client key"
              : "it has a client key but no client certificate",
          "Repair the user in kubeconfig " + user.file() + ".");
    }
    Credentials credentials = Credentials.none();
    String token = user.text("token");
    Optional<Path> tokenFile = user.path("tokenFile");
    Json provider = user.body().get("auth-provider");
    if (tokenFile.isPresent() && (token.isEmpty() || Files.isReadable(tokenFile.get()))) {
      credentials = new Credentials.TokenFile(tokenFile.get(), clock);
    } else if (!token.isEmpty()) {
      credentials = Credentials.token(token);
    } else if (!user.text("username").isEmpty()) {
      credentials = Credentials.basic(user.text("username"), user.text("password"));
    } else if (user.body().get("exec").exists()) {
      ExecPlugin plugin =
          new ExecPlugin(user, clusterInfo(cluster, server, authorities), around, clock);
      if (plugin.issued().certificate().isPresent() && plugin.issued().key().isPresent()) {
        certificate = plugin.issued().certificate().map(s -> s.getBytes(StandardCharsets.UTF_8));
        key = plugin.issued().key().map(s -> s.getBytes(StandardCharsets.UTF_8));
      }
      credentials = plugin;
    } else if (provider.exists()) {
      credentials = fromProvider(user, provider);
    }
    return new Connection(
        selected.context().name(),
        server,
        selected.context().body().get("namespace").scalar().filter(n -> !n.isEmpty()),
        new Tls(
            authorities,
            insecure,
            cluster.body().get("tls-server-name").scalar().filter(n -> !n.isEmpty()),
            certificate,
            key),
        credentials,
        impersonation(options, user.body()),
        Proxy.of(server, cluster.text("proxy-url"), around));
  }

  private static URI server(KubeConfig.Entry cluster) {
    String written = cluster.text("server");
    if (written.isEmpty()) {
      throw new UnusableCluster(
          "cluster " + cluster.name(),
          "it has no server",
          "Repair the cluster in kubeconfig " + cluster.file() + ".");
    }
    try {
      URI uri =
          new URI((written.contains("://") ? written : "http://" + written).replaceAll("/+$", ""));
      String scheme = uri.getScheme();
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && ("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme))) {
        return uri;
      }
    } catch (java.net.URISyntaxException e) {
      // said below, without the text: it may hold a password
    }
    throw new UnusableCluster(
        "cluster " + cluster.name(),
        "its server is not an http or https URL",
        "Repair the cluster in kubeconfig " + cluster.file() + ".");
  }

  /// Data in the kubeconfig goes before a file that it names, as in client-go.
  private static Optional<byte[]> material(KubeConfig.Entry entry, String data, String file) {
    String inline = entry.text(data);
    if (!inline.isEmpty()) {
      try {
        return Optional.of(Base64.getMimeDecoder().decode(inline));
      } catch (IllegalArgumentException e) {
        throw new UnusableCluster(
            data + " of " + entry.name(),
            "it is not base64",
            "Repair it in kubeconfig " + entry.file() + ".");
      }
    }
    Optional<Path> path = entry.path(file);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(path.get()));
    } catch (IOException e) {
      throw new UnusableCluster(
          file + " of " + entry.name(),
          path.get() + ": " + Words.of(e),
          "Repair it in kubeconfig " + entry.file() + ".",
          e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UnusableCluster(
          "service account", file + ": " + Words.of(e), "Check the pod's service account.", e);
    }
  }

  private static Json clusterInfo(
      KubeConfig.Entry cluster, URI server, Optional<byte[]> authorities) {
    Json.Builder info = Json.builder().put("server", server.toString());
    cluster.body().get("tls-server-name").scalar().ifPresent(n -> info.put("tls-server-name", n));
    if (cluster.body().get("insecure-skip-tls-verify").isTrue()) {
      info.put("insecure-skip-tls-verify", true);
    }
    authorities.ifPresent(
        a -> info.put("certificate-authority-data", Base64.getEncoder().encodeToString(a)));
    cluster.body().get("proxy-url").scalar().ifPresent(p -> info.put("proxy-url", p));
    for (Json extension : cluster.body().get("extensions").list()) {
      if (extension.get("name").text().equals("client.authentication.k8s.io/exec")) {
        info.put("config", extension.get("extension"));
      }
    }
    return info.build();
  }

  /// The built-in providers left client-go with 1.26; the id token of an OIDC login still works
  /// until
  /// it runs out.
  private static Credentials fromProvider(KubeConfig.Entry user, Json provider) {
    String idToken = provider.at("config", "id-token").text();
    if (provider.get("name").text().equals("oidc") && !idToken.isEmpty()) {
      return Credentials.token(idToken);
    }
    throw new UnusableCluster(
        "user " + user.name(),
        "its auth-provider "
            + Words.line(provider.get("name").text())
            + " is one that Kubernetes clients no longer have",
        "Write the kubeconfig anew with your provider's tool, so that it names a credential plugin.");
  }

  private static List<Map.Entry<String, String>> impersonation(
      ConnectionOptions options, Json user) {
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    String name = options.user().orElse(user.get("as").text());
    boolean fromOptions = options.user().isPresent();
    List<String> groups =
        options.groups().isEmpty() && !fromOptions
            ? user.get("as-groups").list().stream().map(Json::text).toList()
            : options.groups();
    Optional<String> uid =
        options.uid().or(() -> fromOptions ? Optional.empty() : user.get("as-uid").scalar());
    if (name.isEmpty()) {
      if (!groups.isEmpty() || uid.isPresent()) {
        throw new UnusableCluster(
            "impersonation",
            "groups or a uid are given without a user",
            "Name the user with --as.");
      }
      return headers;
    }
    headers.add(Map.entry("Impersonate-User", name));
    groups.forEach(g -> headers.add(Map.entry("Impersonate-Group", g)));
    uid.ifPresent(u -> headers.add(Map.entry("Impersonate-Uid", u)));
    if (!fromOptions && user.get("as-user-extra") instanceof Json.Obj extra) {
      extra.forEach(
          (key, values) ->
              values
                  .list()
                  .forEach(
                      v ->
                          headers.add(
                              Map.entry(
                                  "Impersonate-Extra-"
                                      + java.net.URLEncoder.encode(key, StandardCharsets.UTF_8),
                                  v.text()))));
    }
    headers.forEach(
        h -> {
          if (!h.getValue().chars().allMatch(c -> c == '\t' || (c >= 0x20 && c < 0x7f))) {
            throw new UnusableCluster(
                "impersonation",
                "names must be printable ASCII to be sent in a header",
                "Check --as, --as-group and the user in the kubeconfig.");
          }
        });
    return headers;
  }
}
