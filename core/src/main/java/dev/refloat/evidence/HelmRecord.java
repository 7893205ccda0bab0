package dev.refloat.evidence;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One revision in Helm's storage: the Secret `sh.helm.release.v1.NAME.vN` of type
/// `helm.sh/release.v1`, decoded (flux-facts §3.7).
///
/// @param status `deployed`, `superseded`, `failed`, `uninstalling`, `uninstalled`,
///     `pending-install`,
///     `pending-upgrade`, `pending-rollback` or `unknown`
/// @param description Helm's own words on the last action; carries the failure text
/// @param values the values the revision was made with; secret, never printed
/// @param manifest the objects of the revision, hooks excluded
public record HelmRecord(
    ObjectRef secret,
    String release,
    String namespace,
    int version,
    String status,
    String description,
    Optional<Instant> firstDeployed,
    Optional<Instant> lastDeployed,
    String chartName,
    String chartVersion,
    Json values,
    List<Resource> manifest,
    List<Hook> hooks) {

  public HelmRecord {
    manifest = List.copyOf(manifest);
    hooks = List.copyOf(hooks);
  }

  public boolean pending() {
    return status.startsWith("pending-");
  }

  /// A hook of the revision.
  ///
  /// @param events when it runs: `pre-install`, `post-upgrade`, `test`, …
  /// @param phase of its last run: `Succeeded`, `Failed`, `Running`, `Unknown` or empty
  public record Hook(Resource object, List<String> events, String phase) {
    public Hook {
      events = List.copyOf(events);
    }
  }
}
