package dev.refloat.adapter.settings;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Nearest;
import dev.refloat.model.Times;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Reads one mapping of a file that people edit, strictly: what is unknown, missing or of another
/// shape is a problem with its place, and reading goes on so that an author sees all of them.
final class Fields {
  /// Lists of thousands of releases are some hundred KB.
  private static final Limits LIMITS = new Limits(16 << 20, 20, 1_000_000);

  private final String file;
  private final String what;
  private final YamlNode node;
  private final Map<String, YamlNode> fields = new LinkedHashMap<>();
  private final List<String> problems;

  private Fields(
      String file, String what, YamlNode node, List<String> problems, Collection<String> known) {
    this.file = file;
    this.what = what;
    this.node = node;
    this.problems = problems;
    if (!(node instanceof YamlNode.Mapping m)) {
      problem(node, what + " must be a mapping with " + String.join(", ", known));
      return;
    }
    for (YamlNode.Entry e : m.entries()) {
      String key = e.key().text();
      fields.put(key, e.value());
      if (!known.contains(key)) {
        problem(e.key(), "unknown field '" + key + "' in " + what + meant(key, known));
      }
    }
  }

  /// Reads a file with one document.
  ///
  /// @param kind that the document must have, of `refloat.dev/v1`
  /// @param read makes the result; problems are raised after it
  /// @throws UnusableFile when it is not YAML, or has problems
  static <T> T read(
      String file, byte[] text, String kind, Collection<String> known, Function<Fields, T> read) {
    List<String> problems = new ArrayList<>();
    List<YamlNode> documents;
    try {
      documents =
          YamlTrees.nodes(
              file, new ByteArrayInputStream(text), LIMITS, YamlTrees.Duplicates.REFUSED);
    } catch (MalformedInput e) {
      throw new UnusableFile(List.of(String.valueOf(e.getMessage())));
    } catch (java.io.IOException e) {
      throw new IllegalStateException("reading from memory cannot fail", e);
    }
    if (documents.size() != 1) {
      throw new UnusableFile(
          List.of(file + ": one document expected, here are " + documents.size()));
    }
    List<String> all = new ArrayList<>(List.of("apiVersion", "kind"));
    all.addAll(known);
    Fields root = new Fields(file, "the file", documents.getFirst(), problems, all);
    root.word("apiVersion", List.of("refloat.dev/v1"));
    root.word("kind", List.of(kind));
    T result = read.apply(root);
    if (!problems.isEmpty()) {
      throw new UnusableFile(problems);
    }
    return result;
  }

  /// The fields of an item.
  Fields below(YamlNode item, String name, Collection<String> known) {
    return new Fields(file, name, item, problems, known);
  }

  Optional<YamlNode> node(String key) {
    return Optional.ofNullable(fields.get(key));
  }

  /// A text that must be there.
  String text(String key) {
    YamlNode value = fields.get(key);
    if (value == null) {
      problem(node, what + " needs '" + key + "'");
      return "";
    }
    return scalar(value, "'" + key + "'");
  }

  Optional<String> optionalText(String key) {
    return node(key).map(n -> scalar(n, "'" + key + "'"));
  }

  private void word(String key, List<String> allowed) {
    String text = text(key);
    if (!text.isEmpty() && !allowed.contains(text)) {
      problem(
          fields.getOrDefault(key, node),
          "'" + key + "' must be " + String.join(" or ", allowed) + ", not '" + text + "'");
    }
  }

  Optional<Duration> duration(String key) {
    return optionalText(key)
        .flatMap(
            t -> {
              Optional<Duration> d = Times.duration(t);
              if (d.isEmpty()) {
                problem(fields.getOrDefault(key, node), "'" + key + "' must be like 90s or 10m");
              }
              return d;
            });
  }

  Instant time(String key) {
    return Times.parse(text(key))
        .orElseGet(
            () -> {
              problem(
                  fields.getOrDefault(key, node),
                  "'" + key + "' must be a time like 2026-01-31T12:00:00Z");
              return Instant.EPOCH;
            });
  }

  /// The items of a list; a single value is a list of one.
  List<YamlNode> items(String key) {
    return node(key)
        .map(
            n ->
                switch (n) {
                  case YamlNode.Sequence s -> s.items();
                  case YamlNode.Scalar _, YamlNode.Mapping _ -> List.of(n);
                })
        .orElse(List.of());
  }

  List<String> texts(String key) {
    return items(key).stream().map(n -> scalar(n, "an item of '" + key + "'")).toList();
  }

  /// The entries of a mapping of free keys.
  List<YamlNode.Entry> entries(String key) {
    return node(key)
        .map(
            n -> {
              if (n instanceof YamlNode.Mapping m) {
                return m.entries();
              }
              problem(n, "'" + key + "' must be a mapping");
              return List.<YamlNode.Entry>of();
            })
        .orElse(List.of());
  }

  String scalar(YamlNode value, String name) {
    if (value instanceof YamlNode.Scalar s && !s.text().isBlank()) {
      return s.text();
    }
    problem(value, name + " must be a text");
    return "";
  }

  void problem(YamlNode at, String message) {
    problems.add(file + ":" + at.line() + ":" + at.column() + ": " + message);
  }

  static String meant(String word, Collection<String> known) {
    return Nearest.of(word, known, 1).stream()
        .findFirst()
        .map(n -> ", did you mean '" + n + "'?")
        .orElse("");
  }
}
