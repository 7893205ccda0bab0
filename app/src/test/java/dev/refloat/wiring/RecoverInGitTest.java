package dev.refloat.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.refloat.adapter.demo.PlayedCluster;
import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.cli.Cli;
import dev.refloat.cli.Terminal;
import dev.refloat.model.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `recover --repo` from the cause to a Ready release: the real git with a remote, a repository
/// that
/// tells what charts it has, and the played cluster. What kustomize-controller does, the test does.
class RecoverInGitTest {
  private static final String FILE = "apps/dashboard.yaml";

  /// As people write it: comments, an odd indent, quotes.
  private static final String RELEASE =
      """
      # the dashboard of the team
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata:
        name: dashboard
        namespace: tools
      spec:
        interval: 10m
        timeout: 20s
        chart:
          spec:
            chart: "webap"   # from our own repository
            version: 1.x
            sourceRef: {kind: HelmRepository, name: charts}
      """;

  @TempDir Path folder;
  private HttpServer charts;
  private PlayedCluster cluster;
  private Path clone;

  private record Result(int code, String out, String err) {}

  @BeforeEach
  void starts() throws Exception {
    charts =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
    charts.createContext(
        "/",
        exchange -> {
          byte[] index =
              """
              apiVersion: v1
              entries:
                webapp:
                - {name: webapp, version: 1.1.0, apiVersion: v2, urls: [webapp-1.1.0.tgz]}
              """
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, index.length);
          exchange.getResponseBody().write(index);
          exchange.close();
        });
    charts.start();
    Path snapshot = Files.createDirectory(folder.resolve("cluster"));
    Files.writeString(snapshot.resolve("objects.json"), objects());
    cluster = PlayedCluster.start(snapshot);

    Path remote = folder.resolve("remote.git");
    clone = folder.resolve("clone");
    git(folder, "init", "-q", "--bare", "-b", "main", remote.toString());
    git(folder, "clone", "-q", remote.toString(), clone.toString());
    git(clone, "config", "user.name", "Test");
    git(clone, "config", "user.email", "test@example.com");
    git(clone, "config", "commit.gpgsign", "false");
    git(clone, "switch", "-q", "-c", "main");
    Files.createDirectories(clone.resolve("apps"));
    Files.writeString(clone.resolve(FILE), RELEASE);
    git(clone, "add", "-A");
    git(clone, "commit", "-q", "-m", "Add the dashboard");
    git(clone, "push", "-q", "-u", "origin", "main");
  }

  @AfterEach
  void stops() {
    cluster.close();
    charts.stop(0);
  }

  /// The bundled cluster, with a chart repository that answers.
  private String objects() throws IOException {
    Json all;
    try (InputStream in = getClass().getResourceAsStream("/demo/objects.json")) {
      assertThat(in).isNotNull();
      all = JsonTrees.read("objects", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
    List<Json> items = new ArrayList<>();
    for (Json item : all.get("items").list()) {
      boolean repository =
          item.get("kind").text().equals("HelmRepository")
              && item.at("metadata", "namespace").text().equals("tools");
      items.add(
          repository && item instanceof Json.Obj o && o.get("spec") instanceof Json.Obj spec
              ? o.with(
                  "spec",
                  spec.with("url", Json.from("http://127.0.0.1:" + charts.getAddress().getPort())))
              : item);
    }
    return JsonText.compact(((Json.Obj) all).with("items", new Json.Arr(items)));
  }

  private static String git(Path at, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("git"));
    line.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(line).directory(at.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", line, said).isZero();
    return said.strip();
  }

  private Result run(String... arguments) {
    List<String> line = new ArrayList<>(List.of(arguments));
    line.addAll(List.of("--kubeconfig", cluster.kubeconfig().toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new Cli(new Adapters(), Terminal.none(), _ -> {})
            .run(
                line.toArray(String[]::new),
                new StringReader(""),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                Map.of(
                    "REFLOAT_STATE",
                    folder.resolve("state").toString(),
                    "HOME",
                    folder.toString()));
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// What is on the main branch reaches the cluster.
  private void applied() throws Exception {
    String text = git(clone, "show", "origin/main:" + FILE);
    Json release = YamlTrees.read(FILE, text).getFirst();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create(
                          cluster.url()
                              + "/apis/helm.toolkit.fluxcd.io/v2/namespaces/tools/helmreleases/dashboard"
                              + "?fieldManager=kustomize-controller"))
                  .header("Content-Type", "application/merge-patch+json")
                  .method(
                      "PATCH",
                      HttpRequest.BodyPublishers.ofString(
                          JsonText.compact(Json.from(Map.of("spec", release.get("spec"))))))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  @Test
  void aMisspeltChartIsCorrectedOnABranchAndTheReleaseRecoversWhenItIsMerged() throws Exception {
    Result begun = run("recover", "tools/dashboard", "--yes", "--repo", clone.toString());
    assertThat(begun.code()).as("%s\n%s", begun.out(), begun.err()).isEqualTo(3);
    Matcher id = Pattern.compile("--resume (\\S+)").matcher(begun.err());
    assertThat(id.find()).as(begun.err()).isTrue();
    String branch = "refloat/" + id.group(1);
    assertThat(begun.err()).contains("By hand: Review branch " + branch);

    // on the remote, and nowhere else: the person's own branch and files are as they were
    git(clone, "fetch", "-q", "origin");
    assertThat(git(clone, "show", "origin/" + branch + ":" + FILE) + "\n")
        .isEqualTo(RELEASE.replace("\"webap\"", "\"webapp\""));
    assertThat(git(clone, "log", "-1", "--format=%B", "origin/" + branch))
        .contains(
            "spec.chart.spec.chart",
            "HelmRelease tools/dashboard",
            "Refloat-Recovery: " + id.group(1));
    assertThat(git(clone, "rev-parse", "--abbrev-ref", "HEAD")).isEqualTo("main");
    assertThat(git(clone, "status", "--porcelain")).isEmpty();
    assertThat(Files.readString(clone.resolve(FILE))).isEqualTo(RELEASE);

    git(clone, "merge", "-q", "origin/" + branch);
    git(clone, "push", "-q", "origin", "main");
    git(clone, "fetch", "-q", "origin");
    applied();
    Result resumed = run("recover", "--resume", id.group(1), "--yes", "--repo", clone.toString());
    assertThat(resumed.code()).as("%s\n%s", resumed.out(), resumed.err()).isZero();
    assertThat(resumed.err()).contains("Verdict: recovered");
    assertThat(run("validate", "tools/dashboard", "--watch-window", "0").code()).isZero();
  }

  @Test
  void resumingBeforeTheMergeWaitsAndTheChangeIsMadeOnce() throws Exception {
    Result begun = run("recover", "tools/dashboard", "--yes", "--repo", clone.toString());
    Matcher id = Pattern.compile("--resume (\\S+)").matcher(begun.err());
    assertThat(id.find()).as(begun.err()).isTrue();
    Thread later =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    Thread.sleep(4_000);
                    git(clone, "fetch", "-q", "origin");
                    git(clone, "merge", "-q", "origin/refloat/" + id.group(1));
                    git(clone, "push", "-q", "origin", "main");
                    git(clone, "fetch", "-q", "origin");
                    applied();
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                });
    Result resumed = run("recover", "--resume", id.group(1), "--yes", "--repo", clone.toString());
    later.join();
    assertThat(resumed.code()).as("%s\n%s", resumed.out(), resumed.err()).isZero();
    assertThat(resumed.err()).contains("waiting: ", "Verdict: recovered");
    assertThat(git(clone, "rev-list", "--count", "origin/main")).isEqualTo("2");
  }
}
