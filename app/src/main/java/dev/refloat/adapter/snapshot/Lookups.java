package dev.refloat.adapter.snapshot;

import dev.refloat.evidence.Inquiry;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `lookups.json` holds: the answers of chart repositories and image registries.
///
///     {"apiVersion":"refloat.dev/v1","kind":"Lookups",
///      "charts":[{"source":{"kind":"HelmRepository","namespace":"ai","name":"charts"},
///                 "chart":"","names":["librechat"]}],
///      "images":[{"image":"ghcr.io/example/app","tags":["1.2.0"]}]}
final class Lookups {
  static final String KIND = "Lookups";

  private final Map<String, List<String>> charts = new LinkedHashMap<>();
  private final Map<String, List<String>> images = new LinkedHashMap<>();
  private final Map<String, ObjectRef> sources = new LinkedHashMap<>();

  void add(Inquiry.ChartVersions asked, List<String> names) {
    charts.put(key(asked.source(), asked.chart()), names);
    sources.put(key(asked.source(), asked.chart()), asked.source());
  }

  void add(Inquiry.ImageTags asked, List<String> tags) {
    images.put(asked.image(), tags);
  }

  void read(Json root) {
    for (Json c : root.get("charts").list()) {
      Json s = c.get("source");
      ObjectRef source =
          new ObjectRef("", s.get("kind").text(), s.get("namespace").text(), s.get("name").text());
      add(new Inquiry.ChartVersions(source, c.get("chart").text()), texts(c.get("names")));
    }
    for (Json i : root.get("images").list()) {
      images.put(i.get("image").text(), texts(i.get("tags")));
    }
  }

  private static List<String> texts(Json array) {
    return array.list().stream().map(Json::text).filter(s -> !s.isEmpty()).toList();
  }

  Optional<List<String>> answer(Inquiry.ChartVersions asked) {
    return Optional.ofNullable(charts.get(key(asked.source(), asked.chart())));
  }

  Optional<List<String>> answer(Inquiry.ImageTags asked) {
    return Optional.ofNullable(images.get(asked.image()));
  }

  boolean isEmpty() {
    return charts.isEmpty() && images.isEmpty();
  }

  Json toJson() {
    return Json.builder()
        .put("apiVersion", SnapshotNotes.API_VERSION)
        .put("kind", KIND)
        .put(
            "charts",
            charts.entrySet().stream().map(e -> chart(e.getKey(), e.getValue())).iterator())
        .put(
            "images",
            images.entrySet().stream()
                .map(
                    e ->
                        (Json)
                            Json.builder()
                                .put("image", e.getKey())
                                .put("tags", array(e.getValue()))
                                .build())
                .iterator())
        .build();
  }

  private Json chart(String key, List<String> names) {
    ObjectRef source = sources.get(key);
    Json.Builder s = Json.builder();
    if (source != null) {
      s.put("kind", source.kind()).put("namespace", source.namespace()).put("name", source.name());
    }
    return Json.builder()
        .put("source", s.build())
        .put("chart", key.substring(key.indexOf('\n') + 1))
        .put("names", array(names))
        .build();
  }

  private static Json array(List<String> texts) {
    return new Json.Arr(texts.stream().map(t -> (Json) new Json.Str(t)).toList());
  }

  private static String key(ObjectRef source, String chart) {
    return source.kind() + "/" + source.namespace() + "/" + source.name() + "\n" + chart;
  }
}
