package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.helm.HelmStorage;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.json.Pruning;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.ClusterReader;
import dev.refloat.port.ClusterWriter;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Reads a live cluster through its API server. Inquiries are answered in parallel over one
/// connection;
/// answers are parsed while they arrive, without what no rule looks at.
///
/// Objects that are asked for by name keep the keys of a Secret's data, never the values.
public final class LiveCluster implements ClusterReader {

  /// Requests under way at once. More gain nothing: they share one connection and few cores.
  static final int PARALLEL = 12;

  /// Questions to repositories and registries under way at once.
  private static final int PARALLEL_OUTSIDE = 4;

  /// Items of a page. Large pages save round trips and the server's work to find its place again.
  static final int PAGE = 1_000;

  /// How often a list is begun anew when its continue token ran out. The last time it is read in
  /// one
  /// piece.
  private static final int RESTARTS = 2;

  /// Of a log: [Inquiry.ContainerLog#TAIL_LINES] lines of a reasonable length.
  private static final int LOG_BYTES = 256 * 1024;

  /// Of an answer that only has to come.
  private static final int SMALL = 4 * 1024;

  /// One page of a list.
  private static final Limits PAGE_LIMITS = new Limits(512L * 1024 * 1024, 100, 12_000_000);

  private static final String METADATA_LIST =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

  /// Says that a value is there without telling it.
  private static final Json MASKED = new Json.Str("***");

  private static final Pruning LEAN =
      Pruning.NOTHING
          .without("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
          .without("status", "images");

  private static final Pruning LEANER = LEAN.without("metadata", "managedFields");

  private final ApiClient api;
  private final Discovery discovery;
  private final RequestLog log;
  private final OutsideQuestions outside;
  private final Set<String> namespaces;
  private final Instant takenAt;
  private final Semaphore outsideSlots = new Semaphore(PARALLEL_OUTSIDE, true);
  private final ReentrantLock greeting = new ReentrantLock();
  private boolean greeted;

  /// Why the greeting that [#begin] sent came to nothing; told once.
  private @Nullable UnusableCluster refused;
  private final Map<Kind, Discovery.Served> versions = new ConcurrentHashMap<>();

  LiveCluster(
      ApiClient api,
      RequestLog log,
      OutsideQuestions outside,
      Collection<String> namespaces,
      Instant takenAt) {
    this.api = api;
    this.discovery = new Discovery(api);
    this.log = log;
    this.outside = outside;
    Set<String> known = new LinkedHashSet<>(namespaces);
    api.connection().namespace().ifPresent(known::add);
    this.namespaces = Set.copyOf(known);
    this.takenAt = takenAt;
  }

  /// Works out the connection. Nothing is sent yet, but a credential plugin may run.
  ///
  /// @param namespaces that the user named: where a kind may not be listed everywhere, it is listed
  ///     in
  ///     these and in the namespace of the context
  /// @throws UnusableCluster when there is no way to connect
  public static LiveCluster connect(
      ConnectionOptions options,
      Surroundings around,
      Clock clock,
      OutsideQuestions outside,
      Collection<String> namespaces) {
    RequestLog log = new RequestLog();
    Connection connection = Connection.open(options, around, clock);
    ApiClient api =
        new ApiClient(connection, options.requestTimeout(), RetryPolicy.DEFAULT, PARALLEL, log);
    return new LiveCluster(api, log, outside, namespaces, clock.instant());
  }

  /// The names of all contexts, for completion and choices.
  ///
  /// @throws UnusableCluster when a kubeconfig cannot be read
  public static List<String> contexts(ConnectionOptions options, Surroundings around) {
    return KubeConfig.load(options, around).contextNames();
  }

  /// Opens the connection in the background, while the caller still gets ready: a first TLS
  /// handshake takes as long as all else before the first question. What goes wrong is told to who
  /// asks first.
  public void begin() {
    Thread.startVirtualThread(
        () -> {
          greeting.lock();
          try {
            greet();
          } catch (UnusableCluster e) {
            refused = e;
          } finally {
            greeting.unlock();
          }
        });
  }

  /// Everything that was asked of the API server so far.
  public RequestLog requests() {
    return log;
  }

  /// The name of the context in use, and where it leads: for headings and errors.
  public String description() {
    return api.connection().context() + " at " + api.connection().server();
  }

  /// The namespace of the context, for commands without `-n`.
  public Optional<String> defaultNamespace() {
    return api.connection().namespace();
  }

  /// Tells when a HelmRelease changes.
  ///
  /// @param namespace empty: everywhere
  public ReleaseChanges changes(String namespace) {
    return new ReleaseChanges(api, () -> served(Kind.HELM_RELEASE), namespace);
  }

  @Override
  public Instant takenAt() {
    return takenAt;
  }

  /// {@inheritDoc}
  ///
  /// Where a kind may not be listed in the whole cluster, its lists in the namespaces at hand are
  /// answered too, as inquiries of their own.
  ///
  /// @throws UnusableCluster when the server was never reached, or never accepted the credentials
  @Override
  public Map<Inquiry, Observation<Answer>> ask(Collection<? extends Inquiry> inquiries) {
    Map<Inquiry, Future<Observation<Answer>>> running = new LinkedHashMap<>();
    Map<Inquiry, Observation<Answer>> answers = new LinkedHashMap<>();
    Map<Inquiry, Observation<Answer>> besides = new ConcurrentHashMap<>();
    greet();
    discovery.forget();
    try (ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Inquiry inquiry : new LinkedHashSet<>(inquiries)) {
        running.put(inquiry, tasks.submit(() -> observe(inquiry, besides)));
      }
      try {
        for (Map.Entry<Inquiry, Future<Observation<Answer>>> task : running.entrySet()) {
          answers.put(task.getKey(), task.getValue().get());
        }
      } catch (InterruptedException e) {
        tasks.shutdownNow();
        Thread.currentThread().interrupt();
        running.keySet().forEach(i -> answers.putIfAbsent(i, unreadable("interrupted")));
      } catch (ExecutionException e) {
        tasks.shutdownNow();
        if (e.getCause() instanceof UnusableCluster unusable) {
          throw unusable;
        }
        throw new IllegalStateException("reading the cluster failed", e.getCause());
      }
    }
    besides.forEach(answers::putIfAbsent);
    return answers;
  }

  /// Opens the connection with one small request. Many first requests at once would each open their
  /// own, at the price of as many TLS handshakes; and what is wrong with the server or the
  /// credentials
  /// as a whole is said once.
  private void greet() {
    greeting.lock();
    try {
      UnusableCluster known = refused;
      if (known != null) {
        refused = null;
        throw known;
      }
      if (!greeted) {
        api.read(
            new ApiClient.Question(RequestLog.Purpose.DISCOVERY, "/version", "", ApiClient.JSON),
            body -> JsonTrees.read("version of the server", body, Limits.DOCUMENT));
        greeted = true;
      }
    } catch (ApiFailure e) {
      greeted =
          switch (e.type()) {
            case FORBIDDEN, NOT_FOUND -> true; // it answers, and knows us
            case UNAUTHORIZED, UNREACHABLE, EXPIRED, REFUSED, FAILED -> throw unusable(e);
          };
    } finally {
      greeting.unlock();
    }
  }

  private UnusableCluster unusable(ApiFailure failure) {
    Connection c = api.connection();
    String next =
        switch (failure.type()) {
          case UNAUTHORIZED ->
              "Log in again, or check the user of context " + c.context() + " in the kubeconfig.";
          case UNREACHABLE ->
              failure.why().startsWith("TLS")
                  ? "Check certificate-authority and the server's name in the kubeconfig, or the clock."
                  : "Check the network, a VPN or proxy, and the server in the kubeconfig; "
                      + "or choose another context with --context.";
          case FORBIDDEN, NOT_FOUND, EXPIRED, REFUSED, FAILED ->
              "Check the server in the kubeconfig, or try again later.";
        };
    return new UnusableCluster(
        "cluster "
            + c.context()
            + " at "
            + c.server()
            + c.proxy().map(p -> " through proxy " + p).orElse(""),
        failure.why(),
        next,
        failure);
  }

  private static <T> Observation<T> unreadable(String why) {
    return new Observation.Unreadable<>(why);
  }

  private Observation<Answer> observe(Inquiry inquiry, Map<Inquiry, Observation<Answer>> besides)
      throws InterruptedException {
    try {
      return switch (inquiry) {
        case Inquiry.ListOf(var kind, var namespace) -> listOf(kind, namespace, besides);
        case Inquiry.ObjectNamed(var ref) -> objectNamed(ref);
        case Inquiry.ContainerLog log -> containerLog(log);
        case Inquiry.HelmRecordNames(var namespace, var release) -> records(namespace, release);
        case Inquiry.HelmRecordNamed(var namespace, var secret) -> helmRecord(namespace, secret);
        case Inquiry.ChartVersions _, Inquiry.ImageTags _ -> outside(inquiry);
      };
    } catch (ApiFailure e) {
      return unreadable(e.why());
    }
  }

  private Observation<Answer> outside(Inquiry inquiry) throws InterruptedException {
    outsideSlots.acquire();
    try {
      return outside.ask(inquiry, this);
    } finally {
      outsideSlots.release();
    }
  }

  private Observation<Answer> listOf(
      Kind kind, String namespace, Map<Inquiry, Observation<Answer>> besides) throws ApiFailure {
    try {
      return list(kind, namespace);
    } catch (ApiFailure e) {
      if (e.type() != ApiFailure.Type.FORBIDDEN || !namespace.isEmpty() || !kind.namespaced()) {
        throw e;
      }
      for (String known : namespaces) {
        Observation<Answer> there;
        try {
          there = list(kind, known);
        } catch (ApiFailure inOne) {
          there = unreadable(inOne.why());
        }
        besides.put(new Inquiry.ListOf(kind, known), there);
      }
      throw e;
    }
  }

  private Observation<Answer> list(Kind kind, String namespace) throws ApiFailure {
    Discovery.@Nullable Served served = versions.get(kind);
    Discovery.Served tried = served == null ? expected(kind, kind.versions().getFirst()) : served;
    List<Resource> items;
    try {
      items = listServed(kind, tried, namespace);
    } catch (ApiFailure e) {
      if (e.type() != ApiFailure.Type.NOT_FOUND) {
        throw e;
      }
      Optional<Discovery.Served> other = discovered(kind);
      if (other.isEmpty()) {
        return new Observation.Absent<>();
      }
      tried = other.get();
      items = listServed(kind, tried, namespace);
    }
    versions.put(kind, tried);
    return new Observation.Seen<>(new Answer.Objects(items));
  }

  private static Discovery.Served expected(Kind kind, String version) {
    return new Discovery.Served(kind.kindName(), version, kind.plural(), kind.namespaced());
  }

  private Optional<Discovery.Served> discovered(Kind kind) throws ApiFailure {
    List<Discovery.Served> served = discovery.find(kind.group(), kind.kindName());
    return kind.versions().stream()
        .flatMap(v -> served.stream().filter(s -> s.version().equals(v)))
        .findFirst();
  }

  /// The version in which a kind is read; none when the server does not have it.
  private Optional<Discovery.Served> served(Kind kind) throws ApiFailure {
    Discovery.@Nullable Served known = versions.get(kind);
    return known == null ? discovered(kind) : Optional.of(known);
  }

  private List<Resource> listServed(Kind kind, Discovery.Served served, String namespace)
      throws ApiFailure {
    if (kind != Kind.EVENT) {
      return pages(kind, served, namespace, Map.of());
    }
    // Warnings, and what helm-controller reports as normal: that it could not apply the HelmChart,
    // which nothing else tells, and which actions succeeded, which tells how long they took
    // (flux-facts §2, §4).
    List<Resource> events =
        new ArrayList<>(pages(kind, served, namespace, Map.of("fieldSelector", "type!=Normal")));
    events.addAll(
        pages(
            kind,
            served,
            namespace,
            Map.of("fieldSelector", "type=Normal,involvedObject.kind=HelmRelease")));
    return events;
  }

  private List<Resource> pages(
      Kind kind, Discovery.Served served, String namespace, Map<String, String> selector)
      throws ApiFailure {
    String path =
        Paths.collection(
            kind.group(), served.version(), kind.namespaced() ? namespace : "", served.plural());
    for (int start = 0; ; start++) {
      List<Resource> items = new ArrayList<>();
      String token = "";
      try {
        do {
          Map<String, String> query = new LinkedHashMap<>(selector);
          if (start < RESTARTS) {
            query.put("limit", Integer.toString(PAGE));
          }
          if (!token.isEmpty()) {
            query.put("continue", token);
          }
          token = page(kind, served, path, query, items);
        } while (!token.isEmpty());
        return items;
      } catch (ApiFailure e) {
        if (e.type() != ApiFailure.Type.EXPIRED || token.isEmpty() || start >= RESTARTS) {
          throw e;
        }
      }
    }
  }

  /// Adds one page and returns the token of the next, empty after the last.
  private String page(
      Kind kind,
      Discovery.Served served,
      String path,
      Map<String, String> query,
      List<Resource> items)
      throws ApiFailure {
    boolean metadata = kind.detail() == Kind.Detail.METADATA;
    Pruning pruning = pruning(kind);
    int mark = items.size();
    JsonTrees.ListHead head =
        api.read(
            new ApiClient.Question(
                RequestLog.Purpose.LIST,
                path,
                Paths.query(query),
                metadata ? METADATA_LIST : ApiClient.JSON),
            body -> {
              items.subList(mark, items.size()).clear(); // what a lost connection left
              return JsonTrees.readList(
                  "list of " + kind.plural(),
                  body,
                  PAGE_LIMITS,
                  _ -> pruning,
                  (item, _) -> items.add(resource(kind.group(), served, item)));
            });
    return head.continueToken();
  }

  /// Items of a list do not say their kind; metadata alone says a wrong one.
  private static Resource resource(String group, Discovery.Served served, Json.Obj item) {
    String apiVersion = group.isEmpty() ? served.version() : group + "/" + served.version();
    Json metadata = item.get("metadata");
    Json.Obj whole =
        item.get("apiVersion").text().equals(apiVersion)
                && item.get("kind").text().equals(served.kind())
            ? item
            : item.with("apiVersion", new Json.Str(apiVersion))
                .with("kind", new Json.Str(served.kind()));
    return new Resource(
        new ObjectRef(
            apiVersion,
            served.kind(),
            metadata.get("namespace").text(),
            metadata.get("name").text()),
        whole);
  }

  /// `managedFields` tell who suspended a release and who changed what it made; elsewhere they are
  /// a
  /// third of the bytes for nothing.
  private static Pruning pruning(Kind kind) {
    return switch (kind) {
      case HELM_RELEASE, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, SERVICE, CONFIG_MAP -> LEAN;
      case HELM_CHART,
          HELM_REPOSITORY,
          OCI_REPOSITORY,
          GIT_REPOSITORY,
          BUCKET,
          EXTERNAL_ARTIFACT,
          KUSTOMIZATION,
          REPLICA_SET,
          JOB,
          POD,
          PERSISTENT_VOLUME_CLAIM,
          PERSISTENT_VOLUME,
          STORAGE_CLASS,
          ENDPOINT_SLICE,
          EVENT,
          NAMESPACE,
          NODE,
          RESOURCE_QUOTA,
          SERVICE_ACCOUNT,
          SECRET,
          CUSTOM_RESOURCE_DEFINITION,
          VALIDATING_WEBHOOK,
          MUTATING_WEBHOOK,
          VOLUME_SNAPSHOT,
          VOLUME_SNAPSHOT_CLASS ->
          LEANER;
    };
  }

  private Observation<Answer> objectNamed(ObjectRef ref) throws ApiFailure {
    Observation<Json> found = object(ref);
    return switch (found) {
      case Observation.Seen<Json>(var root) ->
          new Observation.Seen<>(new Answer.OneObject(Resource.of(masked(ref, root))));
      case Observation.Absent<Json> _ -> new Observation.Absent<>();
      case Observation.Unreadable<Json>(var why) -> unreadable(why);
    };
  }

  private static Json masked(ObjectRef ref, Json root) {
    if (!ref.kind().equals("Secret") || !ref.group().isEmpty() || !(root instanceof Json.Obj o)) {
      return root;
    }
    Json.Obj out = o;
    for (String field : List.of("data", "stringData")) {
      if (o.get(field) instanceof Json.Obj data) {
        Json.Builder keys = Json.builder();
        data.forEach((key, _) -> keys.put(key, MASKED));
        out = out.with(field, keys.build());
      }
    }
    return out;
  }

  /// What a Service answers, through the API server's proxy: asked once, in the time given.
  ///
  /// @param port a number or a name
  /// @param path begins with a slash
  public HttpAnswer ask(
      String namespace, String service, String port, boolean tls, String path, Duration atMost) {
    if (!Paths.isName(namespace) || !Paths.isName(service) || !Paths.isName(port)) {
      return HttpAnswer.none("not a name that Kubernetes allows");
    }
    String proxy =
        Paths.collection("", "v1", namespace, "services")
            + "/"
            + (tls ? "https:" : "")
            + service
            + ":"
            + port
            + "/proxy"
            + path;
    try {
      api.follow(
          new ApiClient.Question(RequestLog.Purpose.GET, proxy, "", "*/*"),
          atMost,
          body -> body.readNBytes(SMALL));
      return new HttpAnswer(200, "");
    } catch (ApiFailure e) {
      return new HttpAnswer(e.status(), e.why());
    }
  }

  /// Writes to the same cluster, over the same connection and as the same user.
  public ClusterWriter writer() {
    return new LiveWriter(api, this);
  }

  /// Asks the same server what it would say to objects.
  public DryRuns dryRuns() {
    return new DryRuns(api, this, discovery);
  }

  /// One object as it is, Secrets included.
  Observation<Json> object(ObjectRef ref) throws ApiFailure {
    if (!Paths.isName(ref.name())
        || (!ref.namespace().isEmpty() && !Paths.isName(ref.namespace()))) {
      return unreadable("not a name that Kubernetes allows");
    }
    Optional<Discovery.Served> served = servedFor(ref);
    if (served.isEmpty()) {
      return new Observation.Absent<>();
    }
    try {
      return new Observation.Seen<>(get(ref, served.get()));
    } catch (ApiFailure e) {
      if (e.type() != ApiFailure.Type.NOT_FOUND) {
        throw e;
      }
    }
    // No such object, or not in that version.
    Optional<Kind> kind = Kind.of(ref.group(), ref.kind());
    if (kind.isPresent() && !versions.containsKey(kind.get()) && kind.get().ofFlux()) {
      Optional<Discovery.Served> other = discovered(kind.get());
      if (other.isPresent() && !other.get().version().equals(served.get().version())) {
        try {
          return new Observation.Seen<>(get(ref, other.get()));
        } catch (ApiFailure e) {
          if (e.type() != ApiFailure.Type.NOT_FOUND) {
            throw e;
          }
        }
      }
    }
    return new Observation.Absent<>();
  }

  Optional<Discovery.Served> servedFor(ObjectRef ref) throws ApiFailure {
    Optional<Kind> kind = Kind.of(ref.group(), ref.kind());
    if (kind.isPresent()) {
      Discovery.@Nullable Served known = versions.get(kind.get());
      return Optional.of(
          known == null ? expected(kind.get(), kind.get().versions().getFirst()) : known);
    }
    List<Discovery.Served> all = discovery.find(ref.group(), ref.kind());
    int slash = ref.apiVersion().indexOf('/');
    String version = ref.apiVersion().substring(slash + 1);
    return all.stream()
        .filter(s -> s.version().equals(version))
        .findFirst()
        .or(() -> all.stream().findFirst());
  }

  private Json get(ObjectRef ref, Discovery.Served served) throws ApiFailure {
    String path =
        Paths.collection(
                ref.group(),
                served.version(),
                served.namespaced() ? ref.namespace() : "",
                served.plural())
            + "/"
            + Paths.segment(ref.name());
    return api.read(
        new ApiClient.Question(RequestLog.Purpose.GET, path, "", ApiClient.JSON),
        body -> JsonTrees.read(ref.display(), body, Limits.DOCUMENT, LEAN));
  }

  /// The data of a Secret: for those who must log in somewhere with it. Never part of an answer.
  public Observation<Map<String, byte[]>> secretData(String namespace, String name) {
    try {
      return switch (object(new ObjectRef("v1", "Secret", namespace, name))) {
        case Observation.Seen<Json>(var root) -> new Observation.Seen<>(decoded(root));
        case Observation.Absent<Json> _ -> new Observation.Absent<>();
        case Observation.Unreadable<Json>(var why) -> unreadable(why);
      };
    } catch (ApiFailure e) {
      return unreadable(e.why());
    }
  }

  private static Map<String, byte[]> decoded(Json secret) {
    Map<String, byte[]> data = new LinkedHashMap<>();
    secret
        .get("data")
        .strings()
        .forEach(
            (key, value) -> {
              try {
                data.put(key, Base64.getDecoder().decode(value));
              } catch (IllegalArgumentException e) {
                data.put(key, new byte[0]); // the API server lets no such thing in
              }
            });
    return data;
  }

  private Observation<Answer> containerLog(Inquiry.ContainerLog log) throws ApiFailure {
    if (!Paths.isName(log.namespace())
        || !Paths.isName(log.pod())
        || !Paths.isName(log.container())) {
      return unreadable("not a name that Kubernetes allows");
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("container", log.container());
    query.put("tailLines", Integer.toString(Inquiry.ContainerLog.TAIL_LINES));
    query.put("limitBytes", Integer.toString(LOG_BYTES));
    if (log.previous()) {
      query.put("previous", "true");
    }
    String path =
        Paths.collection("", "v1", log.namespace(), "pods")
            + "/"
            + Paths.segment(log.pod())
            + "/log";
    try {
      String text =
          api.read(
              new ApiClient.Question(RequestLog.Purpose.LOG, path, Paths.query(query), "*/*"),
              LiveCluster::text);
      return new Observation.Seen<>(new Answer.Text(text));
    } catch (ApiFailure e) {
      // 404: no such pod; 400: no such container, not started yet, or no earlier run.
      if (e.type() == ApiFailure.Type.NOT_FOUND || e.status() == 400) {
        return new Observation.Absent<>();
      }
      throw e;
    }
  }

  private static String text(InputStream body) throws java.io.IOException {
    return new String(body.readNBytes(LOG_BYTES), StandardCharsets.UTF_8);
  }

  private Observation<Answer> records(String namespace, String release) throws ApiFailure {
    if (!Paths.isName(namespace) || !Paths.isName(release)) {
      return unreadable("not a name that Kubernetes allows");
    }
    Kind kind = Kind.SECRET;
    Map<String, String> selector = Map.of("labelSelector", "owner=helm,name=" + release);
    List<Resource> found =
        pages(kind, expected(kind, kind.versions().getFirst()), namespace, selector);
    return new Observation.Seen<>(new Answer.Objects(found));
  }

  private Observation<Answer> helmRecord(String namespace, String secret) throws ApiFailure {
    return switch (object(new ObjectRef("v1", "Secret", namespace, secret))) {
      case Observation.Seen<Json>(var root) -> {
        try {
          yield new Observation.Seen<>(new Answer.Release(HelmStorage.decode(Resource.of(root))));
        } catch (MalformedInput e) {
          yield unreadable(Words.line(e.problem()));
        }
      }
      case Observation.Absent<Json> _ -> new Observation.Absent<>();
      case Observation.Unreadable<Json>(var why) -> unreadable(why);
    };
  }

  @Override
  public void close() {
    api.close();
  }
}
