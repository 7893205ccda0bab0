package dev.refloat.adapter.git;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.lint.Place;
import dev.refloat.lint.Positions;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where fields of built objects are written: in the patch that sets them last, else in the
/// object's
/// own document.
final class Places {

  /// A scalar that is a block of lines: each line of the value is a line of the file.
  private static final Pattern LITERAL =
      Pattern.compile("(?:[&!]\\S+\\s+)*\\|[-+0-9]*\\s*(?:#.*)?");

  private final SourceTree tree;

  Places(SourceTree tree) {
    this.tree = tree;
  }

  /// Where a field is written.
  ///
  /// @param field its path in the object or patch that stands at the origin
  record Written(Origin origin, List<FieldEdit.Step> field) {}

  /// The positions of a built object.
  Positions of(KustomizeBuild.Tracked object) {
    return path -> {
      for (int length = path.size(); length > 0; length--) {
        Optional<Place> found = written(object, path.subList(0, length)).flatMap(this::exact);
        if (found.isPresent()) {
          return found.get();
        }
      }
      return near(object.origin(), List.of());
    };
  }

  /// Where a field of a built object is written; nothing when it is written nowhere.
  Optional<Written> written(KustomizeBuild.Tracked object, List<FieldEdit.Step> path) {
    boolean inBase = node(object.origin(), path).isPresent();
    FieldEdit probe = new FieldEdit(path, Json.Null.NULL);
    // What is merged of several layers is shown where the object itself begins it.
    if (!(inBase && probe.in(object.current()) instanceof Json.Obj)) {
      for (KustomizeBuild.Patch patch : object.patches().reversed()) {
        try {
          Optional<FieldEdit> inside =
              patch.operations()
                  ? Patches.decidesOperation(patch.content(), probe)
                  : Patches.decides(patch.content(), probe);
          if (inside.isPresent() && !patch.origin().file().isEmpty()) {
            return Optional.of(new Written(patch.origin(), inside.get().path()));
          }
        } catch (Patches.Unclear e) {
          // Then an older layer, or the field above, is the nearest that can be shown.
        }
      }
    }
    return inBase ? Optional.of(new Written(object.origin(), path)) : Optional.empty();
  }

  private Optional<Place> exact(Written written) {
    return node(written.origin, written.field).map(Found::place);
  }

  /// The place of a field, or of the nearest field above it.
  Place near(Origin origin, List<FieldEdit.Step> field) {
    for (int length = field.size(); length > 0; length--) {
      Optional<Found> found = node(origin, field.subList(0, length));
      if (found.isPresent()) {
        return found.get().place();
      }
    }
    return node(origin, List.of())
        .map(Found::place)
        .orElseGet(() -> new Place(origin.file(), Math.max(1, origin.line()), 1));
  }

  /// A text and where it stands in the file.
  ///
  /// @param place of all of it, when its lines are not lines of the file
  private record View(String file, String text, int lines, int columns, Optional<Place> place) {
    Place at(int line, int column) {
      return place.orElseGet(
          () -> new Place(file, Math.max(1, lines + line), Math.max(1, columns + column)));
    }
  }

  /// A node, and the place of its key.
  private record Found(View view, YamlNode node, int line, int column) {
    Place place() {
      return view.at(line, column);
    }
  }

  private Optional<Found> node(Origin origin, List<FieldEdit.Step> field) {
    SourceTree.Parsed parsed = tree.read(origin.file()).orElse(null);
    if (parsed == null || origin.document() >= parsed.documents().size()) {
      return Optional.empty();
    }
    YamlNode root = parsed.documents().get(origin.document());
    Optional<Found> here =
        Optional.of(
            new Found(
                new View(origin.file(), parsed.text(), 0, 0, Optional.empty()),
                root,
                root.line(),
                root.column()));
    for (List<FieldEdit.Step> text : origin.texts()) {
      here = here.flatMap(f -> walk(f, text)).flatMap(Places::enter);
    }
    return here.flatMap(f -> walk(f, origin.item())).flatMap(f -> walk(f, field));
  }

  private static Optional<Found> walk(Found from, List<FieldEdit.Step> path) {
    Found here = from;
    for (FieldEdit.Step step : path) {
      switch (step) {
        case FieldEdit.Key(var name) -> {
          if (!(here.node instanceof YamlNode.Mapping m)) {
            return Optional.empty();
          }
          Optional<YamlNode.Entry> entry =
              m.entries().stream().filter(e -> e.key().text().equals(name)).findFirst();
          if (entry.isEmpty()) {
            return Optional.empty();
          }
          YamlNode.Scalar key = entry.get().key();
          here = new Found(here.view, entry.get().value(), key.line(), key.column());
        }
        case FieldEdit.Index(var at) -> {
          if (!(here.node instanceof YamlNode.Sequence s) || at >= s.items().size()) {
            return Optional.empty();
          }
          YamlNode item = s.items().get(at);
          here = new Found(here.view, item, item.line(), item.column());
        }
      }
    }
    return Optional.of(here);
  }

  /// Into the YAML that a scalar holds.
  private static Optional<Found> enter(Found scalar) {
    if (!(scalar.node instanceof YamlNode.Scalar s)) {
      return Optional.empty();
    }
    List<YamlNode> documents;
    try {
      documents =
          YamlTrees.nodes(
              "a patch",
              new ByteArrayInputStream(s.text().getBytes(StandardCharsets.UTF_8)),
              Limits.DOCUMENT,
              YamlTrees.Duplicates.LAST_WINS);
    } catch (IOException e) {
      return Optional.empty();
    }
    if (documents.size() != 1) {
      return Optional.empty();
    }
    YamlNode root = documents.getFirst();
    View outer = scalar.view;
    View inner = new View(outer.file, s.text(), 0, 0, Optional.of(outer.at(s.line(), s.column())));
    List<String> lines = outer.text.lines().toList();
    if (outer.place.isEmpty() && s.line() <= lines.size() && isLiteral(lines, s)) {
      int indent =
          lines.stream()
              .skip(s.line())
              .filter(l -> !l.isBlank())
              .findFirst()
              .map(l -> l.length() - l.stripLeading().length())
              .orElse(0);
      inner =
          new View(
              outer.file,
              s.text(),
              outer.lines + s.line(),
              outer.columns + indent,
              Optional.empty());
    }
    return Optional.of(new Found(inner, root, root.line(), root.column()));
  }

  private static boolean isLiteral(List<String> lines, YamlNode.Scalar s) {
    String line = lines.get(s.line() - 1);
    int codePoints = line.codePointCount(0, line.length());
    return s.column() <= codePoints
        && LITERAL.matcher(line.substring(line.offsetByCodePoints(0, s.column() - 1))).matches();
  }
}
