package dev.refloat.testbed;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A cluster with Flux on which releases are installed, broken and repaired: a control plane, pods
/// that meet their fate, volumes, charts over HTTP, and controllers, real or stood in for.
///
/// Spec and sources are applied as field manager `testbed`, which here plays the part of Git.
public final class Playground implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  private final TestCluster cluster;
  private final ChartServer charts;
  private final Volumes volumes;
  private final AtomicInteger tokens = new AtomicInteger();
  private @Nullable FluxControllers flux;
  private @Nullable ChartRegistry registry;

  private Playground(TestCluster cluster, ChartServer charts, Volumes volumes) {
    this.cluster = cluster;
    this.charts = charts;
    this.volumes = volumes;
  }

  /// How controllers are started on a cluster.
  @FunctionalInterface
  public interface Starter {
    FluxControllers start(TestCluster cluster) throws UnavailableException;
  }

  /// Starts a cluster with the real controllers.
  ///
  /// @throws UnavailableException when `REFLOAT_TESTBED_BIN` does not have them
  public static Playground withRealFlux() throws UnavailableException {
    Binaries.supplied("source-controller");
    Binaries.supplied("helm-controller");
    return start(RealFlux::start);
  }

  /// Starts a cluster with the real controllers where `REFLOAT_TESTBED_BIN` has them, else with the
  /// stand-in.
  public static Playground withEitherFlux() throws UnavailableException {
    return realFluxIsThere() ? withRealFlux() : withStandIn();
  }

  /// Whether `REFLOAT_TESTBED_BIN` has the real controllers.
  public static boolean realFluxIsThere() {
    try {
      Binaries.supplied("source-controller");
      Binaries.supplied("helm-controller");
      return true;
    } catch (UnavailableException e) {
      return false;
    }
  }

  /// Starts a cluster with the stand-in for Flux.
  public static Playground withStandIn() throws UnavailableException {
    return start(StandInControllers::start);
  }

  /// Starts a cluster with the controllers that `starter` brings.
  public static Playground start(Starter starter) throws UnavailableException {
    TestCluster cluster =
        TestCluster.start(
            TestCluster.Part.CONTROLLERS, TestCluster.Part.KUBELETS, TestCluster.Part.FLUX);
    Playground playground = null;
    try {
      playground =
          new Playground(
              cluster,
              ChartServer.start(cluster.state(), cluster.certificates()),
              Volumes.start(cluster));
      playground.flux = starter.start(cluster);
      return playground;
    } catch (UnavailableException | RuntimeException e) {
      if (playground == null) {
        cluster.close();
      } else {
        playground.close();
      }
      throw e;
    }
  }

  public TestCluster cluster() {
    return cluster;
  }

  public ApiClient api() {
    return cluster.api();
  }

  /// Whether the controllers are the real ones.
  public boolean real() {
    return flux instanceof RealFlux;
  }

  /// The chart repository.
  public ChartServer charts() {
    return charts;
  }

  /// The controllers.
  public FluxControllers flux() {
    if (flux == null) {
      throw new IllegalStateException("the controllers are not started");
    }
    return flux;
  }

  /// An OCI registry with the same charts below `charts/`, started when first asked for.
  public ChartRegistry registry() throws UnavailableException {
    if (registry == null) {
      registry = ChartRegistry.start();
      charts.pushTo(registry);
    }
    return registry;
  }

  /// Makes a namespace with the HelmRepository `charts` in it, which is the repository of the
  /// namespace's name.
  public void namespace(String name) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %1$s}
        ---
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: HelmRepository
        metadata: {namespace: %1$s, name: charts}
        spec: {interval: 10m, timeout: 15s, url: "%2$s"}
        """
            .formatted(name, charts.url(name)));
  }

  /// Writes a release as Git has it; what Git no longer declares goes from its spec.
  public void apply(Release release) {
    api().apply(release.manifest());
  }

  /// Applies a release and waits until it is Ready.
  public ReleaseState install(Release release) {
    apply(release);
    return awaitReady(release);
  }

  /// The state of a release.
  ///
  /// @throws ApiClient.Refused when there is none
  public ReleaseState state(Release release) {
    return new ReleaseState(api().get(path(release)));
  }

  /// Whether the HelmRelease exists.
  public boolean exists(Release release) {
    return exists(path(release));
  }

  /// Whether there is an object at a path of the API.
  public boolean exists(String path) {
    try {
      return !api().get(path).isMissingNode();
    } catch (ApiClient.Refused e) {
      if (e.status() == 404) {
        return false;
      }
      throw e;
    }
  }

  /// Where the API has a HelmRelease.
  public static String path(Release release) {
    return "/apis/helm.toolkit.fluxcd.io/v2/namespaces/"
        + release.namespace()
        + "/helmreleases/"
        + release.name();
  }

  /// Waits until the release shows something, and answers how it was then.
  public ReleaseState await(Release release, String what, Predicate<ReleaseState> shown) {
    return await(release, what, LIMIT, shown);
  }

  /// Waits at most `limit` until the release shows something, and answers how it was then.
  public ReleaseState await(
      Release release, String what, Duration limit, Predicate<ReleaseState> shown) {
    Instant end = Instant.now().plus(limit);
    while (true) {
      ReleaseState now = state(release);
      if (shown.test(now)) {
        return now;
      }
      String trouble = flux().trouble();
      if (!trouble.isEmpty()) {
        throw new IllegalStateException(trouble);
      }
      if (Instant.now().isAfter(end)) {
        throw new IllegalStateException(
            "%s/%s is not %s after %d s:%n%s"
                .formatted(release.namespace(), release.name(), what, limit.toSeconds(), now));
      }
      pause();
    }
  }

  /// Waits until something holds that no release tells.
  public void await(String what, java.util.function.BooleanSupplier holds) {
    cluster.await(what, LIMIT, holds);
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  public ReleaseState awaitReady(Release release) {
    return await(release, "Ready", ReleaseState::ready);
  }

  public ReleaseState awaitFailed(Release release) {
    return await(release, "failed", ReleaseState::failed);
  }

  public ReleaseState awaitStalled(Release release) {
    return await(release, "Stalled", ReleaseState::stalled);
  }

  /// Waits until the HelmRelease is gone.
  public void awaitGone(Release release) {
    await(release.name() + " is gone", () -> !exists(release));
  }

  /// What a request asks for beside a look.
  public enum Lever {
    RESET("reset"),
    FORCE("force");

    private final String word;

    Lever(String word) {
      this.word = word;
    }
  }

  /// Annotates a release as `flux reconcile helmrelease` does; answers the token.
  public String request(Release release, Lever... levers) {
    String token = Instant.now() + "-" + tokens.incrementAndGet();
    ObjectNode annotations = ApiClient.JSON.createObjectNode();
    annotations.put("reconcile.fluxcd.io/requestedAt", token);
    for (Lever lever : levers) {
      annotations.put("reconcile.fluxcd.io/" + lever.word + "At", token);
    }
    ObjectNode patch = ApiClient.JSON.createObjectNode();
    patch.putObject("metadata").set("annotations", annotations);
    patch(release, patch);
    return token;
  }

  /// Suspends a release, as `flux suspend` does.
  public void suspend(Release release) {
    patch(release, ApiClient.JSON.readTree("{\"spec\":{\"suspend\":true}}"));
  }

  /// Resumes a release, as `flux resume` does.
  public void resume(Release release) {
    patch(release, ApiClient.JSON.readTree("{\"spec\":{\"suspend\":null}}"));
  }

  private void patch(Release release, JsonNode patch) {
    api().mergePatch(path(release) + "?fieldManager=flux", patch);
  }

  /// Asks for the deletion of the HelmRelease.
  public void delete(Release release) {
    api().delete(path(release));
  }

  /// The status of each Helm record of a release, oldest first: `v1 superseded`.
  public List<String> records(Release release) {
    List<JsonNode> all = new ArrayList<>();
    api()
        .get(
            "/api/v1/namespaces/"
                + release.namespace()
                + "/secrets?labelSelector=owner%3Dhelm%2Cname%3D"
                + release.name())
        .path("items")
        .forEach(all::add);
    return all.stream()
        .map(s -> s.path("metadata").path("labels"))
        .sorted(java.util.Comparator.comparingLong(l -> l.path("version").asLong()))
        .map(l -> "v" + l.path("version").asString() + " " + l.path("status").asString())
        .toList();
  }

  /// Starts `helm` by hand on a release, and kills it as soon as its newest record has a status:
  /// what an engineer's lost connection leaves behind.
  public void interruptHelm(Release release, String status, String... arguments)
      throws UnavailableException {
    Path log = cluster.state().resolve("helm-interrupted.log");
    List<String> line = new ArrayList<>();
    line.add(Binaries.ofEnvironment().path(Binary.HELM).toString());
    line.addAll(List.of(arguments));
    try (SupervisedProcess helm =
        SupervisedProcess.start(
            "helm",
            line,
            log,
            java.util.Map.of(
                "KUBECONFIG", cluster.kubeconfig(cluster.admin()).toString(),
                "HOME", cluster.state().toString()))) {
      Instant end = Instant.now().plus(LIMIT);
      while (records(release).stream().noneMatch(r -> r.endsWith(" " + status))) {
        if (!helm.alive() || Instant.now().isAfter(end)) {
          throw new IllegalStateException(
              "helm " + List.of(arguments) + " left no record " + status + ": " + helm.lastWords());
        }
        pause();
      }
      helm.kill();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException("cannot run helm", e);
    }
  }

  /// The archive of a chart in a version, for `helm` by hand.
  public Path archive(String chart, String version) {
    Path file = cluster.state().resolve("charts").resolve(chart + "-" + version + ".tgz");
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("there is no chart " + chart + " " + version);
    }
    return file;
  }

  @Override
  public void close() {
    volumes.close();
    if (flux != null) {
      flux.close();
    }
    if (registry != null) {
      registry.close();
    }
    charts.close();
    cluster.close();
  }
}
