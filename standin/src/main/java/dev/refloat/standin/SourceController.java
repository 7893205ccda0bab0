package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Plays source-controller for what HelmReleases need: HelmRepository over HTTP, HelmChart from it,
/// and OCIRepository.
final class SourceController implements AutoCloseable {
  private static final String BASE = "/apis/source.toolkit.fluxcd.io/v1";

  /// A failure with the reason and the text of source-controller.
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    private final String reason;
    private final boolean stalls;

    Failure(String reason, String message, boolean stalls) {
      super(message);
      this.reason = reason;
      this.stalls = stalls;
    }
  }

  /// What a source brought.
  ///
  /// @param more fields of the status beside the artifact
  private record Artifact(
      String url, String digest, String revision, String reason, String message, Json.Obj more) {}

  private final ApiServer api;
  private final Formats formats;
  private final HelmProgram helm;
  private final ChartStore charts;
  private final Schedule schedule;
  private final Map<String, Json> indexes = new ConcurrentHashMap<>();

  SourceController(Settings settings, ApiServer api, HelmProgram helm, ChartStore charts) {
    this.api = api;
    this.formats = settings.formats();
    this.helm = helm;
    this.charts = charts;
    this.schedule = new Schedule(settings.workers(), settings.log());
  }

  /// Looks at every source once, and works on those that changed or are due.
  void look() {
    Set<String> keys = new HashSet<>();
    Map<String, String> revisions = new HashMap<>();
    for (Json o : api.list(BASE + "/helmrepositories")) {
      if (!o.at("spec", "type").text("default").equals("oci")) {
        String key = offer("helmrepositories", o, "", () -> repository(o));
        keys.add(key);
        revisions.put(path("helmrepositories", o), o.at("status", "artifact", "revision").text());
      }
    }
    for (Json o : api.list(BASE + "/helmcharts")) {
      String source = revisions.getOrDefault(repositoryPath(o), "");
      keys.add(offer("helmcharts", o, source, () -> chart(o)));
    }
    for (Json o : api.list(BASE + "/ocirepositories")) {
      keys.add(offer("ocirepositories", o, "", () -> image(o)));
    }
    schedule.keep(keys);
  }

  @FunctionalInterface
  private interface Fetch {
    Artifact fetch() throws Failure, IOException, InterruptedException;
  }

  private String offer(String plural, Json object, String source, Fetch fetch) {
    Json metadata = object.get("metadata");
    String key =
        plural + "/" + metadata.get("namespace").text() + "/" + metadata.get("name").text();
    String seen =
        metadata.get("uid").text()
            + " "
            + metadata.get("generation").text()
            + " "
            + metadata.at("annotations", "reconcile.fluxcd.io/requestedAt").text()
            + " "
            + source;
    schedule.offer(key, seen, () -> reconcile(plural, object, fetch));
    return key;
  }

  private static String path(String plural, Json object) {
    return BASE
        + "/namespaces/"
        + object.at("metadata", "namespace").text()
        + "/"
        + plural
        + "/"
        + object.at("metadata", "name").text();
  }

  private Outcome reconcile(String plural, Json object, Fetch fetch) throws InterruptedException {
    if (object.at("spec", "suspend").isTrue()
        || object.at("metadata", "deletionTimestamp").exists()) {
      return new Outcome.Done(Duration.ZERO);
    }
    Conditions conditions = new Conditions(object);
    Json.Builder status = Json.builder();
    Outcome outcome;
    try {
      Artifact artifact = fetch.fetch();
      conditions.remove("FetchFailed");
      conditions.remove("Reconciling");
      conditions.remove("Stalled");
      conditions.set("Ready", "True", artifact.reason(), artifact.message());
      conditions.set("ArtifactInStorage", "True", artifact.reason(), artifact.message());
      status.put("artifact", json(artifact));
      artifact.more().forEach(status::put);
      outcome =
          new Outcome.Done(
              GoDuration.parse(object.at("spec", "interval").text(), Duration.ofMinutes(5)));
    } catch (Failure f) {
      outcome = failed(conditions, f);
    } catch (IOException e) {
      outcome = failed(conditions, new Failure("Failed", String.valueOf(e.getMessage()), false));
    }
    status.put("conditions", conditions.json());
    if (outcome.observed()) {
      status.put("observedGeneration", object.at("metadata", "generation"));
    }
    Json requested = object.at("metadata", "annotations", "reconcile.fluxcd.io/requestedAt");
    if (requested.exists()) {
      status.put("lastHandledReconcileAt", requested);
    }
    try {
      api.mergePatch(
          path(plural, object) + "/status?fieldManager=source-controller",
          Json.builder().put("status", status.build()).build());
    } catch (ApiServer.Refused e) {
      // The object went meanwhile.
      if (e.status() != 404) {
        throw e;
      }
    }
    return outcome;
  }

  private static Outcome failed(Conditions conditions, Failure f) {
    String message = String.valueOf(f.getMessage());
    if (f.stalls) {
      conditions.stalled(f.reason, message);
    } else {
      conditions.reconciling("ProgressingWithRetry", "building artifact");
    }
    conditions.set("Ready", "False", f.reason, message);
    conditions.set("FetchFailed", "True", f.reason, message);
    return f.stalls ? new Outcome.Terminal(message) : new Outcome.Again(message);
  }

  private static Json json(Artifact a) {
    return Json.builder()
        .put("digest", a.digest())
        .put("lastUpdateTime", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
        .put("path", a.url().substring(a.url().lastIndexOf('/') + 1))
        .put("revision", a.revision())
        .put("url", a.url())
        .build();
  }

  private Artifact repository(Json object) throws Failure, InterruptedException {
    String url = object.at("spec", "url").text().replaceAll("/+$", "") + "/index.yaml";
    byte[] body;
    try (SourceAccess access = access(object)) {
      body = access.download(url);
    } catch (IOException e) {
      throw new Failure(
          "Failed",
          "failed to fetch Helm repository index: failed to cache index to temporary file: "
              + e.getMessage(),
          false);
    }
    try {
      List<Json> documents = formats.yaml(new String(body, StandardCharsets.UTF_8));
      indexes.put(
          path("helmrepositories", object),
          documents.isEmpty() ? Json.emptyObject() : documents.getFirst());
    } catch (IOException e) {
      throw new Failure(
          "IndexationFailed",
          "failed to load Helm repository from index YAML: " + e.getMessage(),
          false);
    }
    String digest = Digests.of(body);
    return new Artifact(
        url,
        digest,
        digest,
        "Succeeded",
        "stored artifact: revision '" + digest + "'",
        Json.emptyObject());
  }

  private SourceAccess access(Json repository) throws Failure {
    try {
      return SourceAccess.of(repository, api);
    } catch (IOException e) {
      throw new Failure("AuthenticationFailed", String.valueOf(e.getMessage()), false);
    }
  }

  private static String repositoryPath(Json chart) {
    return BASE
        + "/namespaces/"
        + chart.at("metadata", "namespace").text()
        + "/helmrepositories/"
        + chart.at("spec", "sourceRef", "name").text();
  }

  private Artifact chart(Json object) throws Failure, IOException, InterruptedException {
    String kind = object.at("spec", "sourceRef", "kind").text();
    String source = object.at("spec", "sourceRef", "name").text();
    if (!kind.equals("HelmRepository")) {
      throw new Failure(
          "UnsupportedSourceKind",
          "the stand-in for Flux has charts from HelmRepository only, not from " + kind,
          true);
    }
    Json repository = api.get(repositoryPath(object));
    if (!repository.exists()) {
      throw new Failure(
          "SourceUnavailable",
          "failed to get source: HelmRepository.source.toolkit.fluxcd.io \""
              + source
              + "\" not found",
          false);
    }
    Json index = indexes.get(repositoryPath(object));
    if (index == null || !repository.at("status", "artifact").exists()) {
      throw new Failure(
          "NoSourceArtifact",
          "no artifact available for HelmRepository source '" + source + "'",
          false);
    }
    String name = object.at("spec", "chart").text();
    String version = object.at("spec", "version").text("*");
    String base = repository.at("spec", "url").text().replaceAll("/+$", "");
    Json entry = entry(index, base, name, version);
    String found = entry.get("version").text();
    String at = entry.get("urls").list().stream().findFirst().map(Json::text).orElse("");
    String url = URI.create(base + "/").resolve(at).toString();
    byte[] archive;
    try (SourceAccess access = access(repository)) {
      archive = access.download(url);
    } catch (IOException e) {
      throw new Failure(
          "ChartPullError",
          "chart pull error: failed to download chart for remote reference: " + e.getMessage(),
          false);
    }
    String digest = charts.keep(archive);
    for (Json file : object.at("spec", "valuesFiles").list()) {
      Path kept = charts.find(digest).orElseThrow();
      if (Chart.entry(kept, "[^/]+/" + Pattern.quote(file.text())).isEmpty()) {
        throw new Failure(
            "ValuesFilesError",
            "values files merge error: no values file found at path '%s'".formatted(file.text()),
            true);
      }
    }
    return new Artifact(
        url,
        digest,
        found,
        "ChartPullSucceeded",
        "pulled '" + name + "' chart with version '" + found + "'",
        Json.builder()
            .put("observedChartName", name)
            .put("observedSourceArtifactRevision", repository.at("status", "artifact", "revision"))
            .build());
  }

  /// The entry of the index for a version or a range of versions.
  private Json entry(Json index, String repository, String name, String version)
      throws Failure, IOException, InterruptedException {
    List<Json> versions = index.at("entries", name).list();
    String problem = "invalid chart reference: failed to get chart version for remote reference: ";
    if (versions.isEmpty()) {
      throw new Failure("InvalidChartReference", problem + "no chart name found", true);
    }
    String wanted = version;
    if (versions.stream().noneMatch(v -> v.get("version").text().equals(version))) {
      wanted = resolve(repository, name, version);
    }
    for (Json v : versions) {
      if (v.get("version").text().equals(wanted)) {
        return v;
      }
    }
    throw new Failure(
        "InvalidChartReference",
        problem + "no '" + name + "' chart with version matching '" + version + "' found",
        true);
  }

  /// Lets Helm choose from a range; empty when nothing fits.
  private String resolve(String repository, String name, String range)
      throws IOException, InterruptedException {
    Path scratch = charts.scratch();
    try {
      List<String> line =
          List.of("pull", name, "--repo", repository, "--version", range, "-d", scratch.toString());
      if (!helm.onCharts(line).succeeded()) {
        return "";
      }
      try (var archives = Files.newDirectoryStream(scratch, name + "-*.tgz")) {
        for (Path archive : archives) {
          String file = archive.getFileName().toString();
          return file.substring(name.length() + 1, file.length() - ".tgz".length());
        }
      }
      return "";
    } finally {
      ChartStore.delete(scratch);
    }
  }

  /// An OCI artifact that is a chart. Its version gets the digest of the artifact appended, as
  /// helm-controller does, so that a moved tag is a new version.
  private Artifact image(Json object) throws Failure, IOException, InterruptedException {
    if (object.at("spec", "verify").exists()) {
      // nobody signs the charts of a test bed
      throw new Failure(
          "VerificationError",
          "failed to verify the signature using provider '%s': no signatures found"
              .formatted(object.at("spec", "verify", "provider").text()),
          false);
    }
    String url = object.at("spec", "url").text();
    String tag = object.at("spec", "ref", "tag").text(object.at("spec", "ref", "semver").text());
    Path scratch = charts.scratch();
    try {
      List<String> line =
          new ArrayList<>(List.of("pull", url, "-d", scratch.toString(), "--untar"));
      if (!tag.isEmpty()) {
        line.addAll(List.of("--version", tag));
      }
      if (object.at("spec", "insecure").isTrue()) {
        line.add("--plain-http");
      }
      HelmProgram.Result pulled = helm.onCharts(line);
      if (!pulled.succeeded()) {
        throw new Failure(
            "OCIArtifactPullFailed",
            "failed to determine artifact digest: " + pulled.error(),
            false);
      }
      Path chart = null;
      try (var folders = Files.newDirectoryStream(scratch, Files::isDirectory)) {
        for (Path folder : folders) {
          chart = folder;
        }
      }
      if (chart == null) {
        throw new Failure("OCIArtifactPullFailed", url + " has no chart", false);
      }
      Json meta = formats.yaml(Files.readString(chart.resolve("Chart.yaml"))).getFirst();
      String digest = contentDigest(chart);
      String version = meta.get("version").text();
      String mutated = version + "+" + digest.substring("sha256:".length()).substring(0, 12);
      HelmProgram.Result packed =
          helm.onCharts(
              List.of("package", chart.toString(), "--version", mutated, "-d", scratch.toString()));
      if (!packed.succeeded()) {
        throw new Failure("OCIArtifactLayerOperationFailed", packed.error(), false);
      }
      Path archive = scratch.resolve(meta.get("name").text() + "-" + mutated + ".tgz");
      String revision = version + "@" + digest;
      return new Artifact(
          url,
          charts.keep(Files.readAllBytes(archive)),
          revision,
          "Succeeded",
          "stored artifact for digest '" + revision + "'",
          Json.emptyObject());
    } finally {
      ChartStore.delete(scratch);
    }
  }

  /// Over the files of a chart; not the digest that the registry has, which Helm does not tell.
  private static String contentDigest(Path chart) throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.walk(chart)) {
      for (Path f : files.filter(Files::isRegularFile).sorted().toList()) {
        all.append(chart.relativize(f)).append(' ').append(Digests.of(Files.readAllBytes(f)));
      }
    }
    return Digests.of(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    schedule.close();
  }
}
