package dev.refloat.adapter.registry;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.SemanticVersion;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Answers [Inquiry.ChartVersions] and [Inquiry.ImageTags] by asking the chart repository or
/// registry itself, with the credentials that the cluster's objects name.
///
/// - `Seen`: names or versions, newest first. A registry's tags that are no versions come last.
/// - `Absent`: the server answered that there is no such chart or repository.
/// - `Unreadable`: why there is no answer, such as `unauthorized: …`, `rate limited by …`,
///   `unreachable from here: …`, `TLS: …`. What is reachable from a cluster need not be from here.
///
/// Several threads may ask. An index is read once.
public final class RegistryQuestions implements AutoCloseable {
  /// Enough to read an index of 50 MB on a slow line.
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private static final long MOST_INDEX_BYTES = 128L << 20;
  private static final int MOST_REQUESTS = 200;

  private final Web web;
  private final Duration limit;
  private final long mostIndexBytes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<IndexKey, FutureTask<Map<String, List<String>>>> indexes =
      new ConcurrentHashMap<>();

  private record IndexKey(URI address, Optional<Login> login, Trust trust) {}

  /// @param proxy as the environment's `HTTPS_PROXY` and `NO_PROXY` want it
  public RegistryQuestions(ProxySelector proxy) {
    this(proxy, LIMIT, MOST_REQUESTS, MOST_INDEX_BYTES);
  }

  RegistryQuestions(ProxySelector proxy, Duration limit, int mostRequests, long mostIndexBytes) {
    this.web = new Web(proxy, mostRequests, limit.dividedBy(2));
    this.limit = limit;
    this.mostIndexBytes = mostIndexBytes;
  }

  /// Answers within 15 seconds. Other inquiries than the two are `Unreadable`.
  public Observation<Answer> ask(Inquiry inquiry, ObjectLookup cluster) {
    Future<Observation<Answer>> future = threads.submit(() -> answer(inquiry, cluster));
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      return new Observation.Unreadable<>("timed out after " + limit.toSeconds() + "s");
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      return new Observation.Unreadable<>("interrupted");
    } catch (ExecutionException e) {
      // Nothing known leads here; one odd answer must not end the whole diagnosis.
      return new Observation.Unreadable<>("unexpected " + nameOf(e.getCause()));
    }
  }

  private static String nameOf(@Nullable Throwable t) {
    return t == null ? "failure" : t.getClass().getSimpleName();
  }

  private Observation<Answer> answer(Inquiry inquiry, ObjectLookup cluster) {
    try {
      return switch (inquiry) {
        case Inquiry.ChartVersions(var source, var chart) ->
            new Observation.Seen<>(new Answer.Names(charts(source, chart, cluster)));
        case Inquiry.ImageTags i -> new Observation.Seen<>(new Answer.Names(tags(i, cluster)));
        case Inquiry.ListOf _,
            Inquiry.ObjectNamed _,
            Inquiry.ContainerLog _,
            Inquiry.HelmRecordNames _,
            Inquiry.HelmRecordNamed _ ->
            new Observation.Unreadable<>("not a question for a registry");
      };
    } catch (Unanswered e) {
      return e.isAbsent() ? new Observation.Absent<>() : new Observation.Unreadable<>(e.why());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Observation.Unreadable<>("interrupted");
    }
  }

  private List<String> charts(ObjectRef ref, String chart, ObjectLookup cluster)
      throws Unanswered, InterruptedException {
    Resource source = read(ref, cluster);
    String url = source.spec("url").text();
    boolean oci = url.toLowerCase(Locale.ROOT).startsWith("oci://");
    if (source.spec("proxySecretRef", "name").scalar().isPresent()) {
      throw Unanswered.because("not asked: the cluster reaches it through a proxy of its own");
    }
    return switch (ref.kind()) {
      case "OCIRepository" -> {
        if (!oci) {
          throw Unanswered.because("its address is not one of a registry");
        }
        yield chartVersions(registryOf(source, url, cluster), pathOf(url));
      }
      case "HelmRepository" ->
          oci ? ociCharts(source, url, chart, cluster) : indexed(source, url, chart, cluster);
      default -> throw Unanswered.because("not asked: a " + ref.kind() + " lists no versions");
    };
  }

  private List<String> indexed(Resource source, String url, String chart, ObjectLookup cluster)
      throws Unanswered, InterruptedException {
    Map<String, List<String>> index =
        index(new IndexKey(indexAddress(url), basicLogin(source, cluster), trust(source, cluster)));
    if (chart.isEmpty()) {
      return index.keySet().stream().sorted().toList();
    }
    List<String> versions = index.get(chart);
    if (versions == null) {
      throw Unanswered.absent("no chart of this name");
    }
    return versions.stream().distinct().sorted(SemanticVersion.NEWEST_FIRST).toList();
  }

  private List<String> ociCharts(Resource source, String url, String chart, ObjectLookup cluster)
      throws Unanswered, InterruptedException {
    OciRegistry registry = registryOf(source, url, cluster);
    String path = pathOf(url);
    String prefix = path.isEmpty() ? "" : path + "/";
    if (!chart.isEmpty()) {
      return chartVersions(registry, prefix + chart);
    }
    return registry.repositories().stream()
        .filter(r -> r.startsWith(prefix))
        .map(r -> r.substring(prefix.length()))
        .sorted()
        .toList();
  }

  /// A tag cannot hold a plus sign: Helm writes `1.2.3+a` as `1.2.3_a`, and lists only versions.
  private static List<String> chartVersions(OciRegistry registry, String repository)
      throws Unanswered, InterruptedException {
    return registry.tags(repository).stream()
        .map(t -> t.replace('_', '+'))
        .distinct()
        .sorted(SemanticVersion.NEWEST_FIRST)
        .toList();
  }

  private List<String> tags(Inquiry.ImageTags inquiry, ObjectLookup cluster)
      throws Unanswered, InterruptedException {
    ImageReference image =
        ImageReference.parse(inquiry.image())
            .orElseThrow(() -> Unanswered.because("not asked: the image's name is not valid"));
    DockerConfig logins = new DockerConfig();
    Optional<Unanswered> unread = Optional.empty();
    for (String name : inquiry.pullSecrets()) {
      try {
        addLogins(logins, secret(inquiry.namespace(), name, cluster));
      } catch (Unanswered e) {
        unread = Optional.of(e);
      }
    }
    Optional<Login> login = logins.loginFor(image.registry(), image.repository());
    try {
      return new OciRegistry(web, isLoopback(image.server()), image.server(), Trust.SYSTEM, login)
          .tags(image.repository()).stream().sorted(SemanticVersion.NEWEST_FIRST).toList();
    } catch (Unanswered e) {
      // Without the Secret, a refusal says nothing about the repository.
      if (unread.isPresent() && login.isEmpty() && e.why().startsWith("unauthorized")) {
        throw Unanswered.because(e.why() + "; " + unread.get().why());
      }
      throw e;
    }
  }

  private Map<String, List<String>> index(IndexKey key) throws Unanswered, InterruptedException {
    FutureTask<Map<String, List<String>>> task =
        indexes.computeIfAbsent(key, k -> new FutureTask<>(fetch(k)));
    // Runs in the first thread that comes; in others this does nothing, and they wait below.
    task.run();
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Unanswered u -> throw u;
        case null, default -> throw new IllegalStateException("reading an index failed", e);
      }
    }
  }

  private Callable<Map<String, List<String>>> fetch(IndexKey key) {
    return () -> {
      try (Web.Reply reply =
          web.get(
              key.address(),
              key.login().map(Login::header),
              "application/yaml, text/yaml, */*;q=0.5",
              key.trust(),
              mostIndexBytes)) {
        String host = Web.host(reply.from());
        switch (reply.status()) {
          case 200 -> {}
          case 401 ->
              throw Unanswered.because(
                  key.login().isPresent()
                      ? "unauthorized: " + host + " refuses the credentials"
                      : "unauthorized: " + host + " wants credentials, and the source has none");
          case 403 -> throw Unanswered.because("forbidden by " + host);
          case 404 -> throw Unanswered.because("not found: " + host + " has no index.yaml there");
          case 429 -> throw rateLimited(reply);
          default -> throw Unanswered.because(host + " answers " + reply.status());
        }
        return HelmIndex.read(reply.body(), host);
      } catch (InterruptedException e) {
        // Whoever waits for the same index waits no longer.
        throw Unanswered.because("timed out: " + Web.host(key.address()) + " is too slow");
      } catch (IOException e) {
        throw Web.unreachable(key.address(), e);
      }
    };
  }

  static Unanswered rateLimited(Web.Reply reply) {
    String after =
        reply
            .header("Retry-After")
            .filter(a -> a.length() < 10 && a.chars().allMatch(Character::isDigit))
            .map(a -> ", for " + a + "s")
            .orElse("");
    return Unanswered.because("rate limited by " + Web.host(reply.from()) + after);
  }

  private static URI indexAddress(String url) throws Unanswered {
    try {
      URI base = new URI(url.strip());
      String scheme = String.valueOf(base.getScheme()).toLowerCase(Locale.ROOT);
      if (base.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
        throw Unanswered.because("its address is not one of http or https");
      }
      String path = base.getRawPath() == null ? "" : base.getRawPath();
      String query = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
      return new URI(
          scheme
              + "://"
              + Web.host(base)
              + (path.endsWith("/") ? path : path + "/")
              + "index.yaml"
              + query);
    } catch (java.net.URISyntaxException e) {
      throw Unanswered.because("its address is not one of http or https");
    }
  }

  private OciRegistry registryOf(Resource source, String url, ObjectLookup cluster)
      throws Unanswered {
    String place = url.substring("oci://".length());
    int slash = place.indexOf('/');
    String host = slash < 0 ? place : place.substring(0, slash);
    String provider = source.spec("provider").text("generic");
    Optional<String> secret = source.spec("secretRef", "name").scalar();
    Optional<Login> login = Optional.empty();
    if (secret.isPresent()) {
      Json data = secret(source.namespace(), secret.get(), cluster);
      DockerConfig logins = new DockerConfig();
      addLogins(logins, data);
      String registry = host.equals("registry-1.docker.io") ? "docker.io" : host;
      login = logins.isEmpty() ? login(data) : logins.loginFor(registry, pathOf(url));
    } else if (!provider.equals("generic")) {
      throw Unanswered.because(
          "not asked: the cluster logs in with its own identity at " + provider);
    }
    boolean plain = source.spec("insecure").isTrue();
    String server =
        host.equals("docker.io") || host.equals("index.docker.io") ? "registry-1.docker.io" : host;
    return new OciRegistry(web, plain, server, trust(source, cluster), login);
  }

  private static String pathOf(String ociUrl) {
    String place = ociUrl.substring("oci://".length());
    int slash = place.indexOf('/');
    String path = slash < 0 ? "" : place.substring(slash + 1);
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static boolean isLoopback(String host) {
    String name = host.replaceFirst(":[0-9]+$", "");
    return name.equals("localhost") || name.startsWith("127.") || name.equals("[::1]");
  }

  private static Resource read(ObjectRef ref, ObjectLookup cluster) throws Unanswered {
    return switch (cluster.read(ref)) {
      case Observation.Seen<Resource>(var resource) -> resource;
      case Observation.Absent<Resource> _ ->
          throw Unanswered.because("there is no " + ref.display());
      case Observation.Unreadable<Resource>(var why) ->
          throw Unanswered.because(ref.display() + " cannot be read: " + why);
    };
  }

  private static Json secret(String namespace, String name, ObjectLookup cluster)
      throws Unanswered {
    return read(new ObjectRef("v1", "Secret", namespace, name), cluster).at("data");
  }

  private static Optional<Login> basicLogin(Resource source, ObjectLookup cluster)
      throws Unanswered {
    Optional<String> name = source.spec("secretRef", "name").scalar();
    return name.isEmpty()
        ? Optional.empty()
        : login(secret(source.namespace(), name.get(), cluster));
  }

  private static Optional<Login> login(Json data) {
    String user = decoded(data, "username");
    return user.isEmpty()
        ? Optional.empty()
        : Optional.of(new Login(user, decoded(data, "password")));
  }

  private static void addLogins(DockerConfig logins, Json data) throws Unanswered {
    String config = decoded(data, ".dockerconfigjson");
    if (config.isEmpty()) {
      return;
    }
    try {
      logins.add(config);
    } catch (MalformedInput e) {
      throw Unanswered.because("the pull secret is not JSON");
    }
  }

  /// `certSecretRef`, and the older keys of `secretRef` (source-controller, v1beta2).
  private static Trust trust(Resource source, ObjectLookup cluster) throws Unanswered {
    Optional<String> name = source.spec("certSecretRef", "name").scalar();
    if (name.isPresent()) {
      Json data = secret(source.namespace(), name.get(), cluster);
      return new Trust(
          either(data, "ca.crt", "caFile"),
          either(data, "tls.crt", "certFile"),
          either(data, "tls.key", "keyFile"));
    }
    Optional<String> old = source.spec("secretRef", "name").scalar();
    if (old.isPresent()) {
      Json data = secret(source.namespace(), old.get(), cluster);
      return new Trust(
          decoded(data, "caFile"), decoded(data, "certFile"), decoded(data, "keyFile"));
    }
    return Trust.SYSTEM;
  }

  private static String either(Json data, String key, String older) {
    String value = decoded(data, key);
    return value.isEmpty() ? decoded(data, older) : value;
  }

  private static String decoded(Json data, String key) {
    try {
      return new String(Base64.getDecoder().decode(data.get(key).text()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    web.close();
  }
}
