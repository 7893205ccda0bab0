package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresTestBed
final class ChartRegistryE2E {
  @Test
  void keepsAChartThatHelmPushed(@TempDir Path folder) throws Exception {
    try (ChartRegistry registry = ChartRegistry.start();
        ChartServer charts = ChartServer.start(folder, Certificates.create());
        HttpClient http = HttpClient.newHttpClient()) {
      charts.pushTo(registry);
      String tags =
          http.send(
                  HttpRequest.newBuilder(
                          URI.create("http://" + registry.host() + "/v2/charts/webapp/tags/list"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(tags).contains("1.0.0", "1.1.0");
    }
  }
}
