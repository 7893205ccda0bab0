package dev.refloat.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.catalog.Catalog;
import dev.refloat.adapter.snapshot.SnapshotCluster;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Investigation;
import dev.refloat.diagnosis.Progress;
import dev.refloat.evidence.Evidence;
import dev.refloat.model.Confidence;
import dev.refloat.model.ObjectRef;
import dev.refloat.release.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every recorded failure against its true cause.
class AccuracyTest {
  private static final Path RECORDINGS = Path.of("src/test/resources/recordings");
  private static final Path FAILURES = Path.of("src/test/resources/failures");

  /// Of the wider set so many in a hundred have to be right. What is wrong is listed by the test.
  private static final double WANTED = 97;

  /// No more than so many in a hundred may be wrong and called certain.
  private static final double WRONG_AND_CERTAIN = 2;

  private final Diagnoser diagnoser = new Diagnoser(Catalog.builtIn().rules());

  @TestFactory
  List<DynamicTest> namesTheCauseOfEveryRecordedFailure() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Truth truth : Truth.in(RECORDINGS)) {
      tests.add(
          DynamicTest.dynamicTest(
              truth.id(),
              () -> {
                Diagnosis d = diagnose(truth);
                assertThat(d.cause()).as(d.summary()).isIn(truth.causes());
                assertThat(hasRoot(truth, d)).as("root %s of %s", d.root(), truth).isTrue();
              }));
    }
    assertThat(tests).hasSizeGreaterThan(50);
    return tests;
  }

  @Test
  void isRightOnFailuresItWasNotMadeFor() throws IOException {
    List<Truth> truths = Truth.in(FAILURES);
    List<String> wrong = new ArrayList<>();
    int certain = 0;
    for (Truth truth : truths) {
      Diagnosis d = diagnose(truth);
      if (!truth.causes().contains(d.cause())) {
        wrong.add(
            truth.id()
                + ": "
                + d.cause()
                + " ("
                + d.confidence().word()
                + ") instead of "
                + truth.causes());
        certain += d.confidence() == Confidence.CERTAIN ? 1 : 0;
      }
    }
    double right = 100.0 * (truths.size() - wrong.size()) / truths.size();
    assertThat(truths).hasSizeGreaterThan(400);
    assertThat(right).as("right in a hundred; wrong: %s", wrong).isGreaterThanOrEqualTo(WANTED);
    assertThat(100.0 * certain / truths.size())
        .as("wrong and certain in a hundred; wrong: %s", wrong)
        .isLessThanOrEqualTo(WRONG_AND_CERTAIN);
  }

  private Diagnosis diagnose(Truth truth) throws IOException {
    try (SnapshotCluster cluster = SnapshotCluster.open(truth.snapshot())) {
      Evidence evidence =
          new Investigation(diagnoser).collect(cluster, Scope.everywhere(), Progress.silent());
      List<Diagnosis> found = diagnoser.diagnose(evidence, Scope.release(truth.release()));
      // a release that is gone is one way of being well
      return found.isEmpty() ? gone(truth) : found.getFirst();
    }
  }

  private static Diagnosis gone(Truth truth) {
    return new Diagnosis(
        truth.release(),
        dev.refloat.release.ReleaseState.DELETING,
        Diagnosis.NONE,
        Confidence.CERTAIN,
        List.of(),
        truth.release().object(),
        "gone",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private static boolean hasRoot(Truth truth, Diagnosis d) {
    ObjectRef root = d.root();
    return truth.root().isEmpty()
        || truth.root().equals(root.path())
        || truth.root().equals(root.kind() + "/" + root.path());
  }
}
