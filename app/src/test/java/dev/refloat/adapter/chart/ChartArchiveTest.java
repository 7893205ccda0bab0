package dev.refloat.adapter.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.lint.Rendering;
import dev.refloat.model.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ChartArchiveTest {

  private static Map<String, byte[]> files(String... pairs) {
    Map<String, byte[]> out = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      out.put(pairs[i], pairs[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return out;
  }

  @Test
  void knowsDefaultsOfSubchartsBelowTheirNames() throws IOException {
    Map<String, byte[]> files =
        files(
            "Chart.yaml",
            "{apiVersion: v2, name: shop, version: 1.2.3, dependencies: [{name: db, alias: store},"
                + " {name: cache}]}",
            "values.yaml",
            "{replicas: 1, store: {size: 2}}",
            "charts/db/Chart.yaml",
            "{apiVersion: v2, name: db, version: 0.1.0}",
            "charts/db/values.yaml",
            "{size: 1, user: root}",
            "charts/db/templates/a.yaml",
            "{{ .Values.hiddenKnob }}");
    files.put(
        "charts/cache-1.0.0.tgz",
        TarWriter.pack(
            "cache",
            files(
                "Chart.yaml",
                "{apiVersion: v2, name: cache, version: 1.0.0}",
                "values.yaml",
                "{memory: 64Mi}")));
    Rendering.Chart chart = ChartArchive.read("shop", TarWriter.pack("shop", files)).chart();
    assertThat(chart.name()).isEqualTo("shop");
    assertThat(chart.version()).isEqualTo("1.2.3");
    assertThat(chart.defaults().at("store", "user").text()).isEqualTo("root");
    assertThat(chart.defaults().at("store", "size").text()).isEqualTo("2");
    assertThat(chart.defaults().at("cache", "memory").text()).isEqualTo("64Mi");
    assertThat(chart.schema()).isEqualTo(Json.Missing.MISSING);
    assertThat(chart.words()).contains("hiddenKnob", "memory");
  }

  @Test
  void refusesPathsThatLeadOut() throws IOException {
    byte[] packed = TarWriter.pack("shop", files("../../../etc/cron.d/x", "* * * * *"));
    assertThatThrownBy(() -> ChartArchive.read("shop", packed))
        .isInstanceOf(MalformedInput.class)
        .hasMessageContaining("leads out of the archive");
  }

  @Test
  void refusesWhatUnpacksToTooMuch() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, byte[]> files = new TreeMap<>();
    files.put("Chart.yaml", "{name: bomb, version: 1.0.0}".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 30; i++) {
      files.put("files/" + i, new byte[4 << 20]);
    }
    out.write(TarWriter.pack("bomb", files));
    assertThat(out.size()).isLessThan(1 << 20);
    assertThatThrownBy(() -> ChartArchive.read("bomb", out.toByteArray()))
        .hasMessageContaining("more than 100 MiB");
  }

  @Test
  void refusesWhatIsNoChart() throws IOException {
    byte[] empty = TarWriter.pack("x", files("README.md", "hello"));
    assertThatThrownBy(() -> ChartArchive.read("x", empty)).hasMessageContaining("no Chart.yaml");
    ByteArrayOutputStream cut = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(cut)) {
      zip.write(new byte[] {'n', 'o'});
    }
    assertThatThrownBy(() -> ChartArchive.read("x", cut.toByteArray()))
        .isInstanceOf(MalformedInput.class);
    assertThatThrownBy(() -> ChartArchive.read("x", new byte[] {1, 2, 3}))
        .isInstanceOf(MalformedInput.class);
  }

  @Test
  void packsTheSameFilesToTheSameBytes() throws IOException {
    String deep = "templates/" + "d".repeat(90) + "/" + "f".repeat(90) + ".yaml";
    Map<String, byte[]> files = files("Chart.yaml", "{name: a, version: 1.0.0}", deep, "x: wordy");
    assertThat(TarWriter.pack("a", files)).isEqualTo(TarWriter.pack("a", files));
    assertThat(ChartArchive.read("a", TarWriter.pack("a", files)).chart().words())
        .contains("wordy");
  }
}
