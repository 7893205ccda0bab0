package dev.refloat.testbed;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A HelmRelease as it stands in Git. It is not changed; [#with] makes another.
public record Release(String namespace, String name, ObjectNode spec) {

  /// The chart `webapp` 1.0.0 from the repository `charts` of its namespace, with a short timeout.
  public static Release webapp(String namespace, String name) {
    return of(namespace, name, "webapp");
  }

  /// The chart `database` 1.0.0, likewise: a StatefulSet with a claim.
  public static Release database(String namespace, String name) {
    return of(namespace, name, "database");
  }

  private static Release of(String namespace, String name, String chart) {
    return new Release(
        namespace,
        name,
        Manifests.read(
                """
                interval: 10m
                timeout: 12s
                chart:
                  spec:
                    chart: %s
                    version: 1.0.0
                    interval: 10m
                    sourceRef: {kind: HelmRepository, name: charts}
                """
                    .formatted(chart))
            .getFirst());
  }

  /// The same with more or other fields in its spec, as YAML: `values: {tag: 1.1.0}`. Objects are
  /// merged; `null` removes a field.
  public Release with(String yaml) {
    ObjectNode merged = spec.deepCopy();
    merge(merged, Manifests.read(yaml).getFirst());
    return new Release(namespace, name, merged);
  }

  private static void merge(ObjectNode into, ObjectNode changes) {
    for (var field : changes.properties()) {
      JsonNode now = into.get(field.getKey());
      if (field.getValue().isNull()) {
        into.remove(field.getKey());
      } else if (now instanceof ObjectNode o && field.getValue() instanceof ObjectNode c) {
        merge(o, c);
      } else {
        into.set(field.getKey(), field.getValue());
      }
    }
  }

  /// The object, to be applied.
  ObjectNode manifest() {
    ObjectNode object = ApiClient.JSON.createObjectNode();
    object.put("apiVersion", "helm.toolkit.fluxcd.io/v2").put("kind", "HelmRelease");
    object.putObject("metadata").put("namespace", namespace).put("name", name);
    object.set("spec", spec);
    return object;
  }
}
