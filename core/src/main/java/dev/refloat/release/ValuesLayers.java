package dev.refloat.release;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.ValuesText.Place;
import dev.refloat.release.ValuesText.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which of a release's values sets a path. helm-controller merges `valuesFrom` in its order, then
/// inline `values` over it, then the references with a `targetPath` (flux-facts §1.1): the last one
/// that sets a path wins. What is in a Secret is not read, so it may set anything.
public final class ValuesLayers {

  /// What was found out about a path.
  public enum Outcome {
    /// One layer sets it, and nothing above it can.
    KNOWN("known"),
    /// A layer that cannot be seen may set it.
    ONE_OF("one-of"),
    /// No layer sets it: the chart's defaults hold.
    NOWHERE("nowhere");

    private final String word;

    Outcome(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// One of the places that values come from.
  ///
  /// @param kind `ConfigMap`, `Secret`, or `HelmRelease` for inline values
  /// @param where it in words: `ConfigMap shop/web-values key values.yaml line 3`
  /// @param hidden whether its content could not be seen
  public record Layer(
      String kind, String name, String key, String targetPath, String where, boolean hidden) {}

  /// Where a path comes from.
  ///
  /// @param layers the one that sets the path, or those that may, strongest first; for
  ///     [Outcome#NOWHERE] all that were looked at
  public record Origin(List<String> path, Outcome outcome, List<Layer> layers) {
    public Origin {
      path = List.copyOf(path);
      layers = List.copyOf(layers);
    }
  }

  private ValuesLayers() {}

  /// Where a path of the merged values comes from.
  ///
  /// @param path the keys from the top; indexes of lists end it, as lists are never merged
  public static Origin of(ReleaseView release, Evidence evidence, List<String> path) {
    List<Layer> all = new ArrayList<>();
    List<Layer> candidates = new ArrayList<>();
    List<Json> references = release.resource().spec("valuesFrom").list().reversed();
    boolean known = false;
    for (Json r : references) {
      if (r.get("targetPath").exists() && !known) {
        known = look(reference(release, evidence, r, path), all, candidates);
      }
    }
    Json inline = release.resource().spec("values");
    if (inline.exists() && !known) {
      known = look(inline(release, inline, path), all, candidates);
    }
    for (Json r : references) {
      if (!r.get("targetPath").exists() && !known) {
        known = look(reference(release, evidence, r, path), all, candidates);
      }
    }
    if (candidates.isEmpty()) {
      return new Origin(path, Outcome.NOWHERE, all);
    }
    boolean sure = known && candidates.size() == 1;
    return new Origin(path, sure ? Outcome.KNOWN : Outcome.ONE_OF, candidates);
  }

  private record Found(Layer layer, Setting setting) {}

  /// Whether the search ends here: what lies below is overridden.
  private static boolean look(Found found, List<Layer> all, List<Layer> candidates) {
    all.add(found.layer());
    if (found.setting() != Setting.LEAVES) {
      candidates.add(found.layer());
    }
    return found.setting() == Setting.SETS;
  }

  private static Found inline(ReleaseView release, Json values, List<String> path) {
    return new Found(
        new Layer(
            "HelmRelease",
            release.resource().name(),
            "",
            "",
            "spec.values." + String.join(".", path),
            false),
        setting(values, path));
  }

  private static Found reference(
      ReleaseView release, Evidence evidence, Json reference, List<String> path) {
    String kind = reference.get("kind").text();
    String name = reference.get("name").text();
    String key = reference.get("valuesKey").text("values.yaml");
    String target = reference.get("targetPath").text();
    Place place =
        target.isEmpty()
            ? content(evidence, reference, release.resource().namespace(), key, path)
            : target(target, path);
    String where =
        kind
            + " "
            + release.resource().namespace()
            + "/"
            + name
            + " key "
            + key
            + (target.isEmpty() ? "" : " by targetPath " + target)
            + (place.line() > 0 ? " line " + place.line() : "");
    return new Found(
        new Layer(kind, name, key, target, where, place.setting() == Setting.HIDDEN),
        place.setting());
  }

  /// A value merged at a path sets everything below it, and is a part of everything above it.
  private static Place target(String target, List<String> path) {
    List<String> at = Arrays.stream(target.split("\\.|\\[")).toList();
    int common = Math.min(at.size(), path.size());
    boolean sets = common > 0 && at.subList(0, common).equals(path.subList(0, common));
    return new Place(sets ? Setting.SETS : Setting.LEAVES, 0);
  }

  private static Place content(
      Evidence evidence, Json reference, String namespace, String key, List<String> path) {
    ObjectRef ref =
        new ObjectRef("v1", reference.get("kind").text(), namespace, reference.get("name").text());
    Optional<Resource> found = evidence.find(ref);
    boolean absent = evidence.presence(ref) == Evidence.Presence.ABSENT;
    if (absent && reference.get("optional").isTrue()) {
      return new Place(Setting.LEAVES, 0);
    }
    if (found.isEmpty() || !ref.kind().equals("ConfigMap")) {
      return new Place(Setting.HIDDEN, 0);
    }
    Json text = found.get().at("data", key);
    return text instanceof Json.Str(var values)
        ? ValuesText.find(values, path)
        : new Place(Setting.HIDDEN, 0);
  }

  /// What a tree says of a path. A scalar, a list or null replaces everything below it. A key may
  /// hold dots, which Helm 3 does not tell from the steps of a path.
  private static Setting setting(Json values, List<String> path) {
    if (path.isEmpty() || !(values instanceof Json.Obj o)) {
      return Setting.SETS;
    }
    for (int n = 1; n <= path.size(); n++) {
      Json child = o.get(path.subList(0, n).stream().collect(Collectors.joining(".")));
      if (!(child instanceof Json.Missing)
          && setting(child, path.subList(n, path.size())) == Setting.SETS) {
        return Setting.SETS;
      }
    }
    return Setting.LEAVES;
  }
}
