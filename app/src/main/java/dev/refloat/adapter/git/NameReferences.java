package dev.refloat.adapter.git;

import dev.refloat.adapter.git.KustomizeBuild.Tracked;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Fields that name other objects, as `configurations` of a kustomization list them: when an object
/// gets another name, they follow. Kustomize knows such fields of Kubernetes' own kinds only, so
/// that `valuesFrom` of a HelmRelease follows a generated name just where a configuration says so.
final class NameReferences {
  private final List<Reference> all = new ArrayList<>();

  /// @param named kind of the object that is named
  /// @param naming kind of the object that names it; empty for any
  private record Reference(String named, String naming, List<String> path) {}

  void read(SourceTree tree, String folder, Json kustomization) {
    for (Json file : kustomization.get("configurations").list()) {
      SourceTree.resolve(folder, file.text())
          .flatMap(tree::read)
          .ifPresent(p -> p.trees().forEach(this::read));
    }
  }

  private void read(Json configuration) {
    for (Json reference : configuration.get("nameReference").list()) {
      for (Json field : reference.get("fieldSpecs").list()) {
        all.add(
            new Reference(
                reference.get("kind").text(),
                field.get("kind").text(),
                Arrays.asList(field.get("path").text().split("/", -1))));
      }
    }
  }

  void apply(List<Tracked> objects) {
    for (Reference reference : all) {
      for (Tracked naming : objects) {
        if (reference.naming.isEmpty()
            || reference.naming.equals(naming.current().get("kind").text())) {
          Json after = follow(naming.current(), reference, 0, naming, objects);
          if (!after.equals(naming.current())) {
            naming.become(after);
          }
        }
      }
    }
  }

  private static Json follow(
      Json here, Reference reference, int depth, Tracked naming, List<Tracked> objects) {
    if (here instanceof Json.Arr(var items)) {
      return new Json.Arr(
          items.stream().map(i -> follow(i, reference, depth, naming, objects)).toList());
    }
    if (depth == reference.path.size()) {
      return here instanceof Json.Str(var name)
          ? renamed(name, reference.named, naming, objects).<Json>map(Json.Str::new).orElse(here)
          : here;
    }
    String key = reference.path.get(depth);
    return here instanceof Json.Obj o && o.get(key).exists()
        ? o.with(key, follow(o.get(key), reference, depth + 1, naming, objects))
        : here;
  }

  private static Optional<String> renamed(
      String name, String kind, Tracked naming, List<Tracked> objects) {
    return objects.stream()
        .filter(t -> t.current().get("kind").text().equals(kind))
        .filter(t -> t.ids().stream().anyMatch(i -> i.name().equals(name)))
        .filter(
            t -> t.id().namespace().equals(naming.id().namespace()) || t.id().namespace().isEmpty())
        .map(t -> t.id().name())
        .findFirst();
  }
}
