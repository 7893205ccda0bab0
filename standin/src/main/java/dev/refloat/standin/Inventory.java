package dev.refloat.standin;

import dev.refloat.model.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The objects of a release, as `status.inventory` lists them.
final class Inventory {
  private Inventory() {}

  static Json of(Formats formats, ApiServer api, ReleaseRecord record) {
    List<Json> entries = new ArrayList<>();
    List<Json> objects;
    try {
      objects = formats.yaml(record.body().get("manifest").text());
    } catch (IOException e) {
      // Helm would not have applied it.
      return Json.Missing.MISSING;
    }
    for (Json object : objects) {
      String apiVersion = object.get("apiVersion").text();
      String kind = object.get("kind").text();
      if (kind.isEmpty()) {
        continue;
      }
      int slash = apiVersion.indexOf('/');
      String namespace =
          api.isNamespaced(apiVersion, kind)
              ? object.at("metadata", "namespace").text(record.body().get("namespace").text())
              : "";
      String id =
          namespace
              + "_"
              + object.at("metadata", "name").text().replace(":", "__")
              + "_"
              + (slash < 0 ? "" : apiVersion.substring(0, slash))
              + "_"
              + kind;
      entries.add(Json.builder().put("id", id).put("v", apiVersion.substring(slash + 1)).build());
    }
    return Json.builder().put("entries", entries.iterator()).build();
  }
}
