package dev.refloat.adapter.chart;

import dev.refloat.adapter.archive.TarEntries;
import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.lint.Rendering;
import dev.refloat.model.Json;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// What a packed chart holds, read in memory within the limits that Helm has itself (100 MiB
/// unpacked, 5 MiB a file; `pkg/chart/loader/archive` of Helm 4).
final class ChartArchive {
  private static final long MOST_BYTES = 100L << 20;
  private static final int MOST_FILE_BYTES = 5 << 20;
  private static final int MOST_FILES = 20_000;
  private static final int DEEPEST = 4;
  private static final int MOST_WORDS = 200_000;
  private static final Limits FILE = new Limits(MOST_FILE_BYTES, 100, 500_000);
  private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*+");

  private final String name;
  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, ChartArchive> subcharts = new TreeMap<>();
  private final Set<String> words = new HashSet<>();

  private ChartArchive(String name) {
    this.name = name;
  }

  /// @throws IOException when it is no chart, or a hostile one; says which entry
  static ChartArchive read(String name, byte[] packed) throws IOException {
    long[] left = {MOST_BYTES};
    ChartArchive chart = read(name, packed, left, 0);
    if (chart.yaml("Chart.yaml").get("name").text().isEmpty()) {
      throw new MalformedInput(name, "no chart: it has no Chart.yaml with a name");
    }
    return chart;
  }

  /// A packed chart with one of its files replaced, or added.
  static byte[] with(String name, byte[] packed, String file, byte[] content) throws IOException {
    ChartArchive chart = new ChartArchive(name);
    chart.unpack(packed, new long[] {MOST_BYTES});
    chart.files.put(file, content);
    return TarWriter.pack("chart", chart.files);
  }

  private static ChartArchive read(String name, byte[] packed, long[] left, int depth)
      throws IOException {
    ChartArchive chart = new ChartArchive(name);
    chart.unpack(packed, left);
    chart.arrange(left, depth);
    return chart;
  }

  private void unpack(byte[] packed, long[] left) throws IOException {
    try (InputStream in =
        counted(name, new GZIPInputStream(new ByteArrayInputStream(packed), 1 << 16), left)) {
      TarEntries.each(name, in, MOST_FILES, this::take);
    } catch (ZipException | java.io.EOFException e) {
      throw new MalformedInput(name, "the archive is broken or cut off");
    }
  }

  /// Everything lies in one folder, which is called like the chart.
  private void take(String entry, InputStream content) throws IOException {
    int slash = entry.indexOf('/');
    if (slash < 0) {
      return;
    }
    byte[] bytes = content.readNBytes(MOST_FILE_BYTES + 1);
    if (bytes.length > MOST_FILE_BYTES) {
      throw new MalformedInput(name, "a file in it is larger than 5 MiB, which Helm refuses");
    }
    files.put(entry.substring(slash + 1), bytes);
  }

  private void arrange(long[] left, int depth) throws IOException {
    Map<String, Map<String, byte[]>> below = new TreeMap<>();
    List<String> moved = new ArrayList<>();
    for (var e : files.entrySet()) {
      String path = e.getKey();
      if (!path.startsWith("charts/") || path.startsWith("charts/_")) {
        continue;
      }
      String rest = path.substring("charts/".length());
      int slash = rest.indexOf('/');
      if (slash > 0) {
        below
            .computeIfAbsent(rest.substring(0, slash), _ -> new TreeMap<>())
            .put(rest.substring(slash + 1), e.getValue());
        moved.add(path);
      } else if (rest.endsWith(".tgz") && depth < DEEPEST) {
        ChartArchive sub = read(name + "/" + path, e.getValue(), left, depth + 1);
        subcharts.put(sub.chartName(), sub);
      }
    }
    files.keySet().removeAll(moved);
    for (var e : below.entrySet()) {
      ChartArchive sub = new ChartArchive(name + "/charts/" + e.getKey());
      sub.files.putAll(e.getValue());
      if (depth < DEEPEST) {
        sub.arrange(left, depth + 1);
      }
      subcharts.put(sub.chartName(), sub);
    }
    for (var e : files.entrySet()) {
      if (speaks(e.getKey())) {
        collectWords(new String(e.getValue(), StandardCharsets.UTF_8));
      }
    }
    subcharts.values().forEach(s -> words.addAll(s.words));
  }

  private static boolean speaks(String path) {
    return path.startsWith("templates/")
        || path.equals("values.yaml")
        || path.equals("values.schema.json")
        || path.equals("Chart.yaml")
        || path.equals("README.md")
        || path.startsWith("files/");
  }

  private void collectWords(String text) {
    Matcher m = WORD.matcher(text);
    while (m.find() && words.size() < MOST_WORDS) {
      words.add(m.group());
    }
  }

  private String chartName() throws IOException {
    return yaml("Chart.yaml").get("name").text();
  }

  /// The names of the subcharts in it.
  Set<String> subcharts() {
    return subcharts.keySet();
  }

  /// `Chart.yaml`.
  Json metadata() throws IOException {
    return yaml("Chart.yaml");
  }

  /// One of its files as YAML; missing when there is none.
  Json yaml(String path) throws IOException {
    byte[] content = files.get(path);
    if (content == null) {
      return Json.Missing.MISSING;
    }
    List<Json> documents =
        YamlTrees.read(name + "/" + path, new ByteArrayInputStream(content), FILE);
    return documents.isEmpty() ? Json.emptyObject() : documents.getFirst();
  }

  Rendering.Chart chart() throws IOException {
    Json metadata = metadata();
    return new Rendering.Chart(
        metadata.get("name").text(),
        metadata.get("version").text(),
        metadata,
        defaults(),
        yaml("values.schema.json"),
        words);
  }

  /// As the values of the whole: what the chart itself sets for its subcharts wins.
  private Json defaults() throws IOException {
    Json own = yaml("values.yaml");
    Json.Obj out = own instanceof Json.Obj o ? o : Json.emptyObject();
    for (Json d : metadata().get("dependencies").list()) {
      ChartArchive sub = subcharts.get(d.get("name").text());
      if (sub != null) {
        String key = d.get("alias").text(d.get("name").text());
        out = out.with(key, FluxValues.merge(sub.defaults(), out.get(key)));
      }
    }
    return out;
  }

  private static InputStream counted(String name, InputStream in, long[] left) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int b = in.read();
        spend(b < 0 ? 0 : 1);
        return b;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = in.read(buffer, offset, length);
        spend(Math.max(n, 0));
        return n;
      }

      @Override
      public long skip(long n) throws IOException {
        long skipped = in.skip(n);
        spend(skipped);
        return skipped;
      }

      private void spend(long n) throws MalformedInput {
        left[0] -= n;
        if (left[0] < 0) {
          throw new MalformedInput(name, "unpacks to more than 100 MiB, which Helm refuses");
        }
      }
    };
  }
}
