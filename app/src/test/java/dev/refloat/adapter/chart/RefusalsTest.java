package dev.refloat.adapter.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.lint.Rendering.Failed.At;
import dev.refloat.lint.Rendering.Failed.Refusal;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The words of Helm 4.3, and of 3.17 where they differ.
class RefusalsTest {

  private static List<List<String>> paths(String message, String chart) {
    HelmTemplate.Refused refused = refused("Error: " + message);
    return Refusals.of(refused.at().orElseThrow(), refused.message(), chart, Json.emptyObject())
        .stream()
        .map(Refusal::path)
        .toList();
  }

  @Test
  void findsEveryValueThatASchemaRefuses() {
    assertThat(
            paths(
                """
                values don't meet the specifications of the schema(s) in the following chart(s):
                webapp:
                - at '/replicas': got string, want integer
                - at '/image': missing property 'tag'
                - at '/hosts/0': additional properties 'nmae' not allowed
                db:
                - at '/size': got number, want string
                """,
                "webapp"))
        .containsExactly(
            List.of("replicas"),
            List.of("image", "tag"),
            List.of("hosts", "0", "nmae"),
            List.of("db", "size"));
  }

  @Test
  void understandsHelm3() {
    assertThat(
            paths(
                """
                values don't meet the specifications of the schema(s) in the following chart(s):
                webapp:
                - image.tag: Invalid type. Expected: string, given: integer
                - (root): replicas is required
                """,
                "webapp"))
        .containsExactly(List.of("image", "tag"), List.of("replicas"));
  }

  @Test
  void placesTheWordsOfASubchartBelowItsName() {
    assertThat(
            paths(
                "execution error at (shop/charts/db/templates/secret.yaml:4:21): A valid"
                    + " .Values.auth.password entry required!",
                "shop"))
        .containsExactly(List.of("db", "auth", "password"));
  }

  @Test
  void findsTheValueThatSubstitutedAnImage() {
    String message =
        """
        execution error at (shop/charts/db/templates/a.yaml:3:4):

        ERROR: Original containers have been substituted for unrecognized ones.

        Unrecognized images:
          - docker.io/bitnamilegacy/mongodb:8.0.4
        """;
    HelmTemplate.Refused refused = refused("Error: " + message);
    assertThat(refused.at()).contains(At.REFUSED_IMAGE);
    Json values =
        Json.from(
            Map.of(
                "db", Map.of("image", Map.of("repository", "bitnamilegacy/mongodb", "tag", "8"))));
    assertThat(Refusals.of(At.REFUSED_IMAGE, refused.message(), "shop", values))
        .extracting(Refusal::path)
        .containsExactly(List.of("db", "image", "repository"));
  }

  @Test
  void tellsTemplatesFromVersionsAndDependencies() {
    assertThat(refused("Error: chart requires kubeVersion: >=1.99 which").at())
        .contains(At.KUBE_VERSION);
    assertThat(refused("Error: parse error at (a.yaml:2): unclosed action").at())
        .contains(At.TEMPLATE);
    assertThat(
            refused(
                    "Error: an error occurred while checking for chart dependencies. found in"
                        + " Chart.yaml, but missing in charts/ directory: foo")
                .at())
        .contains(At.CHART_BUILD);
  }

  private static HelmTemplate.Refused refused(String errors) {
    return (HelmTemplate.Refused) HelmTemplate.refused(errors);
  }
}
