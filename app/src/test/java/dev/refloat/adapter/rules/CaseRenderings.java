package dev.refloat.adapter.rules;

import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.DryRun;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Trial;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/// What the charts of a case render, written down: a rule is tested without Helm.
///
///     releases:
///       shop/app:
///         chart: {name: webapp, version: 1.1.0, defaults: {…}, words: […], dependencies: […]}
///         values: {…}
///         manifests: […]    # objects, as hooks: and crds: are
///       shop/other:
///         failed: TEMPLATE  # a name of Rendering.Failed.At
///         message: what Helm said
///         refusals: [{path: [a, b], why: …, instead: […]}]
///     images:
///       ghcr.io/example/app:1.0.0: [1.0.0]   # tags; or `absent`, or why nobody knows
///     dry-runs:               # what the API server says; everything else it takes
///       Deployment shop/app: {status: 422, message: …, fields: [spec.replicas], elsewhere: true}
///       Widget shop/app: {versions: [v1]}         # it has no such kind in this version
///       Service shop/app: {namespace: shop}       # there is no such namespace
///       Service shop/other: {why: …}              # not tried
///       Service shop/third: {annotations: {…}}    # it is there already, with these
@NullMarked
record CaseRenderings(
    Map<ObjectRef, Rendering> renderings,
    Map<String, Observation<List<String>>> images,
    Optional<Json.Obj> dryRuns) {
  static final String FILE = "renderings.yaml";

  static CaseRenderings read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return new CaseRenderings(Map.of(), Map.of(), Optional.empty());
    }
    Json all = YamlTrees.read(file.toString(), Files.readString(file)).getFirst();
    Map<ObjectRef, Rendering> renderings = new HashMap<>();
    if (all.get("releases") instanceof Json.Obj releases) {
      releases.forEach((name, r) -> renderings.put(ref(name), rendering(r)));
    }
    Map<String, Observation<List<String>>> images = new HashMap<>();
    if (all.get("images") instanceof Json.Obj given) {
      given.forEach((image, tags) -> images.put(image, tags(tags)));
    }
    return new CaseRenderings(
        renderings,
        images,
        all.get("dry-runs") instanceof Json.Obj o ? Optional.of(o) : Optional.empty());
  }

  /// The scene with what the API server says, where the case asks one.
  Scene answered(Scene scene) {
    return dryRuns
        .map(
            said ->
                scene.with(
                    Trial.of(scene).stream()
                        .map(t -> new Trial.Answer(t, answer(t, said)))
                        .toList()))
        .orElse(scene);
  }

  private static DryRun answer(Trial trial, Json.Obj said) {
    Json a = said.get(trial.object().ref().display());
    if (!a.exists()) {
      return new DryRun.Taken(false, trial.object());
    }
    if (a.get("versions").exists()) {
      return new DryRun.NoKind(texts(a.get("versions")));
    }
    if (a.get("namespace").exists()) {
      return new DryRun.NoNamespace(a.get("namespace").text());
    }
    if (a.get("why").exists()) {
      return new DryRun.NotTried(a.get("why").text());
    }
    if (a.get("annotations").exists()) {
      return new DryRun.Taken(true, Resource.of(Json.builder().put("metadata", a).build()));
    }
    return new DryRun.Refused(
        (int) a.get("status").integer(0),
        a.get("message").text(),
        texts(a.get("fields")),
        a.get("elsewhere").isTrue());
  }

  private static ObjectRef ref(String name) {
    int slash = name.indexOf('/');
    return new ObjectRef(
        "helm.toolkit.fluxcd.io/v2",
        "HelmRelease",
        name.substring(0, slash),
        name.substring(slash + 1));
  }

  private static Observation<List<String>> tags(Json tags) {
    return switch (tags) {
      case Json.Arr(var items) -> new Observation.Seen<>(items.stream().map(Json::text).toList());
      case Json.Str(var word) when word.equals("absent") -> new Observation.Absent<>();
      case Json.Str _, Json.Obj _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ ->
          new Observation.Unreadable<>(tags.text());
    };
  }

  private static Rendering rendering(Json r) {
    Json c = r.get("chart");
    Rendering.Chart chart =
        new Rendering.Chart(
            c.get("name").text("webapp"),
            c.get("version").text("1.1.0"),
            Json.builder().put("dependencies", c.get("dependencies")).build(),
            c.get("defaults"),
            Json.Missing.MISSING,
            c.get("words").list().stream().map(Json::text).collect(Collectors.toSet()));
    if (r.get("failed").exists()) {
      return new Rendering.Failed(
          Rendering.Failed.At.valueOf(r.get("failed").text()),
          r.get("message").text(),
          c.exists() ? Optional.of(chart) : Optional.empty(),
          r.get("refusals").list().stream()
              .map(
                  f ->
                      new Rendering.Failed.Refusal(
                          texts(f.get("path")), f.get("why").text(), texts(f.get("instead"))))
              .toList());
    }
    return new Rendering.Rendered(
        chart,
        r.get("values").exists() ? r.get("values") : Json.emptyObject(),
        objects(r.get("manifests")),
        objects(r.get("hooks")),
        objects(r.get("crds")),
        Set.of(),
        Optional.empty());
  }

  private static List<String> texts(Json list) {
    return list.list().stream().map(Json::text).toList();
  }

  private static List<Resource> objects(Json list) {
    return list.list().stream().map(Resource::of).toList();
  }
}
