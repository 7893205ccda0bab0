package dev.refloat.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.refloat.cli.Cli;
import dev.refloat.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `render`, `diff` and `lint` with charts, on a repository under git. Needs `helm`, as
/// [RecordedManifestsTest] does.
@NullMarked
class RenderWorkflowTest {
  @TempDir Path temp;
  private Path repository = Path.of("");
  private final Map<String, String> env = new HashMap<>();
  private Optional<ChartHost> host = Optional.empty();

  private record Result(int code, String out, String err) {}

  private Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new Cli(new Adapters(), Terminal.none(), _ -> {})
            .run(
                args,
                new StringReader(""),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                env);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private void git(String... args) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("git", "-c", "user.name=a"));
    command.addAll(List.of("-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command)
            .directory(repository.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).as("git %s", List.of(args)).isZero();
  }

  private void write(String values) throws IOException {
    Files.writeString(
        repository.resolve("app.yaml"),
        """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: HelmRepository
        metadata: {name: charts, namespace: shop}
        spec: {interval: 1m, url: "http://%s/ok"}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: dsn, namespace: shop}
        stringData: {dsn: "postgres://me:hunter2hunter2@db"}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: store, namespace: shop}
        spec:
          interval: 10m
          chart: {spec: {chart: strict, version: 1.0.0, sourceRef: {kind: HelmRepository, name: charts}}}
          valuesFrom: [{kind: Secret, name: dsn, valuesKey: dsn, targetPath: database.dsn}]
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web, namespace: shop}
        spec:
          interval: 10m
          chart: {spec: {chart: webapp, version: 1.1.0, sourceRef: {kind: HelmRepository, name: charts}}}
          values: %s
        """
            .formatted(host.orElseThrow().address(), values));
  }

  @BeforeEach
  void aRepository() throws IOException, InterruptedException {
    Optional<Path> helm = RecordedManifestsTest.program("helm");
    if ("true".equals(System.getenv("CI"))) {
      assertThat(helm).as("CI has helm").isPresent();
    }
    assumeTrue(helm.isPresent(), "no helm on the PATH: charts are not rendered");
    host =
        Optional.of(
            new ChartHost(
                Path.of("src/test/resources/lint/charts"), helm.orElseThrow().toString(), temp));
    env.putAll(
        Map.of(
            "REFLOAT_HELM",
            helm.orElseThrow().toString(),
            "REFLOAT_CACHE",
            temp.resolve("cache").toString()));
    repository = Files.createDirectories(temp.resolve("repository"));
    git("init", "-q");
    write("{greeting: hello}");
    git("add", "-A");
    git("commit", "-qm", "first");
  }

  @AfterEach
  void close() {
    host.ifPresent(ChartHost::close);
  }

  @Test
  void printsWhatFluxWouldApply() {
    Result r = run("render", "web", repository.toString());
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out()).contains("kind: Deployment", "namespace: shop", "greeting: hello");
  }

  @Test
  void masksWhatComesOutOfSecrets() {
    Result r = run("render", "shop/store", repository.toString());
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out()).contains("kind: Secret", "***").doesNotContain("hunter2hunter2");
    assertThat(temp.resolve("cache").resolve("renderings")).doesNotExist();
  }

  @Test
  void tellsWhichReleaseWasMeant() {
    Result r = run("render", "wep", repository.toString());
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains("no HelmRelease wep", "did you mean web?");
  }

  @Test
  void showsWhatAChangeDoes() throws IOException {
    assertThat(run("diff", "web", repository.toString()).out()).contains("Nothing changes");
    write("{greeting: good day, selectorExtra: front}");
    Result r = run("diff", "web", repository.toString(), "--base", "HEAD");
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.out())
        .contains(
            "~ ConfigMap shop/web-config",
            "data.greeting: hello -> good day",
            "spec.selector.matchLabels.tier: (none) -> front");
  }

  @Test
  void judgesAChangeByWhatItRenders() throws IOException {
    write("{greeting: hello, selectorExtra: front, replicas: many}");
    Result refused = run("lint", repository.toString(), "--fail-on", "error");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.out()).contains("[values-refused]", "got string, want integer");
    write("{greeting: hello, selectorExtra: front}");
    Result immutable =
        run(
            "lint",
            repository.toString(),
            "--diff",
            "HEAD",
            "--changed-only",
            "--fail-on",
            "error");
    assertThat(immutable.code()).isEqualTo(1);
    assertThat(immutable.out()).contains("[immutable-field-changed]");
    assertThat(run("lint", repository.toString(), "--no-render", "--fail-on", "error").out())
        .doesNotContain("[immutable-field-changed]", "[values-refused]");
  }

  @Test
  void needsNobodyOnceTheCacheIsWarm() throws IOException {
    assertThat(run("render", "web", repository.toString(), "--offline").code()).isEqualTo(2);
    assertThat(run("render", "web", repository.toString()).code()).isZero();
    host.orElseThrow().close();
    Result r = run("render", "web", repository.toString(), "--offline");
    assertThat(r.code()).as(r.err()).isZero();
    assertThat(r.out()).contains("greeting: hello");
  }

  /// A release whose chart lies in another source, of which the settings name a copy.
  private void elsewhere(String path) throws IOException {
    Files.writeString(
        repository.resolve("app.yaml"),
        """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: Bucket
        metadata: {name: charts, namespace: shop}
        spec: {interval: 1m, endpoint: minio.example.com, bucketName: charts}
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web, namespace: shop}
        spec:
          interval: 10m
          chart: {spec: {chart: ./web, sourceRef: {kind: Bucket, name: charts}}}
          values: {replicas: 3}
        """);
    Files.writeString(
        repository.resolve(".refloat.yaml"),
        """
        apiVersion: refloat.dev/v1
        kind: LintConfig
        sources:
          - {kind: Bucket, name: charts, path: %s}
        """
            .formatted(path));
  }

  @Test
  void rendersChartsOfOtherSourcesFromACopy() throws IOException {
    elsewhere("../copy");
    Path copy = temp.resolve("copy");
    ChartHost.copy(Path.of("src/test/resources/lint/charts/webapp"), copy.resolve("web"));
    Result stray = run("render", "web", repository.toString());
    assertThat(stray.code()).as("a folder outside that is no clone").isEqualTo(2);
    assertThat(stray.err()).contains("../copy").contains("only name clones");

    Files.createDirectory(copy.resolve(".git"));
    Result rendered = run("render", "web", repository.toString());
    assertThat(rendered.err()).isEmpty();
    assertThat(rendered.out()).contains("kind: Deployment").contains("replicas: 3");

    Files.delete(repository.resolve(".refloat.yaml"));
    assertThat(run("lint", repository.toString()).out())
        .contains("its chart lies in Bucket shop/charts, which is not here")
        .contains("under sources in .refloat.yaml");
  }
}
