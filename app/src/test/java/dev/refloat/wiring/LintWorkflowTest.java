package dev.refloat.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.cli.Cli;
import dev.refloat.cli.Terminal;
import dev.refloat.model.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `lint`, `learn` and `alerts` as a team uses them in its repository.
class LintWorkflowTest {
  private static final String RECORDING = "src/test/resources/recordings/upgrade-rolled-back";

  @TempDir Path repository;

  private record Result(int code, String out, String err) {}

  private static Result run(Map<String, String> env, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> all = new HashMap<>(env);
    all.put("HOME", "/nonexistent");
    int code =
        new Cli(new Adapters(), Terminal.none(), _ -> {})
            .run(
                args,
                new StringReader(""),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                all);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Result lint(String... more) {
    List<String> args = new ArrayList<>(List.of("lint", repository.toString()));
    args.addAll(List.of(more));
    return run(Map.of(), args.toArray(String[]::new));
  }

  private void write(String file, String text) throws IOException {
    Path path = repository.resolve(file);
    Path folder = path.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(path, text);
  }

  private static String release(String version) {
    return """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata:
      name: app
      namespace: upgrade-rolled-back
    spec:
      interval: 10m
      timeout: 5s
      chart:
        spec:
          chart: web
          version: %s
          sourceRef:
            kind: HelmRepository
            name: charts
    """
        .formatted(version);
  }

  /// Other rules come and go; this test looks at one.
  private void onlyPinning(String more) throws IOException {
    StringBuilder rules = new StringBuilder();
    for (var check : new Adapters().checks()) {
      String id = check.info().id();
      if (!id.equals("chart-version-not-pinned")) {
        rules.append("  ").append(id).append(": off\n");
      }
    }
    write(
        ".refloat.yaml",
        "apiVersion: refloat.dev/v1\nkind: LintConfig\n" + more + "rules:\n" + rules);
  }

  @BeforeEach
  void aRepository() throws IOException {
    Files.createDirectory(repository.resolve(".git"));
    write("apps/app.yaml", release("\"*\""));
    onlyPinning("");
  }

  @Test
  void showsTheLineAndFailsTheRun() {
    Result r = lint();
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.out())
        .contains("apps/app.yaml:12:7: warning: ", "[chart-version-not-pinned]", "version: \"*\"");
    assertThat(lint("--fail-on", "error").code()).isZero();
    assertThat(lint("--fail-on", "never").code()).isZero();
  }

  @Test
  void followsTheSettingsOfTheRepository() throws IOException {
    onlyPinning("failOn: error\n");
    assertThat(lint().code()).isZero();
    onlyPinning("exclude: [apps]\n");
    assertThat(lint().out()).contains("Nothing found");
    write(".refloat.yaml", "apiVersion: refloat.dev/v1\nkind: LintConfig\nrules: {x-y: off}\n");
    Result r = lint();
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains(".refloat.yaml:3:9: there is no rule 'x-y'");
  }

  @Test
  void leavesOutWhatACommentExplains() throws IOException {
    write(
        "apps/app.yaml",
        release("\"*\" # refloat:ignore chart-version-not-pinned it is a demonstration"));
    Result r = lint();
    assertThat(r.code()).isZero();
    assertThat(r.out()).contains("1 suppressed");
  }

  @Test
  void countsOnlyWhatIsNewAgainstABaseline() throws IOException {
    Result written = lint("--write-baseline");
    assertThat(written.code()).isZero();
    assertThat(written.err()).contains("Wrote 1 finding to ");
    assertThat(lint().code()).isZero();
    write("apps/app.yaml", "# one more line\n" + release("\"*\""));
    assertThat(lint().code()).isZero();
    write("apps/app.yaml", release("1.0.0"));
    assertThat(lint().out()).contains("1 finding of the baseline is gone");
    write("apps/other.yaml", release("\"*\"").replace("name: app", "name: other"));
    assertThat(lint().code()).isEqualTo(1);
  }

  @Test
  void writesReportsAndTheSummaryOfAStep() throws IOException {
    Path sarif = repository.resolve("out.sarif");
    Path summary = repository.resolve("summary.md");
    Files.writeString(summary, "before\n");
    Result r =
        run(
            Map.of("GITHUB_STEP_SUMMARY", summary.toString()),
            "lint",
            repository.toString(),
            "-o",
            "github",
            "--report",
            "sarif=" + sarif);
    assertThat(r.code()).isEqualTo(1);
    assertThat(r.out()).startsWith("::warning file=apps/app.yaml,line=12,");
    assertThat(sarif).content().contains("\"2.1.0\"", "chart-version-not-pinned");
    assertThat(summary).content().startsWith("before\n").contains("chart-version-not-pinned");
    Result wrong = lint("--report", "sarf=x");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("FORMAT=FILE");
  }

  @Test
  void refusesSettingsThatAreALinkOutOfTheRepository(@TempDir Path elsewhere) throws IOException {
    Path secret = Files.writeString(elsewhere.resolve("secret.yaml"), "token: hunter22hunter22\n");
    Files.delete(repository.resolve(".refloat.yaml"));
    Files.createSymbolicLink(repository.resolve(".refloat.yaml"), secret);
    Result r = lint();
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains("is a link out of the repository").doesNotContain("hunter22");
  }

  @Test
  void learnsFromAClusterAndJudgesByIt() throws IOException {
    Result learnt =
        run(Map.of(), "learn", repository.toString(), "--from", RECORDING, "--environment", "prod");
    assertThat(learnt.err()).contains("learnt.yaml. Commit it");
    assertThat(learnt.code()).isZero();
    assertThat(learnt.out()).contains("upgrade-rolled-back/app");
    Json file =
        YamlTrees.read("learnt", Files.readString(repository.resolve(".refloat/learnt.yaml")))
            .getFirst();
    Json release = file.get("environments").list().getFirst().get("releases").list().getFirst();
    assertThat(release.get("samples").integer(0)).isPositive();
    assertThat(release.get("timeout").text()).isNotEmpty();
    Files.delete(repository.resolve(".refloat.yaml"));
    assertThat(lint().out()).contains("timeout-below-learnt", "successful actions on record took");
    write("apps/app.yaml", release("1.0.0").replace("timeout: 5s", "timeout: 10m"));
    assertThat(lint().out()).doesNotContain("timeout-below-learnt");
  }

  @Test
  void aDiagnosisRefusesAnEnvironmentThatIsNotKnown() {
    Result r = run(Map.of(), "diagnose", "--from", RECORDING, "--environment", "nowhere");
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains("nothing was learnt of the environment 'nowhere'");
  }

  @Test
  void saysThatNothingWasLearnt() {
    assertThat(lint().out()).contains("timeouts and versions against the past: nothing was learnt");
    Result r = run(Map.of(), "learn", repository.toString());
    assertThat(r.code()).isEqualTo(2);
    assertThat(r.err()).contains("no environment in .refloat.yaml has contexts");
  }

  @Test
  void writesAlertsThatSatisfyTheRule() throws IOException {
    Files.delete(repository.resolve(".refloat.yaml"));
    assertThat(lint().out()).contains("[alerts-missing]");
    Result alerts = run(Map.of(), "alerts", repository.toString(), "--channel", "ops");
    assertThat(alerts.code()).isZero();
    List<Json> objects = YamlTrees.read("alerts", alerts.out());
    assertThat(objects)
        .extracting(o -> o.get("kind").text())
        .containsExactly("Provider", "Alert", "PrometheusRule");
    assertThat(objects.get(1).at("spec", "eventSources").list())
        .extracting(s -> s.get("namespace").text())
        .contains("upgrade-rolled-back");
    write("alerts.yaml", alerts.out());
    assertThat(lint().out()).doesNotContain("[alerts-missing]");
  }
}
