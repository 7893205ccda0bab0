package dev.refloat.adapter.registry;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.SemanticVersion;
import java.net.ProxySelector;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
  private final LocalLogins local;
  private final Indexes indexes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param proxy as the environment's `HTTPS_PROXY` and `NO_PROXY` want it
  public RegistryQuestions(ProxySelector proxy) {
    this(proxy, LocalLogins.NONE, LIMIT, MOST_REQUESTS, MOST_INDEX_BYTES);
  }

  /// @param local logins of this machine, for what the objects name no credentials for
  public RegistryQuestions(ProxySelector proxy, LocalLogins local) {
    this(proxy, local, LIMIT, MOST_REQUESTS, MOST_INDEX_BYTES);
  }

  RegistryQuestions(ProxySelector proxy, Duration limit, int mostRequests, long mostIndexBytes) {
    this(proxy, LocalLogins.NONE, limit, mostRequests, mostIndexBytes);
  }

  private RegistryQuestions(
      ProxySelector proxy,
      LocalLogins local,
      Duration limit,
      int mostRequests,
      long mostIndexBytes) {
    this.web = new Web(proxy, mostRequests, limit.dividedBy(2));
    this.local = local;
    this.limit = limit;
    this.indexes = new Indexes(web, mostIndexBytes);
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

  private SourceAccess access(ObjectLookup cluster) {
    return new SourceAccess(web, cluster, local);
  }

  private List<String> charts(ObjectRef ref, String chart, ObjectLookup cluster)
      throws Unanswered, InterruptedException {
    Resource source = access(cluster).read(ref);
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
        yield chartVersions(access(cluster).registryOf(source, url), SourceAccess.pathOf(url));
      }
      case "HelmRepository" ->
          oci ? ociCharts(source, url, chart, cluster) : indexed(source, url, chart, cluster);
      default -> throw Unanswered.because("not asked: a " + ref.kind() + " lists no versions");
    };
  }

  private List<String> indexed(Resource source, String url, String chart, ObjectLookup cluster)
      throws Unanswered, InterruptedException {
    HelmIndex index =
        indexes.of(url, access(cluster).basicLogin(source, url), access(cluster).trust(source));
    if (chart.isEmpty()) {
      return index.charts().stream().sorted().toList();
    }
    List<HelmIndex.Entry> entries =
        index.entries(chart).orElseThrow(() -> Unanswered.absent("no chart of this name"));
    return entries.stream()
        .map(HelmIndex.Entry::version)
        .distinct()
        .sorted(SemanticVersion.NEWEST_FIRST)
        .toList();
  }

  private List<String> ociCharts(Resource source, String url, String chart, ObjectLookup cluster)
      throws Unanswered, InterruptedException {
    OciRegistry registry = access(cluster).registryOf(source, url);
    String path = SourceAccess.pathOf(url);
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
        SourceAccess.addLogins(logins, access(cluster).secret(inquiry.namespace(), name));
      } catch (Unanswered e) {
        unread = Optional.of(e);
      }
    }
    Optional<Login> login =
        logins
            .loginFor(image.registry(), image.repository())
            .or(() -> local.ofRegistry(image.registry(), image.repository()));
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

  private static boolean isLoopback(String host) {
    String name = host.replaceFirst(":[0-9]+$", "");
    return name.equals("localhost") || name.startsWith("127.") || name.equals("[::1]");
  }

  @Override
  public void close() {
    threads.shutdownNow();
    web.close();
  }
}
