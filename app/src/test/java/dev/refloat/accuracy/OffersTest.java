package dev.refloat.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.catalog.Catalog;
import dev.refloat.adapter.snapshot.SnapshotCluster;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Investigation;
import dev.refloat.diagnosis.Progress;
import dev.refloat.evidence.Evidence;
import dev.refloat.release.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A misspelt name beside what the repository or registry really has.
class OffersTest {
  private final Diagnoser diagnoser = new Diagnoser(Catalog.builtIn().rules());

  @Test
  void namesTheNearestChart(@TempDir Path dir) throws IOException {
    Diagnosis d =
        diagnose(
            dir,
            "chart-name-typo",
            """
            {"apiVersion":"refloat.dev/v1","kind":"Lookups","charts":[{"source":{"kind":"HelmRepository",
            "namespace":"chart-name-typo","name":"charts"},"chart":"","names":["mongodb","webapp"]}]}
            """);
    assertThat(d.summary())
        .isEqualTo(
            "There is no chart webap at HelmRepository chart-name-typo/charts; the nearest name there"
                + " is webapp");
  }

  @Test
  void namesTheVersionsThatThereAre(@TempDir Path dir) throws IOException {
    Diagnosis d =
        diagnose(
            dir,
            "chart-version-missing",
            """
            {"apiVersion":"refloat.dev/v1","kind":"Lookups","charts":[{"source":{"kind":"HelmRepository",
            "namespace":"chart-version-missing","name":"charts"},"chart":"webapp","names":["1.1.0","1.0.0"]}]}
            """);
    assertThat(d.summary()).contains("has no version 9.9.9").endsWith("it has 1.1.0, 1.0.0");
  }

  @Test
  void namesTheNearestTag(@TempDir Path dir) throws IOException {
    Diagnosis d =
        diagnose(
            dir,
            "image-tag-missing",
            """
            {"apiVersion":"refloat.dev/v1","kind":"Lookups","images":[
            {"image":"ghcr.io/example/webapp:does-not-exist","tags":["does-exist","2.0.0"]}]}
            """);
    assertThat(d.summary()).endsWith("no tag does-not-exist; the nearest it has is does-exist");
  }

  private Diagnosis diagnose(Path dir, String recording, String lookups) throws IOException {
    Files.copy(
        Path.of("src/test/resources/recordings", recording, "objects.json"),
        dir.resolve("objects.json"));
    Files.writeString(dir.resolve("lookups.json"), lookups);
    try (SnapshotCluster cluster = SnapshotCluster.open(dir)) {
      Evidence evidence =
          new Investigation(diagnoser).collect(cluster, Scope.everywhere(), Progress.silent());
      return diagnoser.diagnose(evidence, Scope.everywhere()).getFirst();
    }
  }
}
