package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.lint.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What lint knows of Kubernetes' and Flux's kinds without a cluster is what they are.
@RequiresTestBed
final class KubernetesDefinitionsE2E {
  private static final Path RESOURCES =
      Path.of("../app/src/main/resources/dev/refloat/adapter/rules");

  private static TestCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = TestCluster.start(TestCluster.Part.FLUX);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /// Run with `-Drefloat.write=true` to write the table for a newer Kubernetes.
  @Test
  void theTableOfKubernetesIsWhatTheApiServerSays() throws IOException {
    String valid = Files.readString(Path.of("src/test/resources/kubernetes/valid-objects.yaml"));
    String table = KubernetesDefinitions.of(cluster, Manifests.read(valid));
    Path file = RESOURCES.resolve("kubernetes-definitions.json");
    if (Boolean.getBoolean("refloat.write")) {
      Files.writeString(file, table);
    }
    assertThat(file)
        .as("write it again with -Dtest=KubernetesDefinitionsE2E -Drefloat.write=true")
        .hasContent(table);
    assertThat(Files.size(file)).isLessThan(400_000);
  }

  @Test
  void theKindsOfKubernetesAreWhatTheApiServerSays() {
    Kinds kinds = new Kinds(List.of());
    List<String> wrong = new ArrayList<>();
    JsonNode paths = cluster.api().get("/openapi/v3").path("paths");
    for (String path : paths.propertyNames()) {
      if (!path.matches("api/v1|apis/[^/]+/v\\w+") || path.contains(".fluxcd.io/")) {
        continue;
      }
      String group = path.equals("api/v1") ? "" : path.split("/", -1)[1];
      for (JsonNode r : cluster.api().get("/" + path).path("resources")) {
        String name = r.path("name").asString();
        if (name.contains("/")) {
          continue;
        }
        Kinds.Kind expected = new Kinds.Kind(group, name, r.path("namespaced").asBoolean());
        String kind = r.path("kind").asString();
        if (!kinds.find(group, kind).equals(Optional.of(expected))) {
          wrong.add(kind + ": " + kinds.find(group, kind) + " instead of " + expected);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /// `flux-definitions.json` against the definitions that Flux's own code generates. Words of
  /// notification kinds are left out there: the Flux Operator has more of them.
  @Test
  void theTableOfFluxIsWhatItsDefinitionsSay() throws IOException {
    JsonNode schemas =
        ApiClient.JSON
            .readTree(Files.readString(RESOURCES.resolve("flux-definitions.json")))
            .path("schemas");
    Map<String, List<String>> differences = new TreeMap<>();
    int compared = 0;
    for (JsonNode crd :
        cluster
            .api()
            .get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
            .path("items")) {
      String group = crd.path("spec").path("group").asString();
      for (JsonNode version : crd.path("spec").path("versions")) {
        String key =
            group
                + "/"
                + version.path("name").asString()
                + "/"
                + crd.path("spec").path("names").path("kind").asString();
        JsonNode known = schemas.path(key);
        JsonNode generated = version.path("schema").path("openAPIV3Schema");
        List<String> found = new ArrayList<>();
        if (known.isMissingNode()) {
          found.add("is missing");
        } else {
          compare(
              "spec",
              known.path("properties").path("spec"),
              generated.path("properties").path("spec"),
              found);
          if (group.equals("notification.toolkit.fluxcd.io")) {
            found.removeIf(difference -> difference.contains(": enum is "));
          }
          compared++;
        }
        if (!found.isEmpty()) {
          differences.put(key, found);
        }
      }
    }
    assertThat(differences).isEmpty();
    assertThat(compared).isGreaterThan(8);
  }

  private static void compare(String path, JsonNode known, JsonNode generated, List<String> found) {
    for (String field :
        List.of(
            "type",
            "enum",
            "required",
            "pattern",
            "minimum",
            "maximum",
            "maxLength",
            "minLength",
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-int-or-string")) {
      if (!known.path(field).equals(generated.path(field))) {
        found.add(
            path
                + ": "
                + field
                + " is "
                + known.path(field)
                + ", generated "
                + generated.path(field));
      }
    }
    if (known.path("properties").isObject() || generated.path("properties").isObject()) {
      java.util.TreeSet<String> names =
          new java.util.TreeSet<>(known.path("properties").propertyNames());
      names.addAll(generated.path("properties").propertyNames());
      for (String name : names) {
        compare(
            path + "." + name,
            known.path("properties").path(name),
            generated.path("properties").path(name),
            found);
      }
    }
    for (String below : List.of("items", "additionalProperties")) {
      if (known.path(below).isObject() || generated.path(below).isObject()) {
        compare(path + "." + below, known.path(below), generated.path(below), found);
      }
    }
  }
}
