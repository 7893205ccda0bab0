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

/// The schemas of Kubernetes' own kinds, `kubernetes-definitions.json`: made from what a real API
/// server says of itself. Of what it calls required only that is in it which the server was seen to
/// insist on.
public final class KubernetesDefinitions {
  private static final String FILE = "kubernetes-definitions.json";

  private KubernetesDefinitions() {}

  /// The schemas that come with this program, read when they are first asked for.
  public static Definitions bundled() {
    return Read.ONCE;
  }

  private static final class Read {
    static final Definitions ONCE = read();

    private Read() {}
  }

  private static Definitions read() {
    try (InputStream in = KubernetesDefinitions.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("the built-in " + FILE + " is missing: build again");
      }
      Json all = JsonTrees.read(FILE, in, Limits.DOCUMENT);
      Map<String, Json> parts = new HashMap<>();
      if (all.get("parts") instanceof Json.Obj o) {
        o.forEach(parts::put);
      }
      Map<String, Json> schemas = new HashMap<>();
      all.get("kinds").strings().forEach((kind, part) -> schemas.put(kind, parts.get(part)));
      return new Definitions(schemas, parts);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the built-in " + FILE, e);
    }
  }
}
