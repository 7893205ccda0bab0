package dev.refloat.adapter.catalog;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlTrees;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the YAML of a catalog with the place of every piece, and gathers what is wrong with it.
final class LocatedYaml {
  /// A file of a catalog is text that people write; the largest case is some tens of KB.
  static final int MAX_BYTES = 1 << 20;

  private static final Limits LIMITS = new Limits(MAX_BYTES, 60, 200_000);

  private LocatedYaml() {}

  /// The single document of a file; nothing when there is none or it is not YAML (then a problem
  /// says so).
  static Optional<Located> read(Path path, String shown, Problems problems) {
    return text(path, shown, problems).flatMap(t -> parse(t, shown, problems));
  }

  static Optional<String> text(Path path, String shown, Problems problems) {
    try {
      if (Files.size(path) > MAX_BYTES) {
        problems.add(Place.of(shown), "is larger than " + MAX_BYTES / 1024 + " KiB");
        return Optional.empty();
      }
      return Optional.of(Files.readString(path));
    } catch (CharacterCodingException e) {
      problems.add(Place.of(shown), "is not UTF-8 text");
    } catch (IOException e) {
      problems.add(Place.of(shown), "cannot be read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private static Optional<Located> parse(String text, String shown, Problems problems) {
    List<YamlNode> documents;
    try {
      documents =
          YamlTrees.nodes(
              shown,
              new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
              LIMITS,
              YamlTrees.Duplicates.REFUSED);
    } catch (MalformedInput e) {
      problems.add(new Place(shown, e.line(), e.column()), e.problem());
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
    if (documents.size() != 1) {
      problems.add(
          Place.of(shown),
          documents.isEmpty() ? "is empty" : "holds " + documents.size() + " documents, not one");
      return Optional.empty();
    }
    return Optional.of(located(documents.getFirst(), shown));
  }

  private static Located located(YamlNode node, String file) {
    Place place = new Place(file, node.line(), node.column());
    return switch (node) {
      case YamlNode.Scalar s -> new Located.Text(place, s.text(), s.json());
      case YamlNode.Sequence s ->
          new Located.Items(place, s.items().stream().map(i -> located(i, file)).toList());
      case YamlNode.Mapping m -> {
        Map<String, Located.Field> fields = new LinkedHashMap<>();
        for (YamlNode.Entry e : m.entries()) {
          Place key = new Place(file, e.key().line(), e.key().column());
          fields.put(e.key().text(), new Located.Field(key, located(e.value(), file)));
        }
        yield new Located.Fields(place, fields);
      }
    };
  }
}
