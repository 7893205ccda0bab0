package dev.refloat.lint.rule;

import dev.refloat.model.Json;
import java.util.Map;
import java.util.Optional;

/// What is known of kinds of objects: the OpenAPI schema of each version, as a
/// CustomResourceDefinition holds it in `openAPIV3Schema`.
///
/// @param schemas by [#key]
public record Definitions(Map<String, Json> schemas) {
  public Definitions {
    schemas = Map.copyOf(schemas);
  }

  /// Nothing is known: rules that need a schema find nothing.
  public static Definitions none() {
    return new Definitions(Map.of());
  }

  /// How a schema is found.
  ///
  /// @param apiVersion group and version
  public static String key(String apiVersion, String kind) {
    return apiVersion + "/" + kind;
  }

  public Optional<Json> schema(String apiVersion, String kind) {
    return Optional.ofNullable(schemas.get(key(apiVersion, kind)));
  }
}
