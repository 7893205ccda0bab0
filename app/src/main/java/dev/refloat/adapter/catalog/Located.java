package dev.refloat.adapter.catalog;

import dev.refloat.model.Json;
import java.util.List;
import java.util.Map;

/// A piece of YAML that knows its place.
sealed interface Located {

  Place place();

  /// The same as plain JSON.
  Json json();

  /// A mapping, in the order of the file.
  record Fields(Place place, Map<String, Field> fields) implements Located {
    @Override
    public Json json() {
      Json.Builder b = Json.builder();
      fields.forEach((k, f) -> b.put(k, f.value().json()));
      return b.build();
    }
  }

  /// One field of a mapping.
  ///
  /// @param key where the key stands
  record Field(Place key, Located value) {}

  record Items(Place place, List<Located> items) implements Located {
    @Override
    public Json json() {
      return new Json.Arr(items.stream().map(Located::json).toList());
    }
  }

  /// A scalar.
  ///
  /// @param text as it was written: `exit-code: 0137` keeps its zero
  record Text(Place place, String text, Json json) implements Located {
    boolean empty() {
      return json instanceof Json.Null;
    }
  }
}
