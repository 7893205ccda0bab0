package dev.refloat.lint;

import dev.refloat.evidence.Observation;
import dev.refloat.model.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that a rule may look at: one cluster of the repository, and what else was asked for.
///
/// @param base the same cluster before the change, with `--diff`
/// @param renderings by HelmRelease; those of releases that were not to be rendered are absent
/// @param baseRenderings the same of [#base]
/// @param images the tags of the repositories of rendered images, by image as it is written, with
///     `--online`; images that were not asked for are absent
/// @param past what `refloat learn` found out
/// @param dryRuns what the cluster's API server says, with `--server-dry-run`; else empty
public record Scene(
    Cluster cluster,
    Optional<Cluster> base,
    Map<ObjectRef, Rendering> renderings,
    Map<ObjectRef, Rendering> baseRenderings,
    Map<String, Observation<List<String>>> images,
    Past past,
    List<Trial.Answer> dryRuns) {
  public Scene {
    renderings = Map.copyOf(renderings);
    baseRenderings = Map.copyOf(baseRenderings);
    images = Map.copyOf(images);
    dryRuns = List.copyOf(dryRuns);
  }

  /// The repository alone.
  public Scene(Cluster cluster) {
    this(cluster, Optional.empty(), Map.of());
  }

  public Scene(Cluster cluster, Optional<Cluster> base, Map<ObjectRef, Rendering> renderings) {
    this(cluster, base, renderings, Map.of(), Map.of(), Past.UNKNOWN, List.of());
  }

  /// The same with what is known of the past.
  public Scene with(Past known) {
    return new Scene(cluster, base, renderings, baseRenderings, images, known, dryRuns);
  }

  /// The same with what charts render.
  public Scene with(
      Map<ObjectRef, Rendering> rendered,
      Map<ObjectRef, Rendering> renderedBefore,
      Map<String, Observation<List<String>>> tags) {
    return new Scene(cluster, base, rendered, renderedBefore, tags, past, dryRuns);
  }

  /// The same with what an API server says.
  public Scene with(List<Trial.Answer> answers) {
    return new Scene(cluster, base, renderings, baseRenderings, images, past, answers);
  }

  /// One object before and after a change.
  public record Pair(Declared before, Declared now) {}

  /// The objects that were there before and still are; none without `--diff`.
  public List<Pair> pairs() {
    return base.map(b -> pairs(b, cluster.objects())).orElse(List.of());
  }

  /// The same of releases alone.
  public List<Pair> releasePairs() {
    return base.map(b -> pairs(b, cluster.releases())).orElse(List.of());
  }

  private static List<Pair> pairs(Cluster before, List<Declared> now) {
    return now.stream()
        .flatMap(d -> before.find(d.ref()).map(b -> new Pair(b, d)).stream())
        .toList();
  }

  /// The releases that a change takes away; none without `--diff`.
  public List<Declared> removedReleases() {
    return base.map(
            b -> b.releases().stream().filter(d -> cluster.find(d.ref()).isEmpty()).toList())
        .orElse(List.of());
  }

  public Optional<Rendering> rendering(Declared release) {
    return Optional.ofNullable(renderings.get(release.ref()));
  }

  public Optional<Rendering> baseRendering(Declared release) {
    return Optional.ofNullable(baseRenderings.get(release.ref()));
  }
}
