package dev.refloat.adapter.yaml;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A node of a YAML document with the place it was written at. Lines and columns count from 1. What
/// an alias stands for keeps the place of its anchor.
public sealed interface YamlNode {

  int line();

  int column();

  /// The same without places.
  Json json();

  /// What the node is, in words for an error message.
  String noun();

  /// A scalar.
  ///
  /// @param text as written, without quotes
  /// @param json the value that Kubernetes takes it for
  record Scalar(int line, int column, String text, Json json) implements YamlNode {
    @Override
    public String noun() {
      return switch (json) {
        case Json.Num _ -> "a number";
        case Json.Bool _ -> "a boolean";
        case Json.Null _, Json.Missing _ -> "nothing";
        case Json.Str _, Json.Obj _, Json.Arr _ -> "a text";
      };
    }
  }

  /// A sequence.
  record Sequence(int line, int column, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public Json json() {
      List<Json> out = new ArrayList<>(items.size());
      items.forEach(i -> out.add(i.json()));
      return new Json.Arr(out);
    }

    @Override
    public String noun() {
      return "a list";
    }
  }

  /// A mapping. Every key appears once.
  record Mapping(int line, int column, List<Entry> entries) implements YamlNode {
    public Mapping {
      entries = List.copyOf(entries);
    }

    /// The value of a key.
    public Optional<YamlNode> get(String key) {
      return entries.stream().filter(e -> e.key().text().equals(key)).map(Entry::value).findFirst();
    }

    @Override
    public Json json() {
      Json.Builder b = Json.builder();
      entries.forEach(e -> b.put(e.key().text(), e.value().json()));
      return b.build();
    }

    @Override
    public String noun() {
      return "a mapping";
    }
  }

  /// One field of a mapping. The key is its text as written: `on` stays `on`.
  record Entry(Scalar key, YamlNode value) {}
}
