package dev.refloat.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The tables were printed by github.com/Masterminds/semver/v3 v3.5.0: `NewVersion` with a rank by
/// `Compare`, and `NewConstraint` with one digit per version for `Check`.
class SemanticVersionTest {

  static List<String[]> table(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(SemanticVersionTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(l -> l.split("\t", -1))
          .toList();
    }
  }

  @Test
  void acceptsAndRefusesWhatTheLibraryDoes() throws IOException {
    List<String[]> rows = table("masterminds-versions.tsv");
    assertThat(rows).hasSizeGreaterThan(100);
    for (String[] row : rows) {
      assertThat(SemanticVersion.parse(row[0]).isPresent())
          .as("'%s' is a version", row[0])
          .isEqualTo(!row[1].equals("invalid"));
    }
  }

  @Test
  void ordersAsTheLibraryDoes() throws IOException {
    List<String[]> valid =
        table("masterminds-versions.tsv").stream().filter(r -> !r[1].equals("invalid")).toList();
    for (String[] a : valid) {
      for (String[] b : valid) {
        int order =
            SemanticVersion.parse(a[0])
                .orElseThrow()
                .compareTo(SemanticVersion.parse(b[0]).orElseThrow());
        assertThat(Integer.signum(order))
            .as("%s against %s", a[0], b[0])
            .isEqualTo(Integer.compare(Integer.parseInt(a[1]), Integer.parseInt(b[1])));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> matchesAsTheLibraryDoes() throws IOException {
    List<String[]> rows = table("masterminds-ranges.tsv");
    String[] versions = rows.getFirst()[1].split(" ", -1);
    return rows.stream()
        .skip(1)
        .filter(row -> !row[0].isEmpty())
        .map(
            row ->
                DynamicTest.dynamicTest(
                    "range '" + row[0] + "'",
                    () -> {
                      Optional<VersionRange> range = VersionRange.parse(row[0]);
                      if (row[1].equals("improper")) {
                        assertThat(range).isEmpty();
                        return;
                      }
                      StringBuilder matches = new StringBuilder();
                      for (String v : versions) {
                        SemanticVersion version = SemanticVersion.parse(v).orElseThrow();
                        matches.append(range.orElseThrow().matches(version) ? '1' : '0');
                      }
                      assertThat(matches.toString()).isEqualTo(row[1]);
                    }));
  }

  @Test
  void takesTheExactTextFirstAsFluxDoes() {
    List<String> offered = List.of("1.2.3", "1.2.3+build", "2.0.0-rc.1", "latest", "1.9");
    assertThat(VersionRange.parse("1.2.3+build").orElseThrow().newestOf(offered))
        .contains("1.2.3+build");
    assertThat(VersionRange.parse("").orElseThrow().newestOf(offered)).contains("1.2.3");
    assertThat(VersionRange.parse("*").orElseThrow().newestOf(offered)).contains("1.2.3");
    assertThat(VersionRange.parse("*-0").orElseThrow().newestOf(offered)).contains("2.0.0-rc.1");
    assertThat(VersionRange.parse("3.x").orElseThrow().newestOf(offered)).isEmpty();
  }

  @Test
  void sortsNewestFirstAndWhatIsNoVersionLast() {
    assertThat(
            Stream.of("latest", "1.10.0", "1.9.0", "2.0.0-rc.1", "2.0.0", "edge")
                .sorted(SemanticVersion.NEWEST_FIRST))
        .containsExactly("2.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0", "edge", "latest");
  }

  @Test
  void refusesAHostileRangeAtOnce() {
    String hostile = "1" + "   1".repeat(127) + "!";
    long begin = System.nanoTime();
    assertThat(VersionRange.parse(hostile.substring(0, 500) + "!")).isEmpty();
    assertThat(VersionRange.parse("1.0.0-" + "a-".repeat(120))).isPresent();
    assertThat(VersionRange.parse("1".repeat(513))).isEmpty();
    assertThat(System.nanoTime() - begin).isLessThan(2_000_000_000L);
  }
}
