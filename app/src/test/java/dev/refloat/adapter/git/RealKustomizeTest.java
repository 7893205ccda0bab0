package dev.refloat.adapter.git;

import static dev.refloat.adapter.git.TestClone.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.refloat.adapter.yaml.YamlPatch;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.model.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kustomize itself, as it is in kubectl, makes the same objects. Runs where `REFLOAT_TESTBED_BIN`
/// names a folder with kubectl.
class RealKustomizeTest {
  private static final String SPEC =
      """
      interval: 5m
      timeout: 3m
      values:
        image: {tag: "1.0", pullPolicy: Always}
        hosts: [a, b]
        list:
          - name: x
            value: 1
          - name: z
            value: 2
      """;

  @Test
  void makesTheSameObjects(@TempDir Path folder) throws Exception {
    Path kubectl = kubectl();
    new TestClone(folder)
        .file("base/kustomization.yaml", "resources: [all.yaml]\ncommonLabels: {team: core}\n")
        .file(
            "base/all.yaml",
            release("one", SPEC)
                + "---\n"
                + release("two", SPEC)
                + "---\n"
                + release("three", SPEC))
        .file(
            "parts/kustomization.yaml",
            """
            apiVersion: kustomize.config.k8s.io/v1alpha1
            kind: Component
            patches:
              - target: {kind: HelmRelease, labelSelector: "team=core,!none,tier notin (web, db)", name: "t.*"}
                patch: |
                  kind: HelmRelease
                  apiVersion: helm.toolkit.fluxcd.io/v2
                  metadata: {name: any}
                  spec: {upgrade: {remediation: {retries: 3}}, timeout: null}
            """)
        .file(
            "top/kustomization.yaml",
            """
            namespace: apps
            namePrefix: my-
            nameSuffix: -x
            resources: [../base]
            components: [../parts]
            labels:
              - pairs: {env: prod}
            patchesStrategicMerge:
              - one.yaml
            patches:
              - path: ops.yaml
                target: {group: helm.toolkit.fluxcd.io, version: v2, kind: HelmRelease, name: two}
              - path: two.yaml
            patchesJson6902:
              - target: {group: helm.toolkit.fluxcd.io, version: v2, kind: HelmRelease, name: one}
                patch: '[{"op": "replace", "path": "/spec/interval", "value": "9m"}]'
            """)
        .file(
            "top/one.yaml",
            release(
                "one",
                """
                values:
                  hosts: [c]
                  list:
                    - name: z
                      value: 7
                  image: {pullPolicy: null}
                """))
        .file(
            "top/two.yaml",
            release("two", "values:\n  image:\n    $patch: replace\n    tag: \"2\"\n")
                + "---\n"
                + release("three", "x: 1\n").replaceFirst("spec:", "\\$patch: delete\nspec:"))
        .file(
            "top/ops.yaml",
            """
            - {op: add, path: /spec/values/hosts/0, value: first}
            - {op: add, path: /spec/values/hosts/-, value: last}
            - {op: copy, from: /spec/values/image/tag, path: /spec/values/copied}
            - {op: move, from: /spec/values/list/1, path: /spec/values/moved}
            - {op: remove, path: /spec/values/list/0/value}
            - {op: test, path: /spec/interval, value: 5m}
            - {op: add, path: /metadata/annotations, value: {a~1b: c}}
            """)
        .commit();
    for (String top : List.of("base", "top")) {
      compare(kubectl, folder, top);
    }
  }

  @Test
  void makesTheSameObjectsOfEveryKind(@TempDir Path folder) throws Exception {
    Path kubectl = kubectl();
    new TestClone(folder)
        .file(
            "base/kustomization.yaml",
            """
            namespace: apps
            resources: [all.yaml, list.json]
            configurations: [references.yaml]
            configMapGenerator:
              - name: values
                files: [values.yaml=config/values.yaml, config/plain.txt]
                literals: ['A=<b> & "c"', "B='quoted'"]
                options: {labels: {generated: "yes"}}
              - name: fixed
                literals: [X=1]
                options: {disableNameSuffixHash: true}
              - name: empty
            secretGenerator:
              - name: token
                envs: [config/token.env]
                type: Opaque
            generatorOptions:
              annotations: {made: by-kustomize}
            """)
        .file("base/config/values.yaml", "replicas: 2\nhost: ü.example.com\n")
        .file("base/config/plain.txt", "one\ttwo\\three")
        .file("base/config/token.env", "# a comment\nTOKEN=abc=def\n\nOTHER=\n")
        .file(
            "base/references.yaml",
            """
            nameReference:
              - kind: ConfigMap
                version: v1
                fieldSpecs:
                  - {path: spec/valuesFrom/name, kind: HelmRelease}
            """)
        .file(
            "base/all.yaml",
            release("web", "valuesFrom:\n  - kind: ConfigMap\n    name: values\n")
                + """
                ---
                apiVersion: v1
                kind: Namespace
                metadata: {name: apps}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: reader}
                rules: []
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      containers:
                        - name: web
                          image: web:1
                          env: [{name: A, value: "1"}, {name: B, value: "2"}]
                          args: [a, b]
                        - {name: side, image: side:1}
                """)
        .file(
            "base/list.json",
            """
            {"apiVersion": "v1", "kind": "List", "items": [
              {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"},
               "data": {"k": "v"}},
              {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "two"}}]}
            """)
        .file(
            "top/kustomization.yaml",
            """
            namePrefix: p-
            resources: [../base]
            configMapGenerator:
              - name: values
                behavior: merge
                literals: [EXTRA=1]
            patches:
              - path: deployment.yaml
              - target: {kind: Namespace}
                patch: |
                  - {op: add, path: /metadata/labels, value: {tier: top}}
            """)
        .file(
            "top/deployment.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                spec:
                  containers:
                    - name: web
                      env: [{name: B, value: "3"}, {name: C, value: "4"}]
                      args: [c]
                    - {name: extra, image: extra:1}
            """)
        .commit();
    compare(kubectl, folder, "base");
    compare(kubectl, folder, "top");
  }

  @Test
  void isAskedWhereReplacementsAreMade(@TempDir Path folder) throws Exception {
    Path kubectl = kubectl();
    new TestClone(folder)
        .file(
            "top/kustomization.yaml",
            """
            resources: [a.yaml]
            configMapGenerator: [{name: settings, literals: [HOST=a.example.com]}]
            replacements:
              - source: {kind: ConfigMap, name: settings, fieldPath: data.HOST}
                targets:
                  - select: {kind: HelmRelease}
                    fieldPaths: [spec.values.host]
            """)
        .file("top/a.yaml", release("a", "values:\n  host: replaced\n"));
    SourceTree tree = new SourceTree(folder.toRealPath());

    KustomizeBuild.Result without =
        new KustomizeBuild(tree).build("top", Json.emptyObject(), _ -> Origin.NOWHERE);
    KustomizeBuild.Result with =
        new KustomizeBuild(
                tree, new KustomizeProgram(List.of(List.of(kubectl.toString(), "kustomize"))))
            .build("top", Json.emptyObject(), _ -> Origin.NOWHERE);

    assertThat(without.words()).anyMatch(w -> w.contains("replacement"));
    assertThat(with.notes()).isEmpty();
    Map<String, KustomizeBuild.Tracked> made = new TreeMap<>();
    with.objects().forEach(t -> made.put(t.current().get("kind").text(), t));
    assertThat(made).containsOnlyKeys("ConfigMap", "HelmRelease");
    KustomizeBuild.Tracked release = Objects.requireNonNull(made.get("HelmRelease"));
    assertThat(release.current().at("spec", "values", "host").text()).isEqualTo("a.example.com");
    assertThat(new Places(tree).of(release).of("spec", "values", "host"))
        .hasToString("top/a.yaml:7:5");
    assertThat(Objects.requireNonNull(made.get("ConfigMap")).id().name())
        .matches("settings-[a-z0-9]{10}");
  }

  private static Path kubectl() {
    Optional<Path> kubectl =
        Optional.ofNullable(System.getenv("REFLOAT_TESTBED_BIN"))
            .map(b -> Path.of(b, "kubectl"))
            .filter(Files::isExecutable);
    assumeTrue(kubectl.isPresent(), "no kubectl");
    return kubectl.get();
  }

  private static void compare(Path kubectl, Path folder, String top) throws Exception {
    Process p =
        new ProcessBuilder(kubectl.toString(), "kustomize", folder.resolve(top).toString())
            .redirectErrorStream(false)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(p.waitFor()).isZero();
    Map<String, Json> theirs = new TreeMap<>();
    YamlTrees.read("kustomize", out).forEach(o -> theirs.put(name(o), o));
    Map<String, Json> ours = new TreeMap<>();
    new KustomizeBuild(new SourceTree(folder.toRealPath()))
        .build(top, Json.emptyObject(), _ -> Origin.NOWHERE)
        .objects()
        .forEach(t -> ours.put(name(t.current()), t.current()));
    assertThat(ours.keySet()).isEqualTo(theirs.keySet());
    ours.forEach(
        (name, object) ->
            assertThat(YamlPatch.same(object, theirs.getOrDefault(name, Json.Missing.MISSING)))
                .as(name + "\n" + object + "\n" + theirs.get(name))
                .isTrue());
  }

  private static String name(Json object) {
    return object.get("kind").text()
        + " "
        + object.at("metadata", "namespace").text()
        + "/"
        + object.at("metadata", "name").text();
  }
}
