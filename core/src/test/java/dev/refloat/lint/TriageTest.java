package dev.refloat.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.lint.Settings.Level;
import dev.refloat.model.ObjectRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TriageTest {
  private static final ObjectRef WEB =
      new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "shop", "web");

  private final Map<String, List<String>> files = new HashMap<>();
  private Settings settings = Settings.NONE;
  private Baseline baseline = Baseline.EMPTY;
  private Set<String> judged = Set.of("web.yaml");
  private List<NotChecked> notChecked = List.of();

  private Judged judge(Finding... findings) {
    Sources sources =
        new Sources() {
          @Override
          public Collection<String> files() {
            return files.keySet();
          }

          @Override
          public List<String> lines(String file) {
            return files.getOrDefault(file, List.of());
          }
        };
    return new Triage(
            settings,
            sources,
            baseline,
            List.of("chart-version", "timeout", "suppression", "needs-charts"),
            List.of("chart-version", "timeout"),
            judged::contains)
        .judge(new LintResult(List.of(findings), notChecked, new LintResult.Counts(1, 1, 1, 1, 2)));
  }

  private static Finding finding(String rule, int line) {
    return finding(rule, line, "spec.timeout");
  }

  private static Finding finding(String rule, int line, String field) {
    return new Finding(
        rule,
        Severity.WARNING,
        new Place("web.yaml", line, 3),
        WEB,
        field,
        rule + " is broken",
        "Mend it",
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  private void file(String text) {
    files.put("web.yaml", text.lines().toList());
  }

  @Test
  void ordersFindingsByPlace() {
    Judged judged = judge(finding("timeout", 9), finding("chart-version", 2));
    assertThat(judged.findings()).extracting(f -> f.place().line()).containsExactly(2, 9);
  }

  @Test
  void silencesTheLineOfAComment() {
    file(
        """
        spec:
          timeout: 1s # refloat:ignore timeout it is a test
          chart:
        """);
    Judged judged = judge(finding("timeout", 2), finding("timeout", 3));
    assertThat(judged.findings()).extracting(f -> f.place().line()).containsExactly(3);
    assertThat(judged.silenced())
        .singleElement()
        .satisfies(
            s -> {
              assertThat(s.reason()).isEqualTo("it is a test");
              assertThat(s.by()).isEqualTo(Judged.By.COMMENT);
            });
  }

  @Test
  void silencesWhatIsIndentedBelowTheLine() {
    file(
        """
        apiVersion: v1
        # refloat:ignore timeout, chart-version the whole spec is old
        spec:
          timeout: 1s

          chart:
            spec: {}
        metadata:
          name: web
        """);
    Judged judged =
        judge(finding("timeout", 4), finding("chart-version", 7), finding("timeout", 9));
    assertThat(judged.findings()).extracting(f -> f.place().line()).containsExactly(9);
  }

  @Test
  void takesAListAtTheIndentOfItsKeyForPartOfIt() {
    file(
        """
        a: 1
        # refloat:ignore timeout reason
        items:
        - one
        - two
        other: 1
        """);
    Judged judged = judge(finding("timeout", 5), finding("timeout", 6));
    assertThat(judged.findings()).extracting(f -> f.place().line()).containsExactly(6);
  }

  @Test
  void silencesOneItemOfAList() {
    file(
        """
        items:
          # refloat:ignore timeout reason
          - name: one
            value: 1
          - name: two
        """);
    Judged judged = judge(finding("timeout", 4), finding("timeout", 5));
    assertThat(judged.findings()).extracting(f -> f.place().line()).containsExactly(5);
  }

  @Test
  void silencesADocumentFromItsHead() {
    file(
        """
        ---
        # refloat:ignore timeout reason
        apiVersion: v1
        spec:
          timeout: 1s
        ---
        spec:
          timeout: 1s
        """);
    Judged judged = judge(finding("timeout", 5), finding("timeout", 8));
    assertThat(judged.findings()).extracting(f -> f.place().line()).containsExactly(8);
  }

  @Test
  void silencesAFile() {
    file(
        """
        apiVersion: v1
        # refloat:ignore-file timeout reason
        ---
        spec:
          timeout: 1s
        """);
    assertThat(judge(finding("timeout", 5)).findings()).isEmpty();
  }

  @Test
  void silencesNothingWithoutAReason() {
    file("timeout: 1s # refloat:ignore timeout\n");
    Judged judged = judge(finding("timeout", 1));
    assertThat(judged.findings())
        .extracting(Finding::rule)
        .containsExactlyInAnyOrder("timeout", "suppression");
    assertThat(judged.silenced()).isEmpty();
  }

  @Test
  void tellsOfACommentThatNothingNeeds() {
    file("timeout: 1s # refloat:ignore timeout,needs-charts reason\n");
    Judged judged = judge();
    assertThat(judged.findings())
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.message()).contains("`timeout`").contains("not needed");
              assertThat(f.place()).isEqualTo(new Place("web.yaml", 1, 13));
            });
  }

  @Test
  void doesNotTellOfCommentsAndEntriesWhereNotAllWasJudged() {
    file("timeout: 1s # refloat:ignore timeout reason\n");
    baseline = Baseline.of(List.of(finding("timeout", 5)));
    assertThat(judge().gone()).hasSize(1);
    notChecked =
        List.of(new NotChecked("timeout", Optional.of(new Place("web.yaml", 1, 1)), "hidden"));
    assertThat(judge().findings()).isEmpty();
    notChecked = List.of();
    judged = Set.of();
    assertThat(judge().findings()).isEmpty();
    assertThat(judge().gone()).isEmpty();
  }

  @Test
  void tellsOfARuleThatDoesNotExist() {
    file("timeout: 1s # refloat:ignore timeuot reason\n");
    assertThat(judge().findings())
        .singleElement()
        .satisfies(f -> assertThat(f.advice()).contains("`timeout`"));
  }

  @Test
  void doesNotTakeOtherTextsForComments() {
    file("text: a#refloat:ignore timeout reason\nother: refloat:ignore timeout reason\n");
    assertThat(judge(finding("timeout", 1)).findings()).hasSize(1);
  }

  @Test
  void followsTheSettings() {
    settings =
        new Settings(
            Map.of("timeout", Level.ERROR, "chart-version", Level.OFF),
            List.of(
                new Settings.Local(
                    List.of(new PathPattern("web.yaml")), Map.of("chart-version", Level.INFO))),
            List.of(),
            List.of(),
            Optional.empty(),
            List.of());
    Judged judged = judge(finding("timeout", 1), finding("chart-version", 2));
    assertThat(judged.findings())
        .extracting(Finding::severity)
        .containsExactly(Severity.ERROR, Severity.INFO);
    assertThat(settings.off("chart-version")).isFalse();
    assertThat(judged.anyFrom(Severity.ERROR)).isTrue();
    assertThat(judge(finding("chart-version", 2)).anyFrom(Severity.WARNING)).isFalse();
  }

  @Test
  void leavesOutWhatTheBaselineKnowsThoughLinesMoved() {
    baseline = Baseline.of(judge(finding("timeout", 5), finding("chart-version", 7)).findings());
    Judged judged = judge(finding("timeout", 50), finding("timeout", 60));
    assertThat(judged.findings()).extracting(f -> f.place().line()).containsExactly(60);
    assertThat(judged.silenced())
        .singleElement()
        .satisfies(s -> assertThat(s.by()).isEqualTo(Judged.By.BASELINE));
    assertThat(judged.gone()).extracting(Baseline.Entry::rule).containsExactly("chart-version");
  }

  @Test
  void tellsFindingsApartByTheirFingerprints() {
    List<Finding> all =
        new ArrayList<>(
            List.of(
                finding("timeout", 1, "spec.a"),
                finding("timeout", 2, "spec.b"),
                finding("timeout", 3, "spec.b")));
    List<String> prints = Fingerprints.of(all);
    assertThat(prints).doesNotHaveDuplicates();
    assertThat(prints.get(1)).endsWith(":1");
    assertThat(prints.get(2)).endsWith(":2");
  }
}
