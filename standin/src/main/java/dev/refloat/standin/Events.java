package dev.refloat.standin;

import dev.refloat.model.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Writes Events about HelmReleases, the same one only once in a row.
final class Events {
  private final ApiServer api;
  private final Map<String, String> last = new ConcurrentHashMap<>();

  Events(ApiServer api) {
    this.api = api;
  }

  void warning(HelmRelease release, String reason, String message) {
    write(release, "Warning", reason, message);
  }

  void normal(HelmRelease release, String reason, String message) {
    write(release, "Normal", reason, message);
  }

  private void write(HelmRelease release, String type, String reason, String message) {
    if ((reason + message).equals(last.put(release.key(), reason + message))) {
      return;
    }
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Json metadata = release.object().get("metadata");
    Json event =
        Json.builder()
            .put("apiVersion", "v1")
            .put("kind", "Event")
            .put(
                "metadata",
                Json.builder()
                    .put("namespace", release.namespace())
                    .put("name", release.name() + "." + UUID.randomUUID())
                    .build())
            .put(
                "involvedObject",
                Json.builder()
                    .put("apiVersion", "helm.toolkit.fluxcd.io/v2")
                    .put("kind", "HelmRelease")
                    .put("namespace", release.namespace())
                    .put("name", release.name())
                    .put("uid", metadata.get("uid"))
                    .put("resourceVersion", metadata.get("resourceVersion"))
                    .build())
            .put("type", type)
            .put("reason", reason)
            .put("message", message)
            .put("count", 1)
            .put("firstTimestamp", now)
            .put("lastTimestamp", now)
            .put("source", Json.builder().put("component", HelmGateway.MANAGER).build())
            .put("reportingComponent", HelmGateway.MANAGER)
            .build();
    try {
      api.post("/api/v1/namespaces/" + release.namespace() + "/events", event);
    } catch (ApiServer.Refused e) {
      // As in Flux: an event that cannot be written, say in a namespace that ends, is lost.
      last.remove(release.key());
    }
  }
}
