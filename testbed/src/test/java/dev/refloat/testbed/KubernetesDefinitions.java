package dev.refloat.testbed;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes the table of Kubernetes' own schemas that lint uses, from the OpenAPI documents of a
/// running
/// API server: types, names of fields, words that are allowed, keys of lists, and the required
/// fields
/// that the server was seen to insist on. Descriptions, formats and the status are left out.
final class KubernetesDefinitions {
  private static final Pattern SERVED = Pattern.compile("api/v1|apis/[^/]+/v\\w+");
  private static final String PREFIX = "#/components/schemas/";
  private static final String KEYS = "x-kubernetes-list-map-keys";

  private final TestCluster cluster;
  private final Map<String, ObjectNode> parts = new TreeMap<>();
  private final Map<String, String> kinds = new TreeMap<>();
  private final Set<String> insisted = new TreeSet<>();

  private KubernetesDefinitions(TestCluster cluster) {
    this.cluster = cluster;
  }

  /// One definition a line, so that changes can be read.
  static String of(TestCluster cluster, List<ObjectNode> valid) {
    KubernetesDefinitions all = new KubernetesDefinitions(cluster);
    all.read();
    valid.forEach(all::leaveOut);
    return all.text();
  }

  private void read() {
    JsonNode paths = cluster.api().get("/openapi/v3").path("paths");
    for (String path : new TreeSet<>(paths.propertyNames())) {
      if (!SERVED.matcher(path).matches() || path.contains(".fluxcd.io/")) {
        continue;
      }
      JsonNode schemas =
          cluster
              .api()
              .get(paths.path(path).path("serverRelativeURL").asString())
              .path("components")
              .path("schemas");
      for (String name : schemas.propertyNames()) {
        JsonNode schema = schemas.path(name);
        parts.put(shortened(name), simple(schema));
        for (JsonNode kind : schema.path("x-kubernetes-group-version-kind")) {
          String k = kind.path("kind").asString();
          if (name.endsWith("." + k)
              && schema.path("properties").has("metadata")
              && !k.endsWith("List")) {
            String group = kind.path("group").asString();
            kinds.put(
                (group.isEmpty() ? "" : group + "/") + kind.path("version").asString() + "/" + k,
                shortened(name));
          }
        }
      }
    }
    for (String part : kinds.values()) {
      // Whoever writes a status into Git does no harm.
      ((ObjectNode) part(part).path("properties")).putObject("status");
    }
  }

  private ObjectNode part(String name) {
    return Objects.requireNonNull(parts.get(name), name);
  }

  private static String shortened(String name) {
    return name.replaceFirst(
        "^io\\.k8s\\.(?:api|apimachinery\\.pkg|apiextensions-apiserver\\.pkg\\.apis"
            + "|kube-aggregator\\.pkg\\.apis)\\.",
        "");
  }

  private static ObjectNode simple(JsonNode schema) {
    ObjectNode out = ApiClient.JSON.createObjectNode();
    JsonNode ref = schema.path("$ref");
    if (ref.isMissingNode() && schema.path("allOf").size() == 1) {
      ref = schema.path("allOf").get(0).path("$ref");
    }
    if (!ref.isMissingNode()) {
      return out.put("$ref", shortened(ref.asString().substring(PREFIX.length())));
    }
    if (schema.has("oneOf") || schema.path("format").asString("").equals("int-or-string")) {
      return out.put("x-kubernetes-int-or-string", true);
    }
    for (String field : List.of("type", "required", "x-kubernetes-preserve-unknown-fields")) {
      if (schema.has(field)) {
        out.set(field, schema.path(field));
      }
    }
    if (schema.has("enum")) {
      ArrayNode words = out.putArray("enum");
      schema.path("enum").forEach(words::add);
      words.add("");
    }
    if (schema.path("x-kubernetes-list-type").asString("").equals("map")) {
      out.set(KEYS, schema.path(KEYS));
    }
    if (schema.path("default").isString() && !schema.path("default").asString().isEmpty()) {
      out.set("default", schema.path("default"));
    }
    if (schema.has("properties")) {
      ObjectNode properties = out.putObject("properties");
      for (String name : new TreeSet<>(schema.path("properties").propertyNames())) {
        properties.set(name, simple(schema.path("properties").path(name)));
      }
    }
    for (String below : List.of("items", "additionalProperties")) {
      if (schema.path(below).isObject()) {
        out.set(below, simple(schema.path(below)));
      } else if (schema.has(below)) {
        out.set(below, schema.path(below));
      }
    }
    return out;
  }

  /// Leaves each required field of an object out in turn, and sees whether the server minds.
  private void leaveOut(ObjectNode valid) {
    String kind = valid.path("apiVersion").asString() + "/" + valid.path("kind").asString();
    int status = tried(valid);
    if (status / 100 != 2) {
      throw new AssertionError(
          valid.path("kind")
              + " "
              + valid.path("metadata").path("name")
              + " is not valid: "
              + status);
    }
    leaveOut(valid, valid, kinds.getOrDefault(kind, ""));
  }

  private void leaveOut(ObjectNode whole, JsonNode here, String part) {
    if (!parts.containsKey(part) || !(here instanceof ObjectNode object)) {
      return;
    }
    JsonNode schema = part(part);
    for (JsonNode field : schema.path("required")) {
      String name = field.asString();
      JsonNode value = object.get(name);
      if (value != null && !insisted.contains(part + "/" + name)) {
        object.remove(name);
        if (tried(whole) / 100 == 4) {
          insisted.add(part + "/" + name);
        }
        object.set(name, value);
      }
    }
    for (String name : List.copyOf(object.propertyNames())) {
      below(whole, object.get(name), schema.path("properties").path(name));
    }
  }

  private void below(ObjectNode whole, JsonNode value, JsonNode schema) {
    if (schema.has("$ref")) {
      leaveOut(whole, value, schema.path("$ref").asString());
    } else if (value.isArray()) {
      value.forEach(item -> below(whole, item, schema.path("items")));
    } else if (value.isObject()) {
      value.forEach(item -> below(whole, item, schema.path("additionalProperties")));
    }
  }

  private int tried(ObjectNode object) {
    try {
      String path = cluster.api().path(object);
      return cluster
          .api()
          .send(
              "POST",
              path.substring(0, path.lastIndexOf('/')) + "?dryRun=All&fieldValidation=Strict",
              "application/json",
              object.toString())
          .status();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String text() {
    Set<String> used = new TreeSet<>();
    kinds.values().forEach(p -> use(p, used));
    StringBuilder out = new StringBuilder("{\"version\":\"");
    JsonNode version = cluster.api().get("/version");
    out.append(version.path("major").asString())
        .append('.')
        .append(version.path("minor").asString());
    out.append("\",\n\"kinds\":{\n");
    String comma = "";
    for (var e : kinds.entrySet()) {
      out.append(comma).append(quoted(e.getKey())).append(':').append(quoted(e.getValue()));
      comma = ",\n";
    }
    out.append("},\n\"parts\":{\n");
    comma = "";
    for (String part : used) {
      ObjectNode schema = part(part);
      ArrayNode required = ApiClient.JSON.createArrayNode();
      for (JsonNode field : schema.path("required")) {
        if (insisted.contains(part + "/" + field.asString())) {
          required.add(field);
        }
      }
      schema.remove("required");
      if (!required.isEmpty()) {
        schema.set("required", required);
      }
      out.append(comma).append(quoted(part)).append(':').append(schema);
      comma = ",\n";
    }
    return out.append("}}\n").toString();
  }

  private static String quoted(String text) {
    return ApiClient.JSON.writeValueAsString(text);
  }

  private void use(String part, Set<String> used) {
    if (parts.containsKey(part) && used.add(part)) {
      for (JsonNode ref : part(part).findValues("$ref")) {
        if (ref.isString()) {
          use(ref.asString(), used);
        }
      }
    }
  }
}
