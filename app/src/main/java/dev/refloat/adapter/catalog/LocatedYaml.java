package dev.refloat.adapter.catalog;

import dev.refloat.model.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads the YAML of a catalog with the place of every piece. Anchors and aliases are refused: a
/// page of YAML that people edit by hand is clearer without, and none can grow beyond its file.
final class LocatedYaml {
  /// A file of a catalog is text that people write; the largest case is some tens of KB.
  static final int MAX_BYTES = 1 << 20;

  private static final int MAX_DEPTH = 60;

  private final String file;
  private final Problems problems;

  private LocatedYaml(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

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

  static Optional<Located> parse(String text, String shown, Problems problems) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(shown)
            .setSchema(new CoreSchema())
            .setAllowDuplicateKeys(false)
            .setUseMarks(true)
            .setCodePointLimit(MAX_BYTES)
            .build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        problems.add(Place.of(shown), "is empty");
        return Optional.empty();
      }
      int before = problems.count();
      Located located = new LocatedYaml(shown, problems).convert(root.get(), 0);
      return problems.count() == before ? Optional.of(located) : Optional.empty();
    } catch (MarkedYamlEngineException e) {
      Place place =
          e.getProblemMark()
              .map(m -> new Place(shown, m.getLine() + 1, m.getColumn() + 1))
              .orElse(Place.of(shown));
      problems.add(place, "is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      problems.add(Place.of(shown), "is not YAML: " + e.getMessage());
    } catch (StackOverflowError e) {
      // The parser recurses and has no limit of its own; a deep file is its author's mistake.
      problems.add(Place.of(shown), "is nested too deeply");
    }
    return Optional.empty();
  }

  private Place place(Node node) {
    Optional<Mark> mark = node.getStartMark();
    return mark.map(m -> new Place(file, m.getLine() + 1, m.getColumn() + 1))
        .orElse(Place.of(file));
  }

  private Located convert(Node node, int depth) {
    Place place = place(node);
    if (depth > MAX_DEPTH) {
      problems.add(place, "is nested too deeply");
      return new Located.Text(place, "", Json.Null.NULL);
    }
    if (node.getAnchor().isPresent()) {
      problems.add(place, "anchors and aliases are not used in a catalog: write the value again");
      return new Located.Text(place, "", Json.Null.NULL);
    }
    return switch (node) {
      case MappingNode map -> fields(map, place, depth);
      case SequenceNode list -> {
        List<Located> items = new ArrayList<>();
        for (Node item : list.getValue()) {
          items.add(convert(item, depth + 1));
        }
        yield new Located.Items(place, List.copyOf(items));
      }
      case ScalarNode scalar -> new Located.Text(place, scalar.getValue(), json(scalar));
      default -> {
        problems.add(place, "is no mapping, list or text");
        yield new Located.Text(place, "", Json.Null.NULL);
      }
    };
  }

  private Located fields(MappingNode map, Place place, int depth) {
    Map<String, Located.Field> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : map.getValue()) {
      Place keyPlace = place(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.add(keyPlace, "a key must be text");
        continue;
      }
      Located value = convert(tuple.getValueNode(), depth + 1);
      if (fields.put(key.getValue(), new Located.Field(keyPlace, value)) != null) {
        problems.add(keyPlace, "'" + key.getValue() + "' is there twice");
      }
    }
    return new Located.Fields(place, fields);
  }

  private static Json json(ScalarNode scalar) {
    Tag tag = scalar.getTag();
    String value = scalar.getValue();
    if (tag.equals(Tag.NULL)) {
      return Json.Null.NULL;
    }
    if (tag.equals(Tag.BOOL)) {
      return Json.of(value.equalsIgnoreCase("true"));
    }
    if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return new Json.Num(value);
    }
    return new Json.Str(value);
  }
}
