package dev.refloat.standin;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a HelmRelease remembers of one Helm record: an entry of `status.history`.
record Snapshot(Json json) {

  /// As a record is now.
  static Snapshot of(Formats formats, ReleaseRecord record, String action, String ociDigest) {
    Json body = record.body();
    Json info = body.get("info");
    Json.Builder b =
        Json.builder()
            .put("apiVersion", "v2")
            .put("digest", digest(formats, record))
            .put("name", body.get("name"))
            .put("namespace", body.get("namespace"))
            .put("version", record.version())
            .put("status", record.status())
            .put("chartName", record.chartName())
            .put("chartVersion", record.chartVersion())
            .put("configDigest", Digests.ofValues(formats, body.get("config")))
            .put("firstDeployed", seconds(info.get("first_deployed").text()))
            .put("lastDeployed", seconds(info.get("last_deployed").text()));
    if (!action.isEmpty()) {
      b.put("action", action);
    }
    if (!ociDigest.isEmpty()) {
      b.put("ociDigest", ociDigest);
    }
    body.at("chart", "metadata", "appVersion").scalar().ifPresent(v -> b.put("appVersion", v));
    String deleted = info.get("deleted").text();
    if (!deleted.isEmpty()) {
      b.put("deleted", seconds(deleted));
    }
    return new Snapshot(b.build());
  }

  /// Kubernetes keeps times to the second.
  static String seconds(String time) {
    try {
      return java.time.OffsetDateTime.parse(time)
          .toInstant()
          .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
          .toString();
    } catch (java.time.format.DateTimeParseException e) {
      return "1970-01-01T00:00:00Z";
    }
  }

  /// Changes with the record, but not with the runs of its tests.
  static String digest(Formats formats, ReleaseRecord record) {
    Json body = record.body();
    List<Json> hooks = new ArrayList<>();
    for (Json hook : body.get("hooks").list()) {
      if (hook.get("events").list().stream().noneMatch(e -> e.text().equals("test"))) {
        hooks.add(hook);
      }
    }
    return Digests.of(
        formats,
        Json.builder()
            .put("name", body.get("name"))
            .put("namespace", body.get("namespace"))
            .put("version", body.get("version"))
            .put("info", body.get("info"))
            .put("chart", body.at("chart", "metadata"))
            .put("config", body.get("config").exists() ? body.get("config") : Json.emptyObject())
            .put("manifest", body.get("manifest"))
            .put("hooks", hooks.iterator())
            .build());
  }

  String digest() {
    return json.get("digest").text();
  }

  int version() {
    return (int) json.get("version").integer(0);
  }

  String status() {
    return json.get("status").text();
  }

  String action() {
    return json.get("action").text();
  }

  String name() {
    return json.get("name").text();
  }

  String namespace() {
    return json.get("namespace").text();
  }

  String chartName() {
    return json.get("chartName").text();
  }

  String configDigest() {
    return json.get("configDigest").text();
  }

  String ociDigest() {
    return json.get("ociDigest").text();
  }

  /// `namespace/name.v2`
  String fullName() {
    return namespace() + "/" + name() + ".v" + version();
  }

  /// `webapp@1.0.0`
  String chart() {
    return chartName() + "@" + json.get("chartVersion").text();
  }

  Snapshot with(String field, Json value) {
    return json instanceof Json.Obj o ? new Snapshot(o.with(field, value)) : this;
  }

  Snapshot without(String field) {
    return json instanceof Json.Obj o ? new Snapshot(o.without(field)) : this;
  }

  /// The results of tests that the stand-in ran; none were run when empty.
  Optional<Json.Obj> testHooks() {
    return json.get("testHooks") instanceof Json.Obj o ? Optional.of(o) : Optional.empty();
  }

  boolean tested() {
    return testHooks().filter(t -> t.size() == 0 || failedTest() || allSucceeded(t)).isPresent();
  }

  private static boolean allSucceeded(Json.Obj tests) {
    return tests.keys().stream()
        .allMatch(k -> tests.get(k).get("phase").text().equals("Succeeded"));
  }

  boolean failedTest() {
    return testHooks()
        .filter(t -> t.keys().stream().anyMatch(k -> t.get(k).get("phase").text().equals("Failed")))
        .isPresent();
  }
}
