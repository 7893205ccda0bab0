package dev.refloat.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.cli.Backend;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Finding;
import dev.refloat.lint.LintResult;
import dev.refloat.lint.Linter;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was in Git when the recorded failures happened: nine of ten of the causes that can be seen
/// before deployment are named at the line that a person would edit, and nothing else is an error.
/// Needs `helm` and `kubectl` or `kustomize`, on the PATH or in the folder that
/// `REFLOAT_TESTBED_BIN`
/// names; without them nothing is checked here, which CI does not let happen.
@NullMarked
class RecordedManifestsTest {
  private static final Path FOLDER = Path.of("src/test/resources/lint");
  private static final double WANTED = 0.9;

  /// What the registry of the recordings had.
  private static final Map<String, List<String>> TAGS =
      Map.of("ghcr.io/example/webapp", List.of("1.1.0", "1.0.0"));

  @TempDir Path temp;

  static Optional<Path> program(String name) {
    List<String> folders = new ArrayList<>();
    folders.add(System.getenv().getOrDefault("REFLOAT_TESTBED_BIN", ""));
    folders.addAll(List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)));
    return folders.stream()
        .filter(f -> !f.isEmpty())
        .map(f -> Path.of(f, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Test
  void namesTheCausesOfTheRecordedFailuresBeforeTheyAreDeployed() throws IOException {
    Optional<Path> helm = program("helm");
    boolean kustomize = program("kustomize").isPresent() || program("kubectl").isPresent();
    boolean ready = helm.isPresent() && kustomize;
    if ("true".equals(System.getenv("CI"))) {
      assertThat(ready).as("CI has helm and kubectl").isTrue();
    }
    assumeTrue(ready, "no helm or no kubectl on the PATH: charts are not rendered");
    Map<String, String> env =
        Map.of(
            "REFLOAT_HELM",
            helm.orElseThrow().toString(),
            "REFLOAT_KUSTOMIZE",
            program("kustomize").map(Path::toString).orElse("kustomize"),
            "REFLOAT_KUBECTL",
            program("kubectl").map(Path::toString).orElse("kubectl"),
            "REFLOAT_CACHE",
            temp.resolve("cache").toString());
    Adapters adapters = new Adapters();
    List<String> missed = new ArrayList<>();
    List<String> falseErrors = new ArrayList<>();
    int caught = 0;
    int wanted = 0;
    try (ChartHost host =
            new ChartHost(FOLDER.resolve("charts"), helm.orElseThrow().toString(), temp);
        Backend.Renderer renderer =
            adapters.renderer(
                new Backend.RenderOptions(
                    false, "", adapters.kept(FOLDER, Optional.empty(), Optional.empty())),
                env)) {
      for (var e : expected().entrySet()) {
        Path scenario = temp.resolve(e.getKey());
        copy(FOLDER.resolve("manifests").resolve(e.getKey()), scenario, host);
        List<Finding> findings = lint(adapters, renderer, scenario).findings();
        Optional<Seen> seen = e.getValue();
        if (seen.isEmpty()) {
          findings.stream()
              .filter(f -> f.severity() == Severity.ERROR)
              .forEach(f -> falseErrors.add(e.getKey() + ": " + shown(f)));
          continue;
        }
        wanted++;
        if (findings.stream().anyMatch(seen.get()::is)) {
          caught++;
        } else {
          missed.add(
              e.getKey()
                  + " "
                  + seen.get()
                  + "\n    "
                  + String.join(
                      "\n    ", findings.stream().map(RecordedManifestsTest::shown).toList()));
        }
      }
    }
    assertThat(falseErrors).isEmpty();
    assertThat((double) caught / wanted)
        .as("caught %d of %d; missed:\n%s", caught, wanted, String.join("\n", missed))
        .isGreaterThanOrEqualTo(WANTED);
  }

  private static String shown(Finding f) {
    return f.place() + " " + f.severity() + " " + f.rule() + " " + f.prevents() + " " + f.message();
  }

  /// What can be seen before deployment.
  ///
  /// @param line that a person would edit
  private record Seen(String cause, long line) {
    boolean is(Finding f) {
      return f.prevents().equals(Optional.of(cause))
          && f.place().file().equals("app.yaml")
          && f.place().line() == line;
    }
  }

  /// Nothing where nothing can be seen.
  private static Map<String, Optional<Seen>> expected() throws IOException {
    Map<String, Optional<Seen>> out = new TreeMap<>();
    Path file = FOLDER.resolve("manifests/expected.yaml");
    if (YamlTrees.read(file.toString(), Files.readString(file)).getFirst()
        instanceof Json.Obj scenarios) {
      scenarios.forEach(
          (name, seen) ->
              out.put(
                  name,
                  seen.get("cause").exists()
                      ? Optional.of(new Seen(seen.get("cause").text(), seen.get("line").integer(0)))
                      : Optional.empty()));
    }
    return out;
  }

  /// The addresses of the recordings become those of this run. Nobody listens on port 1.
  private static void copy(Path from, Path to, ChartHost host) throws IOException {
    ChartHost.copy(from, to);
    try (Stream<Path> files = Files.walk(to)) {
      for (Path p : files.filter(Files::isRegularFile).toList()) {
        Files.writeString(
            p,
            Files.readString(p)
                .replace("127.0.0.1:18879", host.address())
                .replace("127.0.0.1:15000", host.address())
                .replace("127.0.0.1:18999", "127.0.0.1:1"));
      }
    }
  }

  private static LintResult lint(Adapters adapters, Backend.Renderer renderer, Path scenario) {
    Path after = scenario.resolve("after");
    Path root = Files.isDirectory(after) ? after : scenario;
    Repository repository = adapters.repository(List.of(root));
    Cluster cluster = repository.clusters().getFirst();
    Optional<Cluster> base =
        root.equals(scenario)
            ? Optional.empty()
            : Optional.of(
                adapters.repository(List.of(scenario.resolve("before"))).clusters().getFirst());
    Map<ObjectRef, Rendering> renderings =
        renderer.render(cluster, base, cluster.releases(), repository.sources());
    Map<ObjectRef, Rendering> before =
        base.map(b -> renderer.render(b, Optional.of(b), b.releases(), repository.sources()))
            .orElse(Map.of());
    return Linter.run(
        adapters.checks(),
        List.of(new Scene(cluster, base, Map.of()).with(renderings, before, images(renderings))),
        repository);
  }

  private static Map<String, Observation<List<String>>> images(
      Map<ObjectRef, Rendering> renderings) {
    Map<String, Observation<List<String>>> out = new HashMap<>();
    for (Rendering r : renderings.values()) {
      if (r instanceof Rendering.Rendered rendered) {
        for (String image : rendered.images()) {
          List<String> tags = TAGS.get(image.replaceFirst(":[^:/]*$", ""));
          if (tags != null) {
            out.put(image, new Observation.Seen<>(tags));
          }
        }
      }
    }
    return out;
  }
}
