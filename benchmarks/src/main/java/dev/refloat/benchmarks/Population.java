package dev.refloat.benchmarks;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// A cluster of any size, cloned from recordings of real ones: one namespace per release, with its
/// HelmRelease, HelmChart, HelmRepository, workloads, Pods, Events, Helm records and logs. Names
/// and
/// uids differ, also inside the Helm records; everything else is as real controllers wrote it.
final class Population {
  private static final String HEALTHY = "healthy";

  /// Failures with different evidence: before Helm, while Helm applies, while it waits.
  private static final List<String> FAILING =
      List.of(
          "image-tag-missing", "crash-loop", "values-schema", "volume-pending", "hook-job-fails");

  private static final Set<String> CLUSTER_WIDE = Set.of("CustomResourceDefinition", "Node");
  private static final Pattern UID =
      Pattern.compile("\\b[0-9a-f]{8}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\\b");

  private final Path recordings;
  private final Map<String, List<Json>> templates = new LinkedHashMap<>();

  Population(Path recordings) throws IOException {
    this.recordings = recordings;
    List<String> all = new ArrayList<>(FAILING);
    all.add(HEALTHY);
    for (String name : all) {
      try (InputStream in = Files.newInputStream(recordings.resolve(name + "/objects.json"))) {
        templates.put(name, JsonTrees.read(name, in, Limits.CLUSTER).get("items").list());
      }
    }
  }

  /// Writes a snapshot with the releases `from` (inclusive) to `to`, of which every tenth or so
  /// fails: `failing` of `total`, evenly spread.
  void write(Path folder, int from, int to, int failing, int total) throws IOException {
    Files.createDirectories(folder);
    try (Writer out = Files.newBufferedWriter(folder.resolve("objects.json"))) {
      out.write("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
      boolean first = true;
      for (Json item : templates.getOrDefault(HEALTHY, List.of())) {
        if (CLUSTER_WIDE.contains(item.get("kind").text())) {
          out.write(first ? "\n" : ",\n");
          first = false;
          JsonText.writeCompact(item, out);
        }
      }
      for (int i = from; i < to; i++) {
        // Bresenham's line: exactly `failing` in all.
        boolean fails = (long) (i + 1) * failing / total > (long) i * failing / total;
        int nth = (int) ((long) i * failing / total);
        String template = fails ? FAILING.get(nth % FAILING.size()) : HEALTHY;
        String namespace = "team-%05d".formatted(i);
        for (Json item : templates.getOrDefault(template, List.of())) {
          if (!CLUSTER_WIDE.contains(item.get("kind").text())) {
            out.write(",\n");
            out.write(
                renamed(
                    JsonText.compact(withRecord(item, template, namespace, i)),
                    template,
                    namespace,
                    i));
          }
        }
        copyLogs(template, namespace, folder);
      }
      out.write("\n]}\n");
    }
  }

  private static String renamed(String text, String template, String namespace, int i) {
    String named = text.replaceAll("(?<![A-Za-z0-9-])" + template + "(?![A-Za-z0-9-])", namespace);
    return UID.matcher(named).replaceAll("%08x$1".formatted(i));
  }

  /// Helm's record names its release and namespace again, inside base64, gzip and base64.
  private static Json withRecord(Json item, String template, String namespace, int i)
      throws IOException {
    String record = item.at("data", "release").text();
    if (record.isEmpty() || !(item instanceof Json.Obj secret)) {
      return item;
    }
    byte[] zipped = Base64.getDecoder().decode(Base64.getDecoder().decode(record));
    String text;
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(renamed(text, template, namespace, i).getBytes(StandardCharsets.UTF_8));
    }
    String encoded =
        Base64.getEncoder().encodeToString(Base64.getEncoder().encode(bytes.toByteArray()));
    return secret.with("data", Json.builder().put("release", encoded).build());
  }

  private void copyLogs(String template, String namespace, Path folder) throws IOException {
    Path logs = recordings.resolve(template + "/logs/" + template);
    if (!Files.isDirectory(logs)) {
      return;
    }
    try (Stream<Path> files = Files.walk(logs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = folder.resolve("logs/" + namespace).resolve(logs.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
  }
}
