package dev.refloat.adapter.registry;

import dev.refloat.model.Resource;
import dev.refloat.model.SemanticVersion;
import dev.refloat.model.VersionRange;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Pulls charts as source-controller does, from HelmRepository and OCIRepository objects, with the
/// credentials that they name, else those of this machine. Several threads may ask; an index is
/// read once.
public final class ChartDownloads implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);
  private static final int MOST_REQUESTS = 5000;
  private static final long MOST_INDEX_BYTES = 128L << 20;

  /// Helm itself refuses archives that unpack to more than 100 MiB.
  private static final long MOST_CHART_BYTES = 20L << 20;

  private static final String CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

  private final Web web;
  private final LocalLogins local;
  private final Duration limit;
  private final Indexes indexes;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// What came of it.
  public sealed interface Pulled {}

  /// The chart.
  public static final class Archive implements Pulled {
    private final String version;
    private final byte[] content;

    Archive(String version, byte[] content) {
      this.version = version;
      this.content = content;
    }

    public String version() {
      return version;
    }

    /// The packed chart. Not to be changed.
    public byte[] content() {
      return content;
    }
  }

  /// No chart.
  ///
  /// @param why in words, without secrets
  /// @param offered names or versions that there are instead, newest first
  public record Refused(Reason reason, String why, List<String> offered) implements Pulled {
    public Refused {
      offered = List.copyOf(offered);
    }
  }

  /// Who or what refused.
  public enum Reason {
    /// The repository has no chart of this name.
    NO_CHART,
    /// It has the chart, and no version that fits.
    NO_VERSION,
    /// It wants credentials and got none.
    NO_LOGIN,
    /// It refuses the credentials.
    LOGIN_REFUSED,
    /// Its certificate is not trusted.
    TLS,
    /// There is no repository at its address.
    NO_REPOSITORY,
    /// It cannot be reached from here, or not now.
    UNREACHABLE,
    /// It was not asked, or its answer is of no use.
    NOT_ASKED
  }

  public ChartDownloads(ProxySelector proxy, LocalLogins local) {
    this(proxy, local, LIMIT, ANSWER_LIMIT);
  }

  ChartDownloads(ProxySelector proxy, LocalLogins local, Duration limit, Duration answerLimit) {
    this.web = new Web(proxy, MOST_REQUESTS, answerLimit);
    this.local = local;
    this.limit = limit;
    this.indexes = new Indexes(web, MOST_INDEX_BYTES);
  }

  /// Pulls the version that Flux would take now.
  ///
  /// @param source a HelmRepository, or an OCIRepository, whose own `ref` counts then
  /// @param chart not looked at for an OCIRepository
  /// @param range as in `spec.chart.spec.version`
  /// @param objects the Secrets that the source names
  public Pulled pull(Resource source, String chart, String range, ObjectLookup objects) {
    Future<Pulled> future = threads.submit(() -> pulled(source, chart, range, objects));
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      return new Refused(
          Reason.UNREACHABLE, "timed out after " + limit.toSeconds() + "s", List.of());
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      return new Refused(Reason.NOT_ASKED, "interrupted", List.of());
    } catch (ExecutionException e) {
      throw new IllegalStateException("pulling a chart failed in an unforeseen way", e);
    }
  }

  private Pulled pulled(Resource source, String chart, String range, ObjectLookup objects)
      throws InterruptedException {
    try {
      SourceAccess access = new SourceAccess(web, objects, local);
      if (source.spec("proxySecretRef", "name").scalar().isPresent()) {
        throw Unanswered.because("not asked: the cluster reaches it through a proxy of its own");
      }
      String url = source.spec("url").text();
      boolean oci = url.toLowerCase(Locale.ROOT).startsWith("oci://");
      return switch (source.kind()) {
        case "OCIRepository" -> artifact(access, source, url, oci);
        case "HelmRepository" ->
            oci
                ? ofRegistry(access, source, url, chart, range)
                : indexed(access, source, url, chart, range);
        default ->
            throw Unanswered.because("not asked: a " + source.kind() + " is no chart repository");
      };
    } catch (Unanswered e) {
      return new Refused(reason(e), e.why(), List.of());
    }
  }

  private static Reason reason(Unanswered e) {
    String why = e.why();
    if (e.isAbsent()) {
      return Reason.NO_CHART;
    }
    if (why.startsWith("unauthorized") || why.startsWith("forbidden")) {
      return why.contains("refuses the credentials") || why.startsWith("forbidden")
          ? Reason.LOGIN_REFUSED
          : Reason.NO_LOGIN;
    }
    if (why.startsWith("TLS")) {
      return Reason.TLS;
    }
    if (why.startsWith("not found")) {
      return Reason.NO_REPOSITORY;
    }
    return why.startsWith("not asked")
            || why.startsWith("there is no ")
            || why.contains("cannot be read")
        ? Reason.NOT_ASKED
        : Reason.UNREACHABLE;
  }

  private Pulled indexed(
      SourceAccess access, Resource source, String url, String chart, String range)
      throws Unanswered, InterruptedException {
    Optional<Login> login = access.basicLogin(source, url);
    Trust trust = access.trust(source);
    HelmIndex index = indexes.of(url, login, trust);
    Optional<List<HelmIndex.Entry>> entries = index.entries(chart);
    if (entries.isEmpty()) {
      return new Refused(
          Reason.NO_CHART,
          "the repository has no chart named " + chart,
          index.charts().stream().sorted().toList());
    }
    List<String> versions = entries.get().stream().map(HelmIndex.Entry::version).toList();
    Optional<String> version = newest(range, versions);
    if (version.isEmpty()) {
      return noVersion(chart, range, versions);
    }
    HelmIndex.Entry entry =
        entries.get().stream()
            .filter(e -> e.version().equals(version.get()))
            .findFirst()
            .orElseThrow();
    URI base = Indexes.address(url);
    URI at;
    try {
      at = base.resolve(entry.address());
    } catch (IllegalArgumentException e) {
      throw Unanswered.because("the index gives no usable address for " + chart);
    }
    boolean mayHaveLogin = Web.sameOrigin(base, at) || source.spec("passCredentials").isTrue();
    byte[] content = fetch(at, mayHaveLogin ? login : Optional.empty(), trust);
    if (!entry.digest().isEmpty()
        && !entry.digest().replaceFirst("^sha256:", "").equals(Digests.sha256(content))) {
      throw Unanswered.because(
          "what " + Web.host(at) + " sends for " + chart + " has another digest than the index");
    }
    return new Archive(version.get(), content);
  }

  private static Refused noVersion(String chart, String range, Collection<String> versions) {
    return new Refused(
        Reason.NO_VERSION,
        "the repository has no version of "
            + chart
            + " that fits "
            + (range.isEmpty() ? "*" : range),
        versions.stream().distinct().sorted(SemanticVersion.NEWEST_FIRST).toList());
  }

  private static Optional<String> newest(String range, Collection<String> versions)
      throws Unanswered {
    if (!range.isEmpty() && versions.contains(range)) {
      return Optional.of(range);
    }
    return VersionRange.parse(range)
        .orElseThrow(() -> Unanswered.because("not asked: " + range + " is no version range"))
        .newestOf(versions);
  }

  private byte[] fetch(URI at, Optional<Login> login, Trust trust)
      throws Unanswered, InterruptedException {
    if (at.getHost() == null) {
      throw Unanswered.because("the index gives an address that is not one of http or https");
    }
    try (Web.Reply reply = web.get(at, login.map(Login::header), "*/*", trust, MOST_CHART_BYTES)) {
      return switch (reply.status()) {
        case 200 -> reply.body().readAllBytes();
        case 401, 403 ->
            throw Unanswered.because(
                "unauthorized: " + Web.host(at) + " wants credentials for the archive");
        case 404 ->
            throw Unanswered.because(
                Web.host(at) + " does not have the archive that its index names");
        case 429 -> throw Unanswered.rateLimited(reply);
        default -> throw Unanswered.because(Web.host(at) + " answers " + reply.status());
      };
    } catch (IOException e) {
      throw Web.unreachable(at, e);
    }
  }

  private Pulled ofRegistry(
      SourceAccess access, Resource source, String url, String chart, String range)
      throws Unanswered, InterruptedException {
    OciRegistry registry = access.registryOf(source, url);
    String path = SourceAccess.pathOf(url);
    String repository = path.isEmpty() ? chart : path + "/" + chart;
    return tagged(registry, repository, chart, range);
  }

  /// The newest version of a repository. A tag cannot hold a plus sign: Helm writes `_`.
  private static Pulled tagged(OciRegistry registry, String repository, String chart, String range)
      throws Unanswered, InterruptedException {
    List<String> versions =
        registry.tags(repository).stream().map(t -> t.replace('_', '+')).toList();
    Optional<String> version = newest(range, versions);
    if (version.isEmpty()) {
      return noVersion(chart, range, versions);
    }
    return chart(registry, repository, version.get().replace('+', '_'), version.get());
  }

  private static Pulled artifact(SourceAccess access, Resource source, String url, boolean oci)
      throws Unanswered, InterruptedException {
    if (!oci) {
      throw Unanswered.because("its address is not one of a registry");
    }
    OciRegistry registry = access.registryOf(source, url);
    String repository = SourceAccess.pathOf(url);
    String name = repository.substring(repository.lastIndexOf('/') + 1);
    String digest = source.spec("ref", "digest").text();
    if (!digest.isEmpty()) {
      return chart(registry, repository, digest, digest);
    }
    String semver = source.spec("ref", "semver").text();
    if (!semver.isEmpty()) {
      return tagged(registry, repository, name, semver);
    }
    String tag = source.spec("ref", "tag").text("latest");
    try {
      return chart(registry, repository, tag, tag);
    } catch (Unanswered e) {
      if (!e.isAbsent()) {
        throw e;
      }
      List<String> tags = registry.tags(repository);
      return tags.contains(tag)
          ? new Refused(Reason.UNREACHABLE, "the registry lists the tag and does not give it", tags)
          : new Refused(
              Reason.NO_VERSION,
              "the registry has no tag " + tag + " of " + name,
              tags.stream().sorted(SemanticVersion.NEWEST_FIRST).toList());
    }
  }

  private static Pulled chart(
      OciRegistry registry, String repository, String reference, String version)
      throws Unanswered, InterruptedException {
    List<OciRegistry.Layer> layers = registry.layers(repository, reference);
    OciRegistry.Layer layer =
        layers.stream()
            .filter(l -> l.mediaType().equals(CHART_LAYER))
            .findFirst()
            .or(() -> layers.stream().findFirst())
            .orElseThrow(() -> Unanswered.because("what the registry has there is no chart"));
    return new Archive(version, registry.blob(repository, layer, MOST_CHART_BYTES));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    web.close();
  }
}
