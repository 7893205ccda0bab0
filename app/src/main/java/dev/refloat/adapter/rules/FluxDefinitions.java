package dev.refloat.adapter.rules;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.lint.rule.Definitions;
import dev.refloat.model.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/// The schemas of Flux's own kinds, `flux-definitions.json`, which says what it was made from.
public final class FluxDefinitions {
  private static final String FILE = "flux-definitions.json";

  private FluxDefinitions() {}

  /// The schemas that come with this program.
  public static Definitions bundled() {
    try (InputStream in = FluxDefinitions.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("the built-in " + FILE + " is missing: build again");
      }
      Map<String, Json> schemas = new HashMap<>();
      if (JsonTrees.read(FILE, in, Limits.DOCUMENT).get("schemas") instanceof Json.Obj o) {
        o.forEach(schemas::put);
      }
      return new Definitions(schemas);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the built-in " + FILE, e);
    }
  }
}
