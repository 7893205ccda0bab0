package dev.refloat.adapter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.yaml.YamlText;
import dev.refloat.lint.Baseline;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Settings;
import dev.refloat.lint.Settings.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RepositoryFilesTest {
  private static final String HEAD = "apiVersion: refloat.dev/v1\nkind: LintConfig\n";
  private static final List<String> RULES = List.of("timeout", "chart-version");

  private static Settings settings(String text) {
    return new SettingsFile(RULES).read(".refloat.yaml", bytes(HEAD + text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> problems(String text) {
    try {
      settings(text);
      return List.of();
    } catch (UnusableFile e) {
      return e.problems();
    }
  }

  @Test
  void readsWhatPeopleWrite() {
    Settings s =
        settings(
            """
            failOn: never
            rules:
              timeout: off
              chart-version: "error"
            overrides:
              - paths: clusters/dev
                rules:
                  chart-version: info
            exclude: [docs, "**/testdata"]
            environments:
              - name: dev
                clusters: [clusters/dev]
                contexts: [dev-eu, dev-us]
              - name: prod
                clusters: clusters/prod-*
            """);
    assertThat(s.failOn()).contains(Level.OFF);
    assertThat(s.off("timeout")).isTrue();
    assertThat(s.level("chart-version", "clusters/prod-eu/web.yaml")).contains(Level.ERROR);
    assertThat(s.level("chart-version", "clusters/dev/web.yaml")).contains(Level.INFO);
    assertThat(s.excludes("a/testdata/x.yaml")).isTrue();
    assertThat(s.environmentOf("clusters/prod-eu"))
        .map(Settings.Environment::name)
        .contains("prod");
    assertThat(s.environments().getFirst().contexts()).containsExactly("dev-eu", "dev-us");
  }

  @Test
  void isEmptyWhenTheFileSaysNothing() {
    assertThat(settings("")).isEqualTo(Settings.NONE);
  }

  @Test
  void tellsEveryProblemWithItsPlace() {
    assertThat(
            problems(
                """
                rulez: {}
                rules:
                  timeuot: off
                  timeout: fatal
                overrides:
                  - rules: {timeout: off}
                environments:
                  - clusters: [a]
                  - name: dev
                  - name: dev
                """))
        .anyMatch(
            p -> p.startsWith(".refloat.yaml:3:1: unknown field 'rulez'") && p.contains("'rules'"))
        .anyMatch(
            p ->
                p.startsWith(
                    ".refloat.yaml:5:3: there is no rule 'timeuot', did you mean 'timeout'?"))
        .anyMatch(
            p ->
                p.startsWith(
                    ".refloat.yaml:6:12: 'fatal' must be one of off, info, warning, error"))
        .anyMatch(p -> p.contains("an override needs 'paths'"))
        .anyMatch(p -> p.contains("an environment needs 'name'"))
        .anyMatch(p -> p.contains("'dev' is there twice"))
        .hasSize(6);
  }

  @Test
  void refusesFilesOfAnotherKind() {
    assertThatThrownBy(
            () ->
                new SettingsFile(RULES).read("x.yaml", bytes("apiVersion: v1\nkind: ConfigMap\n")))
        .isInstanceOf(UnusableFile.class)
        .hasMessageContaining("x.yaml:1:13: 'apiVersion' must be refloat.dev/v1")
        .hasMessageContaining("'kind' must be LintConfig");
  }

  @Test
  void refusesWhatIsNoYamlWithoutQuotingIt() {
    assertThatThrownBy(() -> new SettingsFile(RULES).read("x.yaml", bytes("{password-hunter22: [")))
        .isInstanceOf(UnusableFile.class)
        .hasMessageContaining("x.yaml:1:")
        .hasMessageNotContaining("hunter22");
    assertThatThrownBy(() -> new SettingsFile(RULES).read("x.yaml", bytes("")))
        .isInstanceOf(UnusableFile.class)
        .hasMessageContaining("one document expected");
  }

  @Test
  void readsTheBaselineThatItWrote() {
    Baseline baseline =
        new Baseline(
            List.of(
                new Baseline.Entry("ab12:1", "timeout", "a.yaml", "HelmRelease a/b", "spec.x"),
                new Baseline.Entry("cd34:1", "timeout", "b.yaml", "", "")));
    String text = JsonText.pretty(BaselineFile.tree(baseline));
    assertThat(BaselineFile.read("b.json", bytes(text))).isEqualTo(baseline);
  }

  @Test
  void readsWhatWasLearntAsItWasWritten() {
    Instant at = Instant.parse("2026-01-01T12:00:00Z");
    Learnt learnt =
        new Learnt(
            List.of(
                new Learnt.Environment(
                    "prod",
                    at,
                    List.of(
                        new Learnt.Release(
                            "shop",
                            "web",
                            List.of(
                                new Learnt.Action(
                                    at,
                                    "1.10",
                                    Learnt.Outcome.READY,
                                    Optional.of(Duration.ofSeconds(370))),
                                new Learnt.Action(
                                    at.minusSeconds(60),
                                    "1e3",
                                    Learnt.Outcome.FAILED,
                                    Optional.empty())))))));
    String text = YamlText.write(LearntFile.tree(learnt));
    assertThat(text).contains("timeout: 10m").contains("samples: 1");
    assertThat(LearntFile.read("l.yaml", bytes(text))).isEqualTo(learnt);
  }

  @Test
  void tellsWhereWhatWasLearntIsWrong() {
    assertThatThrownBy(
            () ->
                LearntFile.read(
                    "l.yaml",
                    bytes(
                        """
                        apiVersion: refloat.dev/v1
                        kind: Learnt
                        environments:
                        - name: prod
                          takenAt: yesterday
                          releases:
                          - namespace: a
                            name: b
                            actions:
                            - at: "2026-01-01T12:00:00Z"
                              chart: "1"
                              outcome: fine
                              took: long
                        """)))
        .isInstanceOf(UnusableFile.class)
        .hasMessageContaining("l.yaml:5:12: 'takenAt' must be a time")
        .hasMessageContaining("'outcome' must be ready or failed")
        .hasMessageContaining("'took' must be like 90s or 10m");
  }
}
