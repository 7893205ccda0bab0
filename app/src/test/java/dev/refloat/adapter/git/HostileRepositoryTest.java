package dev.refloat.adapter.git;

import static dev.refloat.adapter.git.TestClone.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.refloat.lint.Broken;
import dev.refloat.lint.Declared;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Repository;
import dev.refloat.model.FieldEdit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Repositories that somebody made to hurt: read to an end, with a word about what was not read,
/// and
/// never outside of themselves.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HostileRepositoryTest {
  private static final String MARK = "outside-of-the-repository";

  @TempDir Path around;
  private Path folder;

  @BeforeEach
  void outside() throws IOException {
    folder = Files.createDirectories(around.resolve("repository"));
    Files.createDirectories(folder.resolve(".git"));
    Files.writeString(around.resolve("secret.yaml"), release(MARK, "interval: 5m\n"));
    Files.createDirectories(around.resolve("base"));
    Files.writeString(around.resolve("base/kustomization.yaml"), "resources: [../secret.yaml]\n");
  }

  private void file(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Repository read() throws IOException {
    Repository repository = RepositoryReader.read(List.of(folder));
    for (Declared d : repository.clusters().stream().flatMap(c -> c.objects().stream()).toList()) {
      assertThat(d.object().root().toString()).doesNotContain(MARK);
      assertThat(folder.resolve(d.positions().of().file()).normalize()).startsWith(folder);
    }
    return repository;
  }

  private static List<String> why(Repository repository) {
    return Stream.concat(
            repository.notChecked().stream().map(NotChecked::why),
            repository.clusters().stream().flatMap(c -> c.broken().stream()).map(Broken::text))
        .toList();
  }

  @Test
  void readsNothingOutside() throws Exception {
    file(
        "kustomization.yaml",
        """
        resources:
          - ../secret.yaml
          - ../base
          - /etc/passwd
          - linked.yaml
          - linked
        components: [../base]
        patches: [{path: ../secret.yaml}]
        configMapGenerator:
          - name: stolen
            files: [../secret.yaml, /etc/passwd, linked.yaml]
            envs: [../secret.yaml]
        configurations: [../secret.yaml]
        """);
    assumeTrue(linked(folder.resolve("linked.yaml"), around.resolve("secret.yaml")), "no links");
    linked(folder.resolve("linked"), around.resolve("base"));
    file(
        "ks.yaml",
        """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: out, namespace: flux-system}
        spec: {path: ../base, components: [../../base], sourceRef: {name: flux-system}}
        """);

    assertThat(why(read()))
        .anyMatch(w -> w.contains("../secret.yaml"))
        .anyMatch(w -> w.contains("/etc/passwd"))
        .anyMatch(w -> w.contains("linked.yaml"))
        .anyMatch(w -> w.contains("flux-system/out"));
  }

  private static boolean linked(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  @Test
  void comesToAnEndInCircles() throws Exception {
    file("a/kustomization.yaml", "resources: [../b, ../a, .]\n");
    file("b/kustomization.yaml", "resources: [../a]\ncomponents: [../b]\n");
    file("top/kustomization.yaml", "resources: [../a]\n");
    for (String name : List.of("x", "y")) {
      file(
          "clusters/" + name + "/ks.yaml",
          """
          apiVersion: kustomize.toolkit.fluxcd.io/v1
          kind: Kustomization
          metadata: {name: %s, namespace: flux-system}
          spec: {path: ./clusters, sourceRef: {kind: GitRepository, name: flux-system}}
          """
              .formatted(name));
    }
    linked(folder.resolve("clusters/loop"), folder.resolve("clusters"));

    assertThat(why(read())).anyMatch(w -> w.contains("includes itself"));
  }

  @Test
  void refusesBombs() throws Exception {
    StringBuilder bomb = new StringBuilder("kind: Bomb\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d, ".formatted(i - 1).repeat(9)).append("*a%d]\n".formatted(i - 1));
    }
    file("bomb.yaml", bomb.toString());
    file("deep.yaml", "kind: Deep\na: " + "[".repeat(100_000));
    file("long.yaml", "kind: Long\na: " + "x".repeat(5 << 20));
    file("bytes.yaml", "kind: \u0000\u0001\n");
    Files.write(folder.resolve("latin.yaml"), "kind: \u00fc".getBytes(StandardCharsets.ISO_8859_1));
    file(
        "variables.yaml",
        """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata: {name: v, namespace: flux-system}
        spec:
          path: ./apps
          sourceRef: {kind: GitRepository, name: flux-system}
          postBuild: {substitute: {A: "${A}${A}${A}"}}
        """);
    file(
        "apps/a.yaml",
        release("a", "x: " + "${A:=".repeat(2_000) + "}".repeat(2_000) + "\ny: ${A/A/${A}}\n"));

    List<String> why = why(read());

    for (String name : List.of("bomb", "deep", "long", "latin")) {
      assertThat(why).as(name).anyMatch(w -> w.contains(name + ".yaml"));
    }
  }

  @Test
  void takesAnyShapeOfKnownFields() throws Exception {
    long seed = Long.getLong("refloat.seed", System.nanoTime());
    System.getLogger("test").log(System.Logger.Level.INFO, "refloat.seed={0}", Long.toString(seed));
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      for (String name :
          List.of("kustomization.yaml", "ks.yaml", "apps/kustomization.yaml", "apps/a.yaml")) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
          text.append("---\n").append(document(random));
        }
        file(name, text.toString());
      }
      try {
        Repository repository = read();
        for (Declared d :
            repository.clusters().stream().flatMap(c -> c.objects().stream()).toList()) {
          d.positions().of("spec", "values", "a");
          d.positions()
              .of(
                  List.of(
                      new FieldEdit.Key("spec"),
                      new FieldEdit.Key("patches"),
                      new FieldEdit.Index(3)));
        }
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }

  private static String document(Random random) {
    List<String> kinds =
        List.of(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n",
            "apiVersion: v1\nkind: ConfigMap\n",
            "apiVersion: v1\nkind: List\n",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n",
            "apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\n",
            "");
    List<String> fields =
        List.of(
            "metadata",
            "name",
            "namespace",
            "labels",
            "annotations",
            "spec",
            "path",
            "patches",
            "patch",
            "target",
            "resources",
            "components",
            "configMapGenerator",
            "files",
            "literals",
            "behavior",
            "namePrefix",
            "postBuild",
            "substitute",
            "substituteFrom",
            "sourceRef",
            "kind",
            "items",
            "data",
            "replacements",
            "targets",
            "select",
            "fieldPaths",
            "configurations",
            "helmCharts",
            "artifacts",
            "copy",
            "from",
            "to",
            "values",
            "sops");
    StringBuilder out = new StringBuilder(kinds.get(random.nextInt(kinds.size())));
    if (random.nextInt(4) > 0) {
      out.append("metadata: {name: a}\n");
    }
    for (String field : fields) {
      if (random.nextInt(3) == 0) {
        out.append(field).append(": ").append(value(random, fields, 0)).append('\n');
      }
    }
    return out.toString();
  }

  private static String value(Random random, List<String> fields, int depth) {
    List<String> scalars =
        List.of(
            "null",
            "a",
            "./apps",
            ".",
            "..",
            "apps/a.yaml",
            "\"${A:=b}\"",
            "\"${\"",
            "1",
            "true",
            "\"\"",
            "\"a: [\"",
            "\"- {op: add, path: /a, value: 1}\"",
            "\"(a+)+$\"",
            "merge",
            "\"kind: X\\nmetadata: {name: a}\\n\"",
            "\"\\e[31m\"",
            "@a/b/**",
            "create");
    int what = depth > 4 ? 0 : random.nextInt(3);
    if (what == 0) {
      return scalars.get(random.nextInt(scalars.size()));
    }
    List<String> parts = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String inner = value(random, fields, depth + 1);
      parts.add(what == 1 ? inner : fields.get(random.nextInt(fields.size())) + ": " + inner);
    }
    String all = String.join(", ", Stream.of(parts).flatMap(List::stream).toList());
    return what == 1 ? "[" + all + "]" : "{" + all + "}";
  }
}
