package dev.refloat.adapter.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Place;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Rendering.NotRendered;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the real `helm`, from the PATH or the folder that `REFLOAT_TESTBED_BIN` names.
class ReleaseRendererTest {
  private static final String REPOSITORY =
      """
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: HelmRepository
      metadata: {name: charts, namespace: shop}
      spec: {url: "https://charts.example.com"}
      ---
      """;
  private static final String GIT =
      """
      apiVersion: source.toolkit.fluxcd.io/v1
      kind: GitRepository
      metadata: {name: fleet, namespace: flux-system}
      spec: {url: "https://git.example.com/fleet"}
      ---
      """;

  @TempDir Path temp;
  private String helm = "";
  private final Map<String, byte[]> charts = new TreeMap<>();
  private final AtomicInteger fetched = new AtomicInteger();

  @BeforeEach
  void findHelm() {
    Optional<Path> found =
        Stream.concat(
                Stream.of(System.getenv().getOrDefault("REFLOAT_TESTBED_BIN", "")),
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)))
            .filter(f -> !f.isEmpty())
            .map(f -> Path.of(f, "helm"))
            .filter(Files::isExecutable)
            .findFirst();
    if ("true".equals(System.getenv("CI"))) {
      assertThat(found).as("CI has helm").isPresent();
    }
    assumeTrue(found.isPresent(), "no helm on the PATH: nothing is rendered");
    helm = found.orElseThrow().toString();
  }

  private static byte[] chart(String template) throws IOException {
    return TarWriter.pack("webapp", files(template));
  }

  private static Map<String, byte[]> files(String template) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("Chart.yaml", bytes("{apiVersion: v2, name: webapp, version: 1.1.0}"));
    files.put("values.yaml", bytes("{greeting: hello}"));
    files.put("templates/a.yaml", bytes(template));
    return files;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static final String CONFIG =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: {{ .Release.Name }}}
      data: {greeting: {{ .Values.greeting | quote }}, upgrade: "{{ .Release.IsUpgrade }}"}
      """;

  private static String release(String chartSpec, String rest) {
    return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
        + "metadata: {name: app, namespace: shop}\nspec:\n"
        + "  chart: {spec: "
        + chartSpec
        + "}\n"
        + rest;
  }

  private static final String FROM_REPOSITORY =
      "{chart: webapp, version: 1.1.0, sourceRef: {kind: HelmRepository, name: charts}}";

  private static Cluster cluster(String text) throws IOException {
    List<Declared> objects = new ArrayList<>();
    for (Json d : YamlTrees.read("test", text)) {
      objects.add(
          new Declared(
              Resource.of(d),
              _ -> new Place("app.yaml", 1, 1),
              Optional.empty(),
              d.get("sops").exists()));
    }
    return new Cluster("", objects, true);
  }

  private ReleaseRenderer renderer(boolean offline) throws IOException {
    return new ReleaseRenderer(
        new ReleaseRenderer.Settings(
            helm, List.of(List.of("no-such-kustomize")), temp.resolve("cache"), offline, ""),
        (source, chart, _, _) -> {
          fetched.incrementAndGet();
          byte[] packed = charts.get(source.spec("url").text() + "/" + chart);
          return packed == null
              ? new ChartSource.NotAsked("not there")
              : new ChartSource.Packed(packed);
        });
  }

  private Rendering render(String text, boolean offline, ChartFolders folders) throws IOException {
    Cluster cluster = cluster(text);
    try (ReleaseRenderer renderer = renderer(offline)) {
      return renderer
          .render(cluster, Optional.empty(), cluster.releases(), folders)
          .values()
          .iterator()
          .next();
    }
  }

  @Test
  void rendersWithValuesInTheTargetNamespace() throws IOException {
    charts.put("https://charts.example.com/webapp", chart(CONFIG));
    Rendering r =
        render(
            REPOSITORY
                + release(
                    FROM_REPOSITORY, "  targetNamespace: team\n  values: {greeting: good day}\n"),
            false,
            ChartFolders.NONE);
    assertThat(r).isInstanceOf(Rendered.class);
    Resource map = ((Rendered) r).manifests().getFirst();
    assertThat(map.ref().display()).isEqualTo("ConfigMap team/team-app");
    assertThat(map.at("data", "greeting").text()).isEqualTo("good day");
  }

  @Test
  void rendersOfflineWhatIsInTheCacheAndSaysWhatIsNot() throws IOException {
    charts.put("https://charts.example.com/webapp", chart(CONFIG));
    String text = REPOSITORY + release(FROM_REPOSITORY, "");
    assertThat(render(text, true, ChartFolders.NONE)).isInstanceOf(NotRendered.class);
    assertThat(render(text, false, ChartFolders.NONE)).isInstanceOf(Rendered.class);
    assertThat(fetched).hasValue(1);
    assertThat(render(text, true, ChartFolders.NONE)).isInstanceOf(Rendered.class);
    assertThat(render(text, false, ChartFolders.NONE)).isInstanceOf(Rendered.class);
    assertThat(fetched).as("an exact version is the same again").hasValue(1);
  }

  @Test
  void keepsRenderingsButNoneWithSecrets() throws IOException {
    charts.put("https://charts.example.com/webapp", chart(CONFIG));
    String secret =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: values, namespace: shop}
        stringData: {values.yaml: "greeting: hunter2hunter2"}
        ---
        """;
    Rendering r =
        render(
            REPOSITORY
                + secret
                + release(FROM_REPOSITORY, "  valuesFrom: [{kind: Secret, name: values}]\n"),
            false,
            ChartFolders.NONE);
    assertThat(((Rendered) r).secret()).contains("hunter2hunter2");
    assertThat(kept()).isEmpty();
    render(REPOSITORY + release(FROM_REPOSITORY, ""), false, ChartFolders.NONE);
    assertThat(kept()).hasSize(1);
    assertThat(scratch()).as("what lives during a run is gone").isEmpty();
  }

  private List<Path> kept() throws IOException {
    return list("renderings");
  }

  private List<Path> scratch() throws IOException {
    return list("scratch");
  }

  private List<Path> list(String folder) throws IOException {
    Path at = temp.resolve("cache").resolve(folder);
    if (!Files.isDirectory(at)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(at)) {
      return all.toList();
    }
  }

  @Test
  void masksSecretsInWhatHelmSays() throws IOException {
    charts.put(
        "https://charts.example.com/webapp",
        chart("{{ fail (printf \"bad .Values.greeting %s\" .Values.greeting) }}"));
    String secret =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: values, namespace: shop}
        data: {values.yaml: Z3JlZXRpbmc6IGh1bnRlcjJodW50ZXIy}
        ---
        """;
    Rendering r =
        render(
            REPOSITORY
                + secret
                + release(FROM_REPOSITORY, "  valuesFrom: [{kind: Secret, name: values}]\n"),
            false,
            ChartFolders.NONE);
    assertThat(r.toString()).doesNotContain("hunter2hunter2").contains("***");
    assertThat(((Failed) r).refusals().getFirst().path()).containsExactly("greeting");
  }

  @Test
  void packsChartsOfTheRepositoryWithTheirDependencies() throws IOException {
    Map<String, byte[]> app =
        files("a: {{ include \"lib.name\" . }}\napiVersion: v1\nkind: Thing\n");
    app.put(
        "Chart.yaml",
        bytes(
            "{apiVersion: v2, name: webapp, version: 1.1.0, dependencies: [{name: lib, version:"
                + " 0.1.0, repository: \"file://../lib\"}, {name: db, version: 1.x, repository:"
                + " \"https://db.example.com\"}]}"));
    Map<String, byte[]> lib = new TreeMap<>();
    lib.put("Chart.yaml", bytes("{apiVersion: v2, name: lib, version: 0.1.0}"));
    lib.put("templates/_a.tpl", bytes("{{ define \"lib.name\" }}from-the-library{{ end }}"));
    Map<String, byte[]> db = new TreeMap<>();
    db.put("Chart.yaml", bytes("{apiVersion: v2, name: db, version: 1.4.0}"));
    db.put("templates/c.yaml", bytes("{apiVersion: v1, kind: ConfigMap, metadata: {name: db}}"));
    charts.put("https://db.example.com/db", TarWriter.pack("db", db));
    Map<String, Map<String, byte[]>> folders = Map.of("charts/webapp", app, "charts/lib", lib);
    Rendering r =
        render(
            GIT
                + release(
                    "{chart: ./charts/webapp, sourceRef: {kind: GitRepository, name: fleet,"
                        + " namespace: flux-system}}",
                    ""),
            false,
            folder -> Optional.ofNullable(folders.get(folder)));
    assertThat(r).isInstanceOf(Rendered.class);
    assertThat(((Rendered) r).manifests())
        .extracting(o -> o.kind() + " " + o.at("a").text())
        .containsExactlyInAnyOrder("Thing from-the-library", "ConfigMap ");
  }

  @Test
  void tellsWhatItCannotKnow() throws IOException {
    charts.put("https://charts.example.com/webapp", chart(CONFIG));
    assertThat(render(release(FROM_REPOSITORY, ""), false, ChartFolders.NONE))
        .isEqualTo(new NotRendered("its source HelmRepository shop/charts is not in Git"));
    assertThat(
            render(
                REPOSITORY
                    + release(FROM_REPOSITORY, "  valuesFrom: [{kind: Secret, name: gone}]\n"),
                false,
                ChartFolders.NONE))
        .isInstanceOf(NotRendered.class);
    assertThat(
            render(
                REPOSITORY
                    + release(
                        FROM_REPOSITORY, "  postRenderers: [{kustomize: {images: [{name: a}]}}]\n"),
                false,
                ChartFolders.NONE))
        .isEqualTo(
            new NotRendered(
                "it has post-renderers, for which kustomize or kubectl must be installed"));
    helm = temp.resolve("no-helm").toString();
    assertThat(
            render(
                REPOSITORY + release(FROM_REPOSITORY, "  values: {a: 1}\n"),
                false,
                ChartFolders.NONE))
        .isInstanceOf(NotRendered.class);
  }

  @Test
  void givesHelmNoNameThatCouldBeAnOption() throws IOException {
    charts.put("https://charts.example.com/webapp", chart(CONFIG));
    assertThat(
            render(
                REPOSITORY + release(FROM_REPOSITORY, "  releaseName: --post-renderer=/bin/sh\n"),
                false,
                ChartFolders.NONE))
        .isEqualTo(new NotRendered("its release name or target namespace is no valid name"));
  }

  @Test
  void tellsWhichTemplateRendersNoObject() throws IOException {
    charts.put("https://charts.example.com/webapp", chart("just: text\n"));
    Rendering r = render(REPOSITORY + release(FROM_REPOSITORY, ""), false, ChartFolders.NONE);
    assertThat(((Failed) r).at()).isEqualTo(Failed.At.MANIFEST);
    assertThat(((Failed) r).message()).startsWith("webapp/templates/a.yaml: it renders something");
  }

  @Test
  void doesNotTakeASchemaThatCannotBeHadForARefusal() throws IOException {
    Map<String, byte[]> files = files(CONFIG);
    files.put(
        "values.schema.json",
        bytes(
            "{\"$schema\": \"http://json-schema.org/draft-07/schema#\","
                + " \"$ref\": \"http://127.0.0.1:9/values.schema.json\"}"));
    charts.put("https://charts.example.com/webapp", TarWriter.pack("webapp", files));
    Rendering r = render(REPOSITORY + release(FROM_REPOSITORY, ""), false, ChartFolders.NONE);
    assertThat(((Rendered) r).manifests()).hasSize(1);
    assertThat(((Rendered) r).unjudged())
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .startsWith(
                        "the schema of chart webapp 1.1.0 refers to"
                            + " http://127.0.0.1:9/values.schema.json, which did not answer"));
  }

  @Test
  void readsTheWordsOfOlderHelmAboutASchemaThatCannotBeHad() {
    // Helm 3.17, before its schema library was replaced
    HelmTemplate.Rendered r =
        HelmTemplate.refused(
            "Error: values don't meet the specifications of the schema(s) in the following chart(s):\n"
                + "webapp:\n"
                + "Get \"https://schemas.example.com/common.json\": dial tcp: lookup"
                + " schemas.example.com: no such host\n");
    assertThat(r)
        .isEqualTo(
            new HelmTemplate.SchemaAway(
                "https://schemas.example.com/common.json",
                "dial tcp: lookup schemas.example.com: no such host"));
  }

  @Test
  void stopsATemplateThatDoesNotEnd() throws IOException {
    Path packed = temp.resolve("endless.tgz");
    Files.write(
        packed, chart("{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}"));
    HelmTemplate program =
        new HelmTemplate(
            helm, Files.createDirectories(temp.resolve("home")), Duration.ofSeconds(2));
    long start = System.nanoTime();
    HelmTemplate.Rendered r =
        program.render(
            packed,
            Json.emptyObject(),
            new HelmTemplate.Options("app", "shop", false, false, "", new TreeSet<>()),
            temp);
    assertThat(r).isInstanceOf(HelmTemplate.Refused.class);
    assertThat(((HelmTemplate.Refused) r).message()).contains("rendering it was stopped");
    assertThat(((HelmTemplate.Refused) r).lasting()).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void seesAnUpgradeWhereTheReleaseWasThereBefore() throws IOException {
    charts.put("https://charts.example.com/webapp", chart(CONFIG));
    Cluster cluster = cluster(REPOSITORY + release(FROM_REPOSITORY, ""));
    try (ReleaseRenderer renderer = renderer(false)) {
      Rendered r =
          (Rendered)
              renderer
                  .render(cluster, Optional.of(cluster), cluster.releases(), ChartFolders.NONE)
                  .values()
                  .iterator()
                  .next();
      assertThat(r.manifests().getFirst().at("data", "upgrade").text()).isEqualTo("true");
    }
  }

  private static final String VALUES =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: {{ .Release.Name }}}
      data: {a: {{ .Values.a | default "none" | quote }}, b: {{ .Values.b | default "none" | quote }}}
      """;

  private static Map<String, byte[]> withFiles() {
    Map<String, byte[]> files = files(VALUES);
    files.put("values.yaml", bytes("{a: own, b: own}"));
    files.put("values-prod.yaml", bytes("{b: prod}"));
    return files;
  }

  private static String valuesFiles(String source, String chart, String files) {
    return release(
        "{chart: %s, version: 1.1.0, sourceRef: {kind: %s}, valuesFiles: %s}"
            .formatted(chart, source, files),
        "");
  }

  private static String data(Rendering r) {
    assertThat(r).isInstanceOf(Rendered.class);
    Json data = ((Rendered) r).manifests().getFirst().at("data");
    return data.get("a").text() + " " + data.get("b").text();
  }

  @Test
  void takesValuesFilesInsteadOfTheValuesOfTheChart() throws IOException {
    charts.put("https://charts.example.com/webapp", TarWriter.pack("webapp", withFiles()));
    String source = "HelmRepository, name: charts";
    assertThat(data(chartOf(source, "[values-prod.yaml]"))).isEqualTo("none prod");
    assertThat(data(chartOf(source, "[values.yaml, ./values-prod.yaml]"))).isEqualTo("own prod");
    assertThat(data(chartOf(source, "[values.yaml]"))).isEqualTo("own own");
    assertThat(data(chartOf(source, "[gone.yaml], ignoreMissingValuesFiles: true")))
        .isEqualTo("own own");
    Rendering missing = chartOf(source, "[values.yaml, gone.yaml]");
    assertThat(missing).isInstanceOf(Failed.class);
    assertThat(((Failed) missing).at()).isEqualTo(Failed.At.CHART_BUILD);
    assertThat(((Failed) missing).refusals().getFirst().path()).containsExactly("valuesFiles", "1");
  }

  private Rendering chartOf(String source, String files) throws IOException {
    return render(REPOSITORY + valuesFiles(source, "webapp", files), false, ChartFolders.NONE);
  }

  @Test
  void takesValuesFilesOfARepositoryFromItsRoot() throws IOException {
    ChartFolders folders =
        folder ->
            switch (folder) {
              case "charts/webapp" -> Optional.of(withFiles());
              case "env" -> Optional.of(Map.of("prod.yaml", bytes("{a: env}")));
              default -> Optional.empty();
            };
    String source = "GitRepository, name: fleet, namespace: flux-system";
    assertThat(
            data(
                render(
                    GIT + valuesFiles(source, "./charts/webapp", "[env/prod.yaml]"),
                    false,
                    folders)))
        .isEqualTo("env none");
    assertThat(
            data(
                render(
                    GIT + valuesFiles(source, "charts/webapp", "[charts/webapp/values-prod.yaml]"),
                    false,
                    folders)))
        .isEqualTo("none prod");
    assertThat(
            render(
                GIT + valuesFiles(source, "charts/webapp", "[values-prod.yaml]"), false, folders))
        .as("not from the folder of the chart")
        .isInstanceOf(Failed.class);
  }

  @Test
  void tellsChartsTheKindsThatTheirDependenciesDefine() throws IOException {
    charts.put(
        "https://charts.example.com/webapp",
        chart(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: app}
            data: {monitored: "{{ .Capabilities.APIVersions.Has "example.com/v1/Widget" }}"}
            """));
    Map<String, byte[]> definitions = files("");
    definitions.put(
        "crds/widget.yaml",
        bytes(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              names: {kind: Widget, plural: widgets}
              versions: [{name: v1, served: true, storage: true}]
            """));
    charts.put("https://charts.example.com/widgets", TarWriter.pack("widgets", definitions));
    String other =
        release(
                "{chart: widgets, version: 1.1.0, sourceRef: {kind: HelmRepository, name: charts}}",
                "")
            .replace("name: app", "name: widgets");
    String app = release(FROM_REPOSITORY, "");
    assertThat(monitored(REPOSITORY + app + "---\n" + other)).isEqualTo("false");
    assertThat(monitored(REPOSITORY + app + "  dependsOn: [{name: widgets}]\n---\n" + other))
        .isEqualTo("true");
  }

  private String monitored(String text) throws IOException {
    Cluster cluster = cluster(text);
    try (ReleaseRenderer renderer = renderer(false)) {
      Map<ObjectRef, Rendering> all =
          renderer.render(cluster, Optional.empty(), cluster.releases(), ChartFolders.NONE);
      return ((Rendered)
              java.util.Objects.requireNonNull(all.get(cluster.releases().getFirst().ref())))
          .manifests()
          .getFirst()
          .at("data", "monitored")
          .text();
    }
  }
}
