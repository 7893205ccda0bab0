package dev.refloat.lint.rule;

import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The API versions of Flux: which were removed when, and what the repository says of it.
final class FluxApis {
  private static final String SUFFIX = ".toolkit.fluxcd.io";
  private static final String DEFINITIONS = "apiextensions.k8s.io";

  /// By group and version: the Flux that no longer has it. From the changelogs of helm-controller
  /// 1.4 and 1.5 and source-controller 1.7 and 1.8 (`2.7`, `2.8`); none of them is in the
  /// CustomResourceDefinitions of Flux 2.9.
  private static final Map<String, String> REMOVED =
      Map.of(
          "helm.toolkit.fluxcd.io/v2beta1", "2.7",
          "helm.toolkit.fluxcd.io/v2beta2", "2.8",
          "source.toolkit.fluxcd.io/v1beta1", "2.7",
          "source.toolkit.fluxcd.io/v1beta2", "2.8",
          "kustomize.toolkit.fluxcd.io/v1beta1", "2.7",
          "kustomize.toolkit.fluxcd.io/v1beta2", "2.8",
          "notification.toolkit.fluxcd.io/v1beta1", "2.7",
          "notification.toolkit.fluxcd.io/v1beta2", "2.8");

  private FluxApis() {}

  static boolean isFlux(String group) {
    return group.endsWith(SUFFIX);
  }

  /// The version of Flux that no longer has an API version.
  static Optional<String> removedIn(String apiVersion) {
    return Optional.ofNullable(REMOVED.get(apiVersion));
  }

  /// What to write instead.
  static String successor(ObjectRef object) {
    String version =
        switch (object.group()) {
          case "helm.toolkit.fluxcd.io" -> "v2";
          case "notification.toolkit.fluxcd.io" ->
              object.kind().equals("Receiver") ? "v1" : "v1beta3";
          default -> "v1";
        };
    return object.group() + "/" + version;
  }

  /// Schemas of the versions that the CustomResourceDefinitions in the repository serve.
  static Map<String, Json> declared(Cluster cluster) {
    Map<String, Json> out = new HashMap<>();
    for (Declared d : cluster.all(DEFINITIONS, "CustomResourceDefinition")) {
      String group = d.object().spec("group").text();
      if (isFlux(group)) {
        for (Json v : d.object().spec("versions").list()) {
          if (v.get("served").isTrue()) {
            out.put(
                Definitions.key(
                    group + "/" + v.get("name").text(), d.object().spec("names", "kind").text()),
                v.at("schema", "openAPIV3Schema"));
          }
        }
      }
    }
    return out;
  }

  /// The CustomResourceDefinition of a kind, when the repository holds it.
  static Optional<Declared> definition(Cluster cluster, ObjectRef object) {
    return cluster.all(DEFINITIONS, "CustomResourceDefinition").stream()
        .filter(
            d ->
                d.object().spec("group").text().equals(object.group())
                    && d.object().spec("names", "kind").text().equals(object.kind()))
        .findFirst();
  }
}
