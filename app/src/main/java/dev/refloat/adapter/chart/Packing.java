package dev.refloat.adapter.chart;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Packs a chart that lies in the repository, with its dependencies, as source-controller does for
/// charts of a GitRepository.
final class Packing {
  private static final int DEEPEST = 4;
  private static final Limits FILE = new Limits(1 << 20, 50, 100_000);

  private final ChartFolders folders;
  private final Dependencies dependencies;

  /// Charts from elsewhere.
  @FunctionalInterface
  interface Dependencies {
    Optional<byte[]> get(String url, String chart, String range) throws IOException;
  }

  /// A dependency cannot be had.
  static final class NoDependency extends IOException {
    @Serial private static final long serialVersionUID = 1;

    NoDependency(String message) {
      super(message);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  Packing(ChartFolders folders, Dependencies dependencies) {
    this.folders = folders;
    this.dependencies = dependencies;
  }

  /// Nothing when there is no chart in the folder.
  ///
  /// @param values instead of its `values.yaml`
  Optional<byte[]> pack(String folder, Optional<byte[]> values) throws IOException {
    Optional<Map<String, byte[]>> files = files(folder, 0);
    files.ifPresent(all -> values.ifPresent(v -> all.put("values.yaml", v)));
    return files.isEmpty() ? Optional.empty() : Optional.of(TarWriter.pack("chart", files.get()));
  }

  private Optional<Map<String, byte[]>> files(String folder, int depth) throws IOException {
    Optional<Map<String, byte[]>> found = folders.files(folder);
    if (found.isEmpty() || !found.get().containsKey("Chart.yaml")) {
      return Optional.empty();
    }
    Map<String, byte[]> files = new TreeMap<>(found.get());
    Json chart = yaml(folder, files, "Chart.yaml");
    Json lock = yaml(folder, files, "Chart.lock");
    for (Json d : chart.get("dependencies").list()) {
      String name = d.get("name").text();
      boolean there =
          files.keySet().stream()
              .anyMatch(
                  f ->
                      f.startsWith("charts/" + name + "/")
                          || f.matches(
                              "charts/" + java.util.regex.Pattern.quote(name) + "-[0-9v].*\\.tgz"));
      String url = d.get("repository").text();
      if (there || url.isEmpty()) {
        continue;
      }
      if (url.startsWith("file://") && depth < DEEPEST) {
        String at = below(folder, url.substring("file://".length()));
        Map<String, byte[]> sub =
            files(at, depth + 1)
                .orElseThrow(
                    () ->
                        new NoDependency(
                            "its chart needs " + name + " of " + url + ", which is not there"));
        sub.forEach((path, content) -> files.put("charts/" + name + "/" + path, content));
        continue;
      }
      String range = locked(lock, name).orElse(d.get("version").text());
      byte[] packed =
          dependencies
              .get(url, name, range)
              .orElseThrow(
                  () ->
                      new NoDependency(
                          "its chart needs "
                              + name
                              + " of "
                              + shown(url)
                              + ", which cannot be had"));
      files.put("charts/" + name + "-0.tgz", packed);
    }
    return Optional.of(files);
  }

  private static String shown(String url) {
    return url.replaceAll("://[^@/\\s]+@", "://…@");
  }

  private static Optional<String> locked(Json lock, String name) {
    return lock.get("dependencies").list().stream()
        .filter(d -> d.get("name").text().equals(name))
        .flatMap(d -> d.get("version").scalar().stream())
        .findFirst();
  }

  private static Json yaml(String folder, Map<String, byte[]> files, String name)
      throws IOException {
    byte[] content = files.get(name);
    if (content == null) {
      return Json.Missing.MISSING;
    }
    List<Json> documents =
        YamlTrees.read(folder + "/" + name, new ByteArrayInputStream(content), FILE);
    return documents.isEmpty() ? Json.Missing.MISSING : documents.getFirst();
  }

  private static String below(String folder, String path) throws IOException {
    List<String> parts = new ArrayList<>(List.of(folder.split("/", -1)));
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          throw new IOException("a dependency leads out of the repository");
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return String.join("/", parts);
  }
}
