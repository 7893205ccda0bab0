package dev.refloat.packaging;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A stand-in for a Kubernetes API server, for the training run alone: serves the objects and logs
/// of a snapshot over HTTPS on loopback, read-only. It has no discovery, paging, selectors, watches
/// or access control; what it does not have is an empty list.
final class StandInServer implements AutoCloseable {
  private static final String PASSWORD = "training";

  private final Path snapshot;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Path kubeconfig;
  private List<Resource> objects = List.of();

  /// @param work where its key and the kubeconfig are written
  /// @param snapshot read at the first request, since the training run makes it
  StandInServer(Path work, Path snapshot)
      throws IOException, GeneralSecurityException, InterruptedException {
    this.snapshot = snapshot;
    Path keys = work.resolve("stand-in.p12");
    makeKey(keys);
    KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(factory.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    kubeconfig = work.resolve("kubeconfig");
    Files.writeString(kubeconfig, kubeconfig(store.getCertificate("stand-in").getEncoded()));
  }

  /// JDKs make certificates only with their keytool.
  private static void makeKey(Path to) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "stand-in", "-keyalg", "EC", "-dname", "CN=stand-in",
                "-ext", "san=ip:127.0.0.1", "-validity", "1", "-storetype", "PKCS12",
                "-keystore", to.toString(), "-storepass", PASSWORD)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("keytool made no key");
    }
  }

  private String kubeconfig(byte[] certificate) {
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
            + "\n-----END CERTIFICATE-----\n";
    return """
        apiVersion: v1
        kind: Config
        current-context: stand-in
        contexts:
        - name: stand-in
          context: {cluster: stand-in, user: stand-in, namespace: default}
        clusters:
        - name: stand-in
          cluster:
            server: https://127.0.0.1:%d
            certificate-authority-data: %s
        users:
        - name: stand-in
          user: {token: training}
        """
        .formatted(
            server.getAddress().getPort(),
            Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  Path kubeconfig() {
    return kubeconfig;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String[] path = exchange.getRequestURI().getPath().split("/", -1);
      // "", api, VERSION, … or "", apis, GROUP, VERSION, …
      int at = path.length > 1 && path[1].equals("apis") ? 4 : 3;
      String group = at == 4 && path.length > 2 ? path[2] : "";
      boolean namespaced =
          path.length > at + 2 && path[at].equals("namespaces") && !path[at + 2].isEmpty();
      String namespace = namespaced ? path[at + 1] : "";
      int plural = namespaced ? at + 2 : at;
      if (path.length <= plural) {
        send(exchange, 404, "{\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\"}");
      } else if (path.length > plural + 2 && path[plural + 2].equals("log")) {
        log(exchange, namespace, path[plural + 1]);
      } else {
        objects(
            exchange,
            group,
            path[at - 1],
            namespace,
            path[plural],
            path.length > plural + 1 ? path[plural + 1] : "");
      }
    }
  }

  private void objects(
      HttpExchange exchange,
      String group,
      String version,
      String namespace,
      String plural,
      String name)
      throws IOException {
    String accept = String.valueOf(exchange.getRequestHeaders().getFirst("Accept"));
    boolean metadataOnly = accept.contains("as=PartialObjectMetadata");
    List<Json> found = new ArrayList<>();
    for (Resource r : load()) {
      if (r.ref().group().equals(group)
          && plural(r).equals(plural)
          && (namespace.isEmpty() || r.namespace().equals(namespace))
          && (name.isEmpty() || r.name().equals(name))) {
        found.add(
            metadataOnly ? Json.builder().put("metadata", r.root().get("metadata")).build() : r.root());
      }
    }
    if (!name.isEmpty()) {
      send(
          exchange,
          found.isEmpty() ? 404 : 200,
          found.isEmpty()
              ? "{\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\"}"
              : JsonText.compact(found.getFirst()));
      return;
    }
    send(
        exchange,
        200,
        JsonText.compact(
            Json.builder()
                .put("kind", metadataOnly ? "PartialObjectMetadataList" : "List")
                .put(
                    "apiVersion",
                    metadataOnly
                        ? "meta.k8s.io/v1"
                        : group.isEmpty() ? version : group + "/" + version)
                .put("metadata", Json.builder().put("resourceVersion", "1").build())
                .put("items", found.iterator())
                .build()));
  }

  private static String plural(Resource r) {
    return Kind.of(r.ref().group(), r.kind())
        .map(Kind::plural)
        .orElse(r.kind().toLowerCase(java.util.Locale.ROOT) + "s");
  }

  private void log(HttpExchange exchange, String namespace, String pod) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    String container = query.replaceFirst(".*\\bcontainer=([^&]*).*", "$1");
    Path folder = snapshot.resolve("logs");
    Path file =
        folder
            .resolve(namespace)
            .resolve(pod)
            .resolve(container + (query.contains("previous=true") ? ".previous" : "") + ".log")
            .normalize();
    if (file.startsWith(folder) && Files.isRegularFile(file)) {
      send(exchange, 200, Files.readString(file));
    } else {
      send(exchange, 404, "{\"kind\":\"Status\",\"code\":404,\"reason\":\"NotFound\"}");
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Content-Encoding", "gzip");
    exchange.sendResponseHeaders(status, 0);
    try (OutputStream out = new GZIPOutputStream(exchange.getResponseBody())) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
  }

  private synchronized List<Resource> load() throws IOException {
    if (objects.isEmpty() && Files.isDirectory(snapshot)) {
      List<Resource> read = new ArrayList<>();
      try (Stream<Path> files = Files.walk(snapshot)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
          try (InputStream in = Files.newInputStream(file)) {
            for (Json item : JsonTrees.read(file.toString(), in, Limits.CLUSTER).get("items").list()) {
              read.add(Resource.of(item));
            }
          }
        }
      }
      objects = List.copyOf(read);
    }
    return objects;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
