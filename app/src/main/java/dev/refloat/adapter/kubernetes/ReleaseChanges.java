package dev.refloat.adapter.kubernetes;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells when HelmReleases change, so that one can look again. It watches; what it may have missed
/// (a watch that ended, a version that the server no longer knows) it reports as a change, because
/// only a
/// new look can tell.
public final class ReleaseChanges implements AutoCloseable {

  /// What happened since the last time.
  public enum Tick {
    /// A HelmRelease was added, changed or deleted.
    CHANGED,
    /// Changes may have been missed: look at everything again.
    GAP,
    /// Nothing, for as long as was waited.
    QUIET
  }

  @FunctionalInterface
  interface Version {
    Optional<Discovery.Served> find() throws ApiFailure;
  }

  /// How long the server keeps one watch; client-go takes 5 to 10 minutes.
  private static final Duration WATCH = Duration.ofMinutes(5);

  /// The server sends a bookmark about every minute.
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int MAX_LINE = 4 * 1024 * 1024;
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
  private static final String METADATA_LIST =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

  private final ApiClient api;
  private final Version version;
  private final String namespace;
  private final BlockingQueue<Tick> ticks = new ArrayBlockingQueue<>(1);
  private final Thread watcher;
  private final CountDownLatch begun = new CountDownLatch(1);
  private volatile boolean closed;
  private volatile @Nullable String trouble;
  private volatile boolean late;

  ReleaseChanges(ApiClient api, Version version, String namespace) {
    this.api = api;
    this.version = version;
    this.namespace = namespace;
    this.watcher = Thread.ofVirtual().name("watch HelmReleases").start(this::run);
  }

  /// Waits until the watch has a beginning: nothing that happens afterwards is missed. A watch that
  /// begins later than that tells a [Tick#GAP].
  public void awaitBeginning(Duration atMost) throws InterruptedException {
    late = !begun.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Waits for the next change, and then a little longer so that changes that come together count
  /// as
  /// one.
  ///
  /// @param atMost how long to wait
  /// @param settle how long to gather changes
  public Tick await(Duration atMost, Duration settle) throws InterruptedException {
    @Nullable Tick tick = ticks.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    if (tick == null) {
      return Tick.QUIET;
    }
    Thread.sleep(settle);
    @Nullable Tick more = ticks.poll();
    return more == Tick.GAP ? Tick.GAP : tick;
  }

  /// Why there is no watch at the moment; none when it runs.
  public Optional<String> trouble() {
    return Optional.ofNullable(trouble);
  }

  private void tell(Tick tick) {
    if (!ticks.offer(tick) && tick == Tick.GAP) {
      ticks.clear();
      ticks.offer(tick);
    }
  }

  private void run() {
    String resourceVersion = "";
    boolean started = false;
    Duration pause = PAUSE;
    while (!closed) {
      try {
        Optional<Discovery.Served> served = version.find();
        if (served.isEmpty()) {
          throw new ApiFailure(
              ApiFailure.Type.NOT_FOUND, 404, "the cluster has no HelmReleases", null);
        }
        if (resourceVersion.isEmpty()) {
          resourceVersion = now(served.get());
          begun.countDown();
          if (started || late) {
            tell(Tick.GAP);
          }
          started = true;
        }
        trouble = null;
        Follower follower = new Follower(resourceVersion);
        Instant start = Instant.now();
        try {
          watch(served.get(), resourceVersion, follower);
        } finally {
          resourceVersion = follower.resourceVersion;
        }
        pause = PAUSE;
        // Something between here and the server may end every watch at once.
        if (Duration.between(start, Instant.now()).compareTo(PAUSE) < 0 && !sleep(PAUSE)) {
          return;
        }
      } catch (ApiFailure e) {
        if (e.type() == ApiFailure.Type.EXPIRED) {
          resourceVersion = "";
          if (!sleep(PAUSE)) {
            return;
          }
          continue;
        }
        if (e.type() != ApiFailure.Type.FAILED) {
          resourceVersion = "";
        }
        trouble = e.why();
        if (!sleep(pause)) {
          return;
        }
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : pause.multipliedBy(2);
      } catch (UnusableCluster e) {
        resourceVersion = "";
        trouble = e.why();
        if (!sleep(LONGEST_PAUSE)) {
          return;
        }
      }
    }
  }

  private static boolean sleep(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String path(Discovery.Served served) {
    return Paths.collection(
        Kind.HELM_RELEASE.group(), served.version(), namespace, served.plural());
  }

  /// Where a watch can begin: the version of a list of which only the head is needed.
  private String now(Discovery.Served served) throws ApiFailure {
    return api.read(
        new ApiClient.Question(RequestLog.Purpose.LIST, path(served), "limit=1", METADATA_LIST),
        body ->
            JsonTrees.read("list of HelmReleases", body, Limits.DOCUMENT)
                .at("metadata", "resourceVersion")
                .text());
  }

  private void watch(Discovery.Served served, String from, Follower follower) throws ApiFailure {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("watch", "true");
    query.put("allowWatchBookmarks", "true");
    query.put("resourceVersion", from);
    query.put("timeoutSeconds", Long.toString(WATCH.toSeconds()));
    api.follow(
        new ApiClient.Question(
            RequestLog.Purpose.WATCH, path(served), Paths.query(query), METADATA),
        PATIENCE,
        follower::read);
    if (follower.expired) {
      throw new ApiFailure(ApiFailure.Type.EXPIRED, 410, "expired", null);
    }
  }

  /// Reads the events of one watch: one JSON document in each line.
  private final class Follower {
    private String resourceVersion;
    private boolean expired;

    Follower(String from) {
      this.resourceVersion = from;
    }

    void read(InputStream body) throws IOException {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
      for (String line = next(lines); line != null && !closed; line = next(lines)) {
        if (line.isBlank()) {
          continue;
        }
        Json event = JsonTrees.read("watch of HelmReleases", line);
        String type = event.get("type").text();
        switch (type) {
          case "ADDED", "MODIFIED", "DELETED" -> {
            advance(event);
            tell(Tick.CHANGED);
          }
          case "BOOKMARK" -> advance(event);
          case "ERROR" -> {
            // What went wrong makes no difference: only a new list is sure to be complete.
            expired = true;
            return;
          }
          default -> {}
        }
      }
    }

    private void advance(Json event) {
      event
          .at("object", "metadata", "resourceVersion")
          .scalar()
          .ifPresent(v -> resourceVersion = v);
    }
  }

  private static @Nullable String next(BufferedReader lines) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = lines.read(); c >= 0; c = lines.read()) {
      if (c == '\n') {
        return line.toString();
      }
      if (line.length() >= MAX_LINE) {
        throw new MalformedInput("watch of HelmReleases", "a line is longer than 4 MiB");
      }
      line.append((char) c);
    }
    return line.isEmpty() ? null : line.toString();
  }

  @Override
  public void close() {
    closed = true;
    watcher.interrupt();
  }
}
