package dev.refloat.testbed;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A small chart, and a chart repository on loopback that has it.
final class TestCharts implements AutoCloseable {
  private final HttpServer server;

  private TestCharts(HttpServer server) {
    this.server = server;
  }

  /// Packages the chart `webapp` 1.0.0, one Deployment whose image comes from the values.
  static Path pack(Path folder) throws IOException, UnavailableException {
    Path chart = folder.resolve("webapp");
    Files.createDirectories(chart.resolve("templates"));
    Files.writeString(
        chart.resolve("Chart.yaml"), "apiVersion: v2\nname: webapp\nversion: 1.0.0\n");
    Files.writeString(chart.resolve("values.yaml"), "tag: 1.0.0\n");
    Files.writeString(
        chart.resolve("templates/deployment.yaml"),
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{ .Release.Name }}}
        spec:
          selector: {matchLabels: {app: {{ .Release.Name }}}}
          template:
            metadata: {labels: {app: {{ .Release.Name }}}}
            spec:
              containers:
              - name: app
                image: "ghcr.io/example/webapp:{{ .Values.tag }}"
        """);
    helm(folder, "package", chart.toString(), "--destination", folder.toString());
    return folder.resolve("webapp-1.0.0.tgz");
  }

  /// Serves the chart over HTTP, with an index.
  static TestCharts serve(Path folder) throws IOException, UnavailableException {
    Path root = Files.createDirectories(folder.resolve("www"));
    Path chart = pack(folder);
    Files.copy(chart, root.resolve(chart.getFileName()));
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            root.toAbsolutePath(),
            SimpleFileServer.OutputLevel.NONE);
    TestCharts charts = new TestCharts(server);
    helm(folder, "repo", "index", root.toString(), "--url", charts.url());
    server.start();
    return charts;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static void helm(Path home, String... arguments) throws UnavailableException {
    Command.Result result =
        Command.run(
            Binaries.ofEnvironment().path(Binary.HELM),
            List.of(arguments),
            Map.of("HOME", home.toString()));
    if (result.code() != 0) {
      throw new IllegalStateException(
          "helm " + String.join(" ", arguments) + " failed: " + result.err());
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
