package dev.refloat.lint.rule;

import dev.refloat.lint.Declared;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;

/// A HelmRelease as helm-controller reads it: with its defaults.
record Release(Declared declared) {
  /// The API group of sources.
  static final String SOURCES = "source.toolkit.fluxcd.io";

  String namespace() {
    return declared.object().namespace();
  }

  String name() {
    return declared.object().name();
  }

  Json spec(String... path) {
    return declared.object().spec(path);
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

  /// The path of an item of a list, or of a field in it.
  static List<FieldEdit.Step> item(int index, List<String> list, String... fields) {
    List<FieldEdit.Step> path = new ArrayList<>();
    list.forEach(k -> path.add(new FieldEdit.Key(k)));
    path.add(new FieldEdit.Index(index));
    for (String f : fields) {
      path.add(new FieldEdit.Key(f));
    }
    return path;
  }
}
