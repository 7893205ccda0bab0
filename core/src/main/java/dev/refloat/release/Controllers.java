package dev.refloat.release;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.List;

/// Whether some helm-controller attends to a release: one that runs and, where Flux is sharded, one
/// that
/// serves the release's shard.
final class Controllers {
  private static final String SHARD = "sharding.fluxcd.io/key";

  private Controllers() {}

  /// True only where it is seen: without a view of the controllers nothing is said.
  static boolean unattended(Resource release, Evidence evidence) {
    List<Resource> controllers = evidence.deploymentsNamed("helm-controller");
    if (chartRefused(release, evidence)) {
      return true;
    }
    if (controllers.isEmpty()) {
      return false;
    }
    String shard = release.label(SHARD).orElse("");
    return controllers.stream()
        .filter(d -> shard.isEmpty() ? d.name().equals("helm-controller") : serves(d, shard))
        .noneMatch(d -> Workloads.ready(d) > 0);
  }

  /// A HelmChart that cannot be applied leaves the release without any condition (flux-facts §2.1).
  private static boolean chartRefused(Resource release, Evidence evidence) {
    return release.conditions().isEmpty()
        && evidence.eventsAbout(release.namespace(), release.name()).stream()
            .anyMatch(
                e ->
                    e.at("reason").text().equals("HelmChartSyncErr")
                        && e.at("involvedObject", "name").text().equals(release.name()));
  }

  private static boolean serves(Resource controller, String shard) {
    return controller.spec("template", "spec", "containers").list().stream()
        .flatMap(c -> c.get("args").list().stream())
        .map(Json::text)
        .anyMatch(
            arg ->
                arg.contains("--watch-label-selector")
                    && arg.contains(SHARD)
                    && !arg.contains("!" + SHARD)
                    && (arg.contains("=" + shard) || arg.contains(shard)));
  }
}
