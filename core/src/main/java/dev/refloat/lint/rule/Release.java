package dev.refloat.lint.rule;

import dev.refloat.lint.Declared;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A HelmRelease as helm-controller reads it: with its defaults.
record Release(Declared declared) {
  /// The API group of HelmReleases.
  static final String GROUP = "helm.toolkit.fluxcd.io";

  /// The API group of sources.
  static final String SOURCES = "source.toolkit.fluxcd.io";

  /// Helm's longest name; Flux shortens longer ones to 40 characters and a digest.
  private static final int LONGEST_NAME = 53;

  String namespace() {
    return declared.object().namespace();
  }

  String name() {
    return declared.object().name();
  }

  /// `namespace/name`.
  String path() {
    return declared.ref().path();
  }

  Json spec(String... path) {
    return declared.object().spec(path);
  }

  String targetNamespace() {
    return spec("targetNamespace").text(namespace());
  }

  /// Where Helm keeps its records. Not the target namespace: that of the HelmRelease.
  String storageNamespace() {
    return spec("storageNamespace").text(namespace());
  }

  /// Helm's name of the release, before it is shortened.
  String releaseName() {
    Optional<String> given = spec("releaseName").scalar().filter(n -> !n.isEmpty());
    return given.orElseGet(
        () ->
            spec("targetNamespace").exists()
                ? spec("targetNamespace").text() + "-" + name()
                : name());
  }

  boolean nameIsShortened() {
    return releaseName().length() > LONGEST_NAME;
  }

  /// Whether it is installed in another cluster than the one that runs Flux.
  boolean remote() {
    return spec("kubeConfig").exists();
  }

  /// Whether one of two strategies for failed actions is chosen: retries instead of a remedy.
  boolean retriesOnFailure(String action) {
    return spec(action, "strategy", "name").text().equals("RetryOnFailure");
  }

  /// Retries of an action, with Flux's default.
  long retries(String action) {
    return spec(action, "remediation", "retries").integer(0);
  }

  /// Where the chart comes from; nothing when the object says it in no way that Flux knows.
  Optional<Reference> source() {
    Json ref = spec("chart", "spec", "sourceRef");
    if (ref.exists()) {
      return Optional.of(reference(ref, "spec", "chart", "spec", "sourceRef"));
    }
    Json direct = spec("chartRef");
    return direct.exists() ? Optional.of(reference(direct, "spec", "chartRef")) : Optional.empty();
  }

  private Reference reference(Json ref, String... path) {
    return new Reference(
        ref.get("kind").text(),
        ref.get("namespace").text(namespace()),
        ref.get("name").text(),
        keys(path));
  }

  /// The releases that this one waits for.
  List<Reference> dependencies() {
    return dependencies(declared, "HelmRelease");
  }

  /// What an object waits for, by its `spec.dependsOn`.
  static List<Reference> dependencies(Declared object, String kind) {
    List<Reference> out = new ArrayList<>();
    List<Json> items = object.object().spec("dependsOn").list();
    for (int i = 0; i < items.size(); i++) {
      Json item = items.get(i);
      out.add(
          new Reference(
              kind,
              item.get("namespace").text(object.object().namespace()),
              item.get("name").text(),
              item(i, List.of("spec", "dependsOn"))));
    }
    return out;
  }

  /// The objects that values are taken from.
  List<ValuesReference> valuesFrom() {
    List<ValuesReference> out = new ArrayList<>();
    List<Json> items = spec("valuesFrom").list();
    for (int i = 0; i < items.size(); i++) {
      Json item = items.get(i);
      out.add(
          new ValuesReference(
              i,
              item.get("kind").text(),
              item.get("name").text(),
              item.get("valuesKey").text("values.yaml"),
              item.get("optional").isTrue()));
    }
    return out;
  }

  /// A reference to another object.
  ///
  /// @param namespace with the default filled in
  /// @param path of the field that holds the reference
  record Reference(String kind, String namespace, String name, List<FieldEdit.Step> path) {
    String display() {
      return kind + " " + namespace + "/" + name;
    }

    /// The path of one of its fields.
    List<FieldEdit.Step> path(String field) {
      List<FieldEdit.Step> out = new ArrayList<>(path);
      out.add(new FieldEdit.Key(field));
      return out;
    }

    /// Whether it could name something: no part is empty or was left for a substitution.
    boolean complete() {
      return !name.isEmpty() && !(namespace + name).contains("${");
    }
  }

  /// An item of `spec.valuesFrom`.
  ///
  /// @param index in the list, from 0
  /// @param key `values.yaml` unless written otherwise
  record ValuesReference(int index, String kind, String name, String key, boolean optional) {
    /// The path of the item, or of one of its fields.
    List<FieldEdit.Step> path(String... fields) {
      return item(index, List.of("spec", "valuesFrom"), fields);
    }
  }

  static List<FieldEdit.Step> keys(String... path) {
    List<FieldEdit.Step> out = new ArrayList<>();
    for (String key : path) {
      out.add(new FieldEdit.Key(key));
    }
    return out;
  }

  /// The path of an item of a list, or of a field in it.
  static List<FieldEdit.Step> item(int index, List<String> list, String... fields) {
    List<FieldEdit.Step> path = keys(list.toArray(String[]::new));
    path.add(new FieldEdit.Index(index));
    path.addAll(keys(fields));
    return path;
  }
}
