package dev.refloat.adapter.git;

import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Place;
import dev.refloat.lint.Positions;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Sources;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what Flux would apply from a folder of a repository.
public final class RepositoryReader {
  private RepositoryReader() {}

  /// Reads the working tree.
  ///
  /// @param root of the repository
  /// @throws IOException when the folder cannot be read
  public static Repository read(Path root) throws IOException {
    SourceTree tree = new SourceTree(root.toRealPath());
    List<Declared> objects = new ArrayList<>();
    List<NotChecked> notChecked = new ArrayList<>();
    List<String> files;
    try {
      files = tree.yaml("", _ -> true);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (String file : files) {
      SourceTree.Parsed parsed = tree.read(file).orElseThrow();
      if (!parsed.problem().isEmpty()) {
        notChecked.add(new NotChecked(file, Optional.empty(), parsed.problem()));
      }
      for (YamlNode document : parsed.documents()) {
        Json json = document.json();
        if (json.get("kind").exists() && json.get("apiVersion").exists()) {
          objects.add(
              new Declared(
                  Resource.of(json),
                  positions(file, document),
                  Optional.empty(),
                  json.get("sops").exists()));
        }
      }
    }
    return new Repository(
        List.of(new Cluster("", objects, true)), notChecked, new TreeSources(tree, files));
  }

  private record TreeSources(SourceTree tree, List<String> files) implements Sources {
    @Override
    public List<String> lines(String file) {
      return tree.read(file).map(p -> p.text().lines().toList()).orElse(List.of());
    }
  }

  private static Positions positions(String file, YamlNode document) {
    return path -> {
      YamlNode here = document;
      Place place = new Place(file, document.line(), document.column());
      for (FieldEdit.Step step : path) {
        switch (step) {
          case FieldEdit.Key(var name) -> {
            if (!(here instanceof YamlNode.Mapping m)) {
              return place;
            }
            Optional<YamlNode.Entry> entry =
                m.entries().stream().filter(e -> e.key().text().equals(name)).findFirst();
            if (entry.isEmpty()) {
              return place;
            }
            place = new Place(file, entry.get().key().line(), entry.get().key().column());
            here = entry.get().value();
          }
          case FieldEdit.Index(var at) -> {
            if (!(here instanceof YamlNode.Sequence s) || at >= s.items().size()) {
              return place;
            }
            here = s.items().get(at);
            place = new Place(file, here.line(), here.column());
          }
        }
      }
      return place;
    };
  }
}
