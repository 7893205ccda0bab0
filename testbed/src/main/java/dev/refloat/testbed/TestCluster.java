package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A real control plane on loopback: etcd and kube-apiserver, and on request the
/// controller-manager, the scheduler and KWOK, which plays the kubelet. It has a state folder,
/// certificates and ports of its own, so that several can run at once. RBAC is on.
///
/// It ends with [#close], with the JVM, or, when the JVM is killed, by the supervisors of its
/// processes. Its folder is kept when it failed to start or [#keepLogs] was called.
public final class TestCluster implements AutoCloseable {

  /// What a cluster has beyond etcd and kube-apiserver.
  public enum Part {
    /// Deployments get ReplicaSets, ReplicaSets get Pods, Pods get nodes, claims get volumes.
    CONTROLLERS,
    /// KWOK with the stages of this module: Pods start, fail and end as their annotation `sim` or
    /// their image says. Needs [#CONTROLLERS].
    KUBELETS,
    /// The CustomResourceDefinitions of Flux.
    FLUX
  }

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final int START_TRIES = 3;

  private final Path state;
  private final Certificates certificates;
  private final Binaries binaries;
  private final List<SupervisedProcess> processes = new ArrayList<>();
  private final AtomicInteger configs = new AtomicInteger();
  private final Thread hook = new Thread(this::stop, "testbed-stop");
  private URI server = URI.create("https://127.0.0.1:0");
  private Access admin;
  private @Nullable ApiClient api;
  private @Nullable PodLogs podLogs;
  private boolean keep;

  private TestCluster(Path state, Binaries binaries) {
    this.state = state;
    this.binaries = binaries;
    this.certificates = Certificates.create();
    this.admin = new Access("admin", server, "", Optional.empty(), Optional.empty(), "default");
  }

  /// Starts a cluster and waits until it is ready.
  ///
  /// @throws UnavailableException when a program is missing
  /// @throws IllegalStateException when a process does not start; the message has its last words
  public static TestCluster start(Part... parts) throws UnavailableException {
    Set<Part> wanted = EnumSet.noneOf(Part.class);
    wanted.addAll(List.of(parts));
    if (wanted.contains(Part.KUBELETS) && !wanted.contains(Part.CONTROLLERS)) {
      throw new IllegalArgumentException("KUBELETS need CONTROLLERS, which make and place Pods");
    }
    Binaries binaries = Binaries.ofEnvironment();
    for (int attempt = 1; ; attempt++) {
      TestCluster cluster = create(binaries);
      try {
        cluster.up(wanted);
        return cluster;
      } catch (PortTakenException e) {
        cluster.close();
        if (attempt == START_TRIES) {
          throw new IllegalStateException("no free ports after " + attempt + " tries", e);
        }
      } catch (IOException | RuntimeException | UnavailableException e) {
        cluster.keep = true;
        cluster.close();
        if (e instanceof UnavailableException u) {
          throw u;
        }
        throw new IllegalStateException(e.getMessage() + "\nlogs are kept in " + cluster.state, e);
      }
    }
  }

  private static final class PortTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static TestCluster create(Binaries binaries) {
    try {
      TestCluster cluster =
          new TestCluster(Files.createTempDirectory("refloat-testbed-"), binaries);
      Runtime.getRuntime().addShutdownHook(cluster.hook);
      return cluster;
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for the state of a cluster", e);
    }
  }

  private void up(Set<Part> parts) throws UnavailableException, IOException {
    // Everything that may have to be built first comes before anything that runs.
    for (Binary b : needed(parts)) {
      binaries.path(b);
    }
    Optional<Path> crds =
        parts.contains(Part.FLUX) ? Optional.of(binaries.fluxCrds()) : Optional.empty();

    String token = UUID.randomUUID().toString();
    writePki(token);
    List<Integer> ports = freePorts(3);
    String etcd = "http://127.0.0.1:" + ports.get(0);
    launch(
        Binary.ETCD,
        List.of(
            "--data-dir=" + state.resolve("etcd"),
            "--listen-client-urls=" + etcd,
            "--advertise-client-urls=" + etcd,
            "--listen-peer-urls=http://127.0.0.1:" + ports.get(1),
            "--initial-advertise-peer-urls=http://127.0.0.1:" + ports.get(1),
            "--initial-cluster=default=http://127.0.0.1:" + ports.get(1),
            "--unsafe-no-fsync",
            "--log-level=warn"));
    server = URI.create("https://127.0.0.1:" + ports.get(2));
    launch(
        Binary.KUBE_APISERVER,
        List.of(
            "--etcd-servers=" + etcd,
            "--bind-address=127.0.0.1",
            "--secure-port=" + ports.get(2),
            "--cert-dir=" + state.resolve("pki"),
            "--tls-cert-file=" + pki("server.crt"),
            "--tls-private-key-file=" + pki("server.key"),
            "--client-ca-file=" + pki("ca.crt"),
            "--token-auth-file=" + pki("tokens.csv"),
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-account-signing-key-file=" + pki("sa.key"),
            "--service-account-key-file=" + pki("sa.pub"),
            "--endpoint-reconciler-type=none",
            "--kubelet-preferred-address-types=InternalIP",
            "--allow-privileged",
            // Shared machines: the bed must not answer 429 unless a test asks for it.
            "--max-requests-inflight=2000",
            "--max-mutating-requests-inflight=1000"));
    admin =
        new Access(
            "admin",
            server,
            certificates.authority().certificatePem(),
            Optional.of(token),
            Optional.empty(),
            "default");
    ApiClient client = new ApiClient(server, certificates.tls(null), admin.token());
    api = client;
    await("kube-apiserver is ready", START_LIMIT, () -> ready(client, "/readyz"));
    await(
        "the default namespace exists",
        START_LIMIT,
        () -> ready(client, "/api/v1/namespaces/default"));
    if (crds.isPresent()) {
      installCrds(crds.get());
    }
    if (parts.contains(Part.CONTROLLERS)) {
      startControllers();
    }
    if (parts.contains(Part.KUBELETS)) {
      startKubelets();
    }
  }

  private static List<Binary> needed(Set<Part> parts) {
    List<Binary> all = new ArrayList<>(List.of(Binary.ETCD, Binary.KUBE_APISERVER, Binary.KUBECTL));
    if (parts.contains(Part.CONTROLLERS)) {
      all.add(Binary.KUBE_CONTROLLER_MANAGER);
      all.add(Binary.KUBE_SCHEDULER);
    }
    if (parts.contains(Part.KUBELETS)) {
      all.add(Binary.KWOK);
    }
    return all;
  }

  private void writePki(String token) throws IOException {
    Files.createDirectories(state.resolve("pki"));
    Certificates.Issued authority = certificates.authority();
    Certificates.Issued own = certificates.server();
    Files.writeString(pki("ca.crt"), authority.certificatePem());
    Files.writeString(pki("server.crt"), own.certificatePem());
    Files.writeString(pki("server.key"), own.keyPem());
    java.security.KeyPair accounts = Certificates.newKeys();
    Files.writeString(
        pki("sa.key"), Certificates.pem("PRIVATE KEY", accounts.getPrivate().getEncoded()));
    Files.writeString(
        pki("sa.pub"), Certificates.pem("PUBLIC KEY", accounts.getPublic().getEncoded()));
    Files.writeString(pki("tokens.csv"), token + ",admin,admin,\"system:masters\"\n");
  }

  private Path pki(String file) {
    return state.resolve("pki").resolve(file);
  }

  private void startControllers() throws UnavailableException, IOException {
    String config = kubeconfig(admin).toString();
    launch(
        Binary.KUBE_CONTROLLER_MANAGER,
        List.of(
            "--kubeconfig=" + config,
            "--service-account-private-key-file=" + pki("sa.key"),
            // Nobody sends heartbeats for the nodes.
            "--node-monitor-grace-period=10h",
            "--leader-elect=false",
            "--secure-port=0"));
    launch(
        Binary.KUBE_SCHEDULER,
        List.of("--kubeconfig=" + config, "--leader-elect=false", "--secure-port=0"));
    await(
        "the controller-manager made a service account",
        START_LIMIT,
        () -> ready(api(), "/api/v1/namespaces/default/serviceaccounts/default"));
  }

  private void startKubelets() throws UnavailableException, IOException {
    Path stages = state.resolve("stages.yaml");
    try (var in = TestCluster.class.getResourceAsStream("stages.yaml")) {
      if (in == null) {
        throw new IOException("stages.yaml is missing from the test bed's resources");
      }
      Files.copy(in, stages);
    }
    addNode("node-1");
    addNode("node-2");
    launch(
        Binary.KWOK,
        List.of(
            "--kubeconfig=" + kubeconfig(admin),
            "--manage-all-nodes",
            "--node-lease-duration-seconds=0",
            "--config=" + stages,
            "--server-address=127.0.0.1:" + freePorts(1).getFirst()));
  }

  /// Adds a node that is Ready and never checked: 8 CPUs, 16 GiB, 110 Pods. Its kubelet, as far as
  /// the API server asks one, is [#podLogs].
  public void addNode(String name) {
    ObjectNode node =
        Manifests.read(
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: %s
                  labels: {kubernetes.io/hostname: %s, kubernetes.io/os: linux}
                status:
                  addresses: [{type: InternalIP, address: 127.0.0.1}]
                  daemonEndpoints: {kubeletEndpoint: {Port: %d}}
                  capacity: {cpu: "8", memory: 16Gi, pods: "110"}
                  allocatable: {cpu: "8", memory: 16Gi, pods: "110"}
                  conditions:
                  - type: Ready
                    status: "True"
                    reason: KubeletReady
                    message: kubelet is posting ready status
                    lastTransitionTime: "%s"
                """
                    .formatted(
                        name,
                        name,
                        podLogs().port(),
                        Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)))
            .getFirst();
    api().create(node);
  }

  /// What answers the API server's questions for container logs, on every node.
  public PodLogs podLogs() {
    if (podLogs == null) {
      podLogs = PodLogs.start(certificates);
    }
    return podLogs;
  }

  private void launch(Binary binary, List<String> arguments)
      throws UnavailableException, IOException {
    List<String> line = new ArrayList<>();
    line.add(binaries.path(binary).toString());
    line.addAll(arguments);
    processes.add(
        SupervisedProcess.start(
            binary.program(),
            line,
            state.resolve(binary.program() + ".log"),
            // what the API server reaches as a proxy is of this machine
            Map.of("NO_PROXY", "*", "no_proxy", "*")));
  }

  private static boolean ready(ApiClient client, String path) {
    try {
      return client.send("GET", path, "", "").status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /// Waits until something holds.
  ///
  /// @throws IllegalStateException when it does not in time, or a process of the cluster ended
  public void await(String what, Duration limit, BooleanSupplier holds) {
    Instant end = Instant.now().plus(limit);
    while (!holds.getAsBoolean()) {
      for (SupervisedProcess p : processes) {
        if (!p.alive()) {
          String words = p.lastWords();
          if (words.contains("address already in use")) {
            throw new PortTakenException();
          }
          throw new IllegalStateException(
              p.name() + " ended while waiting until " + what + ":\n" + words);
        }
      }
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException(
            "not so after " + limit.toSeconds() + " s: " + what + "\n" + words());
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting until " + what, e);
      }
    }
  }

  private String words() {
    StringBuilder all = new StringBuilder();
    for (SupervisedProcess p : processes) {
      all.append("--- ").append(p.name()).append('\n').append(p.lastWords()).append('\n');
    }
    return all.toString();
  }

  /// Installs the CRDs of Flux, for a cluster started without [Part#FLUX].
  public void installFlux() throws UnavailableException {
    installCrds(binaries.fluxCrds());
  }

  private void installCrds(Path folder) {
    List<ObjectNode> crds = new ArrayList<>();
    try (var files = Files.list(folder)) {
      for (Path f : files.sorted().toList()) {
        crds.addAll(Manifests.read(Files.readString(f)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the CRDs in " + folder, e);
    }
    installCrds(crds);
  }

  /// Installs CRDs and waits until their kinds are served.
  public void installCrds(List<ObjectNode> crds) {
    for (ObjectNode crd : crds) {
      api().apply(crd);
    }
    for (ObjectNode crd : crds) {
      String path = api().path(crd);
      await(
          crd.path("metadata").path("name").asString() + " is served",
          Duration.ofSeconds(60),
          () -> established(api().get(path)));
    }
  }

  private boolean established(JsonNode crd) {
    for (JsonNode c : crd.path("status").path("conditions")) {
      if (c.path("type").asString().equals("Established")
          && c.path("status").asString().equals("True")) {
        String group = crd.path("spec").path("group").asString();
        for (JsonNode v : crd.path("spec").path("versions")) {
          String plural = crd.path("spec").path("names").path("plural").asString();
          if (v.path("served").asBoolean()
              && !ready(api(), "/apis/" + group + "/" + v.path("name").asString() + "/" + plural)) {
            return false;
          }
        }
        return true;
      }
    }
    return false;
  }

  /// The API server as its administrator sees it.
  public ApiClient api() {
    if (api == null) {
      throw new IllegalStateException("the cluster is not started");
    }
    return api;
  }

  /// The API server as another user sees it.
  public ApiClient api(Access user) {
    return new ApiClient(
        user.server(), certificates.tls(user.certificate().orElse(null)), user.token());
  }

  public Certificates certificates() {
    return certificates;
  }

  public URI server() {
    return server;
  }

  /// All rights, by a token.
  public Access admin() {
    return admin;
  }

  /// A user without any rights but those that RBAC gives the name or the groups; by certificate.
  public Access user(String name, String... groups) {
    return new Access(
        name,
        server,
        admin.authority(),
        Optional.empty(),
        Optional.of(certificates.client(name, List.of(groups))),
        "default");
  }

  /// A service account, made when it is missing, by a token as Pods get it.
  public Access serviceAccount(String namespace, String name) {
    ObjectNode account =
        Manifests.read(
                "{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: %s, name: %s}}"
                    .formatted(namespace, name))
            .getFirst();
    api().apply(account);
    JsonNode reply =
        api()
            .post(
                api().path(account) + "/token",
                ApiClient.JSON.readTree(
                    "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\","
                        + "\"spec\":{\"expirationSeconds\":7200}}"));
    return new Access(
        name,
        server,
        admin.authority(),
        Optional.of(reply.path("status").path("token").asString()),
        Optional.empty(),
        namespace);
  }

  /// Writes a kubeconfig into the state folder, readable by its owner only.
  public Path kubeconfig(Access user) {
    Path file =
        state.resolve("kubeconfig-" + user.user() + "-" + configs.incrementAndGet() + ".yaml");
    try {
      Files.writeString(file, user.kubeconfig());
      Files.setPosixFilePermissions(
          file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
    return file;
  }

  /// Applies YAML or JSON manifests, in their order, server-side.
  public void apply(String manifests) {
    for (ObjectNode o : Manifests.read(manifests)) {
      api().apply(o);
    }
  }

  /// Runs `kubectl` as a user.
  public Command.Result kubectl(Access user, String... arguments) throws UnavailableException {
    return Command.run(
        binaries.path(Binary.KUBECTL),
        List.of(arguments),
        Map.of("KUBECONFIG", kubeconfig(user).toString(), "HOME", state.toString()));
  }

  /// Runs `helm` as the administrator.
  public Command.Result helm(String... arguments) throws UnavailableException {
    return Command.run(
        binaries.path(Binary.HELM),
        List.of(arguments),
        Map.of("KUBECONFIG", kubeconfig(admin).toString(), "HOME", state.toString()));
  }

  /// Where the cluster keeps its data, logs and kubeconfigs.
  public Path state() {
    return state;
  }

  /// Keeps the folder when the cluster ends, for someone to read the logs.
  public void keepLogs() {
    keep = true;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down: the hook itself stops everything.
      return;
    }
    stop();
  }

  private synchronized void stop() {
    if (api != null) {
      api.close();
      api = null;
    }
    if (podLogs != null) {
      podLogs.close();
      podLogs = null;
    }
    // All at once: nothing of this is needed any more, and order would cost time.
    processes.forEach(SupervisedProcess::askToEnd);
    processes.reversed().forEach(SupervisedProcess::close);
    processes.clear();
    if (keep) {
      Narration.say("the logs of the cluster are kept in " + state);
    } else {
      Binaries.Folders.delete(state);
    }
  }

  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(s);
        ports.add(s.getLocalPort());
      }
    } finally {
      for (ServerSocket s : held) {
        s.close();
      }
    }
    return ports;
  }
}
