package dev.refloat.lint;

import dev.refloat.model.ObjectRef;
import java.util.Map;
import java.util.Optional;

/// All that a rule may look at: one cluster of the repository, and what else was asked for.
///
/// @param base the same cluster before the change, with `--diff`
/// @param renderings by HelmRelease; those of releases that were not to be rendered are absent
public record Scene(Cluster cluster, Optional<Cluster> base, Map<ObjectRef, Rendering> renderings) {
  public Scene {
    renderings = Map.copyOf(renderings);
  }

  public Optional<Rendering> rendering(Declared release) {
    return Optional.ofNullable(renderings.get(release.ref()));
  }
}
