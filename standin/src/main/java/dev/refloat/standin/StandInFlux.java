package dev.refloat.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// A stand-in for Flux's helm-controller and source-controller, on a real API server and with the
/// real `helm`.
///
/// What is as in Flux (helm-controller 1.6, source-controller 1.9): the conditions of HelmReleases
/// with their reasons and messages, the counters and the retry budget, the history, the handled
/// values of requests and when they are swallowed, dependencies, values and their sources,
/// remediation by rollback or uninstall, tests, RetryOnFailure, the unlocking of pending records,
/// suspension (an action in flight runs to its end), deletion with and without suspension,
/// finalizer
/// and HelmChart, the inventory, Events, the owner of every field, service accounts; HelmRepository
/// over HTTP, HelmChart and OCIRepository.
///
/// What differs:
///
/// - Digests in the status are others, so a release that goes from the stand-in to Flux, or back,
///   is upgraded once.
/// - An OCIRepository's digest is that of the files of its chart.
/// - The Helm program waits with its own implementation. A timeout's text is translated; the
///   description in Helm's record stays the program's.
/// - The origin's labels are on the objects, but not in the manifest of Helm's record.
/// - CRDs in `crds/` are made on install and never updated.
/// - Watched ConfigMaps and Secrets (`reconcile.fluxcd.io/watch`) are looked at with the interval.
/// - [#close] leaves an action in flight to Helm's own end, without an entry in the status.
///
/// What is refused, with Ready=False/StandInUnsupported: postRenderers, a storage namespace other
/// than the target's, readyExpr, healthCheckExprs, charts from Git and buckets. Drift detection is
/// not done, and another cluster (kubeConfig) is not reached.
public final class StandInFlux implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final Settings settings;
  private final ApiServer api;
  private final HelmGateway gateway;
  private final HelmProgram helm;
  private final SourceController sources;
  private final ReleaseController releases;
  private final Thread thread;
  private volatile boolean ended;

  private StandInFlux(Settings settings) {
    this.settings = settings;
    privateFolder(settings.folder());
    ChartStore charts = new ChartStore(settings.folder().resolve("charts"));
    this.api = new ApiServer(settings.server(), settings.formats());
    this.gateway = HelmGateway.start(settings.server(), settings.formats());
    this.helm = new HelmProgram(settings.helm(), settings.folder(), gateway, settings.log());
    this.sources = new SourceController(settings, api, helm, charts);
    this.releases = new ReleaseController(settings, api, helm, charts);
    this.thread = Thread.ofVirtual().name("stand-in-flux").unstarted(this::run);
  }

  /// Values and kubeconfigs in it are nobody else's business.
  private static void privateFolder(Path folder) {
    try {
      Files.createDirectories(folder);
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the private folder " + folder, e);
    }
  }

  /// Starts to reconcile; the CRDs of Flux must be served.
  public static StandInFlux start(Settings settings) {
    StandInFlux flux = new StandInFlux(settings);
    flux.thread.start();
    return flux;
  }

  private void run() {
    while (!ended) {
      try {
        sources.look();
        releases.look();
      } catch (RuntimeException e) {
        // The server may be slow, or not yet up again; nothing is lost, the next look sees it.
        if (!ended) {
          settings.log().accept("cannot look: " + e.getMessage());
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /// Ends at once, as SIGKILL ends a controller: Helm is killed too, and what it was doing stays as
  /// it is.
  public void kill() {
    ended = true;
    helm.kill();
    close();
  }

  /// Ends; an action in flight is cancelled, as Helm does on SIGTERM.
  @Override
  public void close() {
    ended = true;
    LockSupport.unpark(thread);
    releases.close();
    sources.close();
    gateway.close();
    api.close();
  }
}
