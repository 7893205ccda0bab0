package dev.refloat.lint.rule;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is known of kinds of objects: the OpenAPI schema of each version, as a
/// CustomResourceDefinition holds it in `openAPIV3Schema`.
///
/// @param schemas by [#key]
/// @param parts what schemas refer to by `$ref`, by name
public record Definitions(Map<String, Json> schemas, Map<String, Json> parts) {
  /// Metadata of every object, where [#parts] are Kubernetes' own.
  static final String METADATA = "apis.meta.v1.ObjectMeta";

  public Definitions {
    schemas = Map.copyOf(schemas);
    parts = Map.copyOf(parts);
  }

  public Definitions(Map<String, Json> schemas) {
    this(schemas, Map.of());
  }

  /// Nothing is known: rules that need a schema find nothing.
  public static Definitions none() {
    return new Definitions(Map.of());
  }

  /// The schemas that CustomResourceDefinitions hold.
  static Map<String, Json> of(List<Resource> definitions) {
    Map<String, Json> schemas = new HashMap<>();
    for (Resource d : definitions) {
      for (Json version : d.spec("versions").list()) {
        Json schema = version.at("schema", "openAPIV3Schema");
        if (schema.exists()) {
          schemas.put(
              key(
                  d.spec("group").text() + "/" + version.get("name").text(),
                  d.spec("names", "kind").text()),
              schema);
        }
      }
    }
    return schemas;
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
