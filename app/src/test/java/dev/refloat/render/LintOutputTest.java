package dev.refloat.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.Limits;
import dev.refloat.lint.Baseline;
import dev.refloat.lint.Finding;
import dev.refloat.lint.Fix;
import dev.refloat.lint.Judged;
import dev.refloat.lint.LintResult;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Place;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Settings;
import dev.refloat.lint.Severity;
import dev.refloat.lint.Sources;
import dev.refloat.lint.Triage;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.redact.Redactor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LintOutputTest {
  private static final ObjectRef WEB =
      new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "shop", "web");
  private static final ObjectRef SECRET = new ObjectRef("v1", "Secret", "shop", "web-values");

  private static final RuleInfo CHART_VERSION =
      rule("chart-version", "A chart has one version", "chart-not-found");
  private static final RuleInfo TIMEOUT = rule("timeout", "A release has a timeout", "timeout");
  private static final RuleInfo PLAIN_SECRET = rule("plain-secret", "Secrets are encrypted");

  private static final Map<String, String> FILES =
      Map.of(
          "apps/web.yaml",
          """
          apiVersion: helm.toolkit.fluxcd.io/v2
          kind: HelmRelease
          spec:
            chart:
              spec:
                version: "*" # refloat:ignore timeout not needed
          """,
          "apps/sécrets, 100%/web.yaml",
          """
          apiVersion: v1
          kind: Secret
          stringData:
            values.yaml: |
              correct horse battery staple
            other: "correct horse battery staple"
          """);

  private static final Sources SOURCES =
      new Sources() {
        @Override
        public Collection<String> files() {
          return FILES.keySet();
        }

        @Override
        public List<String> lines(String file) {
          return FILES.getOrDefault(file, "").lines().toList();
        }
      };

  private static RuleInfo rule(String id, String title, String... prevents) {
    return new RuleInfo(id, title, Severity.WARNING, List.of(prevents), RuleInfo.Needs.REPOSITORY);
  }

  private static Finding finding(
      RuleInfo rule, Severity severity, Place place, ObjectRef object, String field, String what) {
    return new Finding(
        rule.id(),
        severity,
        place,
        object,
        field,
        what,
        "Write one version, for example 1.4.2",
        rule.prevents().stream().findFirst(),
        List.of(new Finding.Related(new Place("sources/repo.yaml", 3, 1), "its repository")),
        rule.equals(CHART_VERSION)
            ? Optional.of(
                new Fix("Pin it", object, List.of(FieldEdit.set(new Json.Str("1.4.2"), "spec"))))
            : Optional.empty());
  }

  private static Judged judged() {
    List<Finding> found =
        List.of(
            finding(
                CHART_VERSION,
                Severity.ERROR,
                new Place("apps/web.yaml", 6, 7),
                WEB,
                "spec.chart.spec.version",
                "Chart `web` takes 100% of versions, <any> & \"all\":: of [them](1)"),
            finding(
                PLAIN_SECRET,
                Severity.WARNING,
                new Place("apps/sécrets, 100%/web.yaml", 5, 5),
                SECRET,
                "stringData",
                "Secret shop/web-values is not encrypted"),
            finding(
                PLAIN_SECRET,
                Severity.INFO,
                new Place("apps/sécrets, 100%/web.yaml", 6, 3),
                SECRET,
                "stringData.other",
                "A text\nwith \u001b[31mcolours\u001b[0m and | bars, %0A and password=hunter22"));
    return new Triage(
            Settings.NONE,
            SOURCES,
            Baseline.EMPTY,
            List.of("chart-version", "timeout", "plain-secret"),
            List.of("chart-version", "timeout", "plain-secret"),
            _ -> true)
        .judge(
            result(
                found,
                new NotChecked(
                    "values-error of HelmRelease shop/web",
                    Optional.of(new Place("apps/values.yaml", 1, 1)),
                    "its chart was not rendered; run with --render")));
  }

  private static LintResult result(List<Finding> found, NotChecked... notChecked) {
    return new LintResult(found, List.of(notChecked), new LintResult.Counts(2, 1, 5, 1, 3));
  }

  private static LintView view(Judged judged) {
    return new LintView(
        judged,
        SOURCES,
        List.of(CHART_VERSION, TIMEOUT, PLAIN_SECRET),
        id -> id.equals("timeout") ? Optional.of("# timeout\n\nWhy.\n") : Optional.empty(),
        new LintView.Seen(2, 1, 5, 1),
        "0.1.0",
        Optional.of(Severity.ERROR));
  }

  private static String written(LintFormat format, Look look) {
    StringBuilder out = new StringBuilder();
    format.write(out, new Edge(Redactor.byLook()::text), look, false, view(judged()), "refloat");
    return out.toString();
  }

  private static String written(LintFormat format) {
    return written(format, Look.plain());
  }

  private static Json json(LintFormat format) throws IOException {
    return JsonTrees.read(
        "output",
        new ByteArrayInputStream(written(format).getBytes(StandardCharsets.UTF_8)),
        Limits.DOCUMENT);
  }

  @ParameterizedTest
  @EnumSource(LintFormat.class)
  void isAsItWas(LintFormat format) {
    Golden.matches("lint." + format.name().toLowerCase(java.util.Locale.ROOT), written(format));
  }

  @Test
  void fitsANarrowTerminalInAscii() {
    String text = written(LintFormat.TEXT, new Look(false, false, 60));
    assertThat(text.lines().filter(l -> l.startsWith("  ")).map(TextWidth::of))
        .allMatch(w -> w <= 60);
  }

  @ParameterizedTest
  @EnumSource(LintFormat.class)
  void showsNoSecretAndSteersNoTerminal(LintFormat format) {
    String text = written(format, new Look(false, true, 0));
    assertThat(text).doesNotContain("battery").doesNotContain("hunter22").doesNotContain("\u001b");
  }

  @Test
  void pointsAtTheField() {
    List<String> lines = written(LintFormat.TEXT).lines().toList();
    int at = lines.indexOf("   6 │       version: \"*\" # refloat:ignore timeout not needed");
    assertThat(at).isPositive();
    assertThat(lines.get(at + 1)).isEqualTo("     │       ^~~~~~~");
  }

  @Test
  void writesSarifThatCodeScanningTakes() throws IOException {
    Json run = json(LintFormat.SARIF).get("runs").list().getFirst();
    List<Json> rules = run.at("tool", "driver", "rules").list();
    List<String> ids = rules.stream().map(r -> r.get("id").text()).toList();
    assertThat(ids).doesNotHaveDuplicates().contains("chart-version", "suppression");
    Set<String> fingerprints = new HashSet<>();
    for (Json result : run.get("results").list()) {
      assertThat(ids.get((int) result.get("ruleIndex").integer(-1)))
          .isEqualTo(result.get("ruleId").text());
      assertThat(result.get("level").text()).isIn("error", "warning", "note");
      assertThat(result.at("message", "text").text()).isNotBlank().doesNotContain("](");
      Json place = result.get("locations").list().getFirst().get("physicalLocation");
      assertThat(place.at("artifactLocation", "uri").text()).matches("[!-~]+");
      assertThat(place.at("region", "startLine").integer(0)).isPositive();
      assertThat(
              fingerprints.add(result.at("partialFingerprints", "primaryLocationLineHash").text()))
          .isTrue();
    }
    assertThat(fingerprints).hasSize(4);
  }

  @Test
  void escapesPathsAsUris() {
    assertThat(SarifTree.uri("a b/é%#?:[.yaml")).isEqualTo("a%20b/%C3%A9%25%23%3F%3A%5B.yaml");
  }

  @Test
  void leavesOutTheLeastSevereBeyondWhatCodeScanningTakes() {
    List<Finding> many = new ArrayList<>();
    for (int i = 1; i <= SarifTree.MOST_RESULTS; i++) {
      many.add(
          finding(TIMEOUT, Severity.INFO, new Place("a.yaml", i, 1), WEB, "f" + i, "note " + i));
    }
    many.add(finding(TIMEOUT, Severity.ERROR, new Place("b.yaml", 1, 1), WEB, "g", "the worst"));
    Judged judged =
        new Triage(Settings.NONE, SOURCES, Baseline.EMPTY, List.of(), List.of(), _ -> true)
            .judge(result(many));
    Json run = SarifTree.of(view(judged)).get("runs").list().getFirst();
    List<Json> results = run.get("results").list();
    assertThat(results).hasSize(SarifTree.MOST_RESULTS);
    assertThat(results.getFirst().at("message", "text").text()).startsWith("the worst");
    assertThat(run.get("invocations").list().getFirst().get("toolExecutionNotifications").list())
        .first()
        .satisfies(n -> assertThat(n.at("message", "text").text()).contains("left out"));
  }

  @Test
  void escapesWorkflowCommands() {
    List<String> lines = written(LintFormat.GITHUB).lines().toList();
    assertThat(lines).allMatch(l -> l.startsWith("::"));
    assertThat(lines.getFirst())
        .startsWith(
            "::error file=apps/web.yaml,line=6,col=7,title=chart-version%3A HelmRelease shop/web::")
        .contains("100%25 of versions")
        .contains("%0AWrite one version");
    assertThat(lines)
        .anyMatch(l -> l.startsWith("::warning file=apps/sécrets%2C 100%25/web.yaml,line=5"));
    assertThat(lines).anyMatch(l -> l.startsWith("::notice ") && l.contains("%250A"));
  }

  @Test
  void writesWhatGitLabNeeds() throws IOException {
    List<Json> issues = json(LintFormat.GITLAB).list();
    assertThat(issues).hasSize(4);
    Set<String> fingerprints = new HashSet<>();
    for (Json issue : issues) {
      assertThat(issue.get("description").text()).isNotBlank();
      assertThat(issue.get("check_name").text()).isNotBlank();
      assertThat(fingerprints.add(issue.get("fingerprint").text())).isTrue();
      assertThat(issue.get("severity").text())
          .isIn("info", "minor", "major", "critical", "blocker");
      assertThat(issue.at("location", "path").text()).doesNotStartWith("/").doesNotStartWith("./");
      assertThat(issue.at("location", "lines", "begin").integer(0)).isPositive();
    }
  }

  @Test
  void countsWhatJUnitShows() throws Exception {
    Element suite = (Element) xml(LintFormat.JUNIT).getElementsByTagName("testsuite").item(0);
    assertThat(suite.getAttribute("tests"))
        .isEqualTo(Integer.toString(suite.getElementsByTagName("testcase").getLength()));
    assertThat(suite.getAttribute("failures"))
        .isEqualTo(Integer.toString(suite.getElementsByTagName("failure").getLength()))
        .isEqualTo("1");
    assertThat(suite.getAttribute("skipped"))
        .isEqualTo(Integer.toString(suite.getElementsByTagName("skipped").getLength()))
        .isEqualTo("1");
  }

  @Test
  void groupsCheckstyleErrorsByFile() throws Exception {
    NodeList files = xml(LintFormat.CHECKSTYLE).getElementsByTagName("file");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < files.getLength(); i++) {
      names.add(((Element) files.item(i)).getAttribute("name"));
    }
    assertThat(names).containsExactlyInAnyOrder("apps/web.yaml", "apps/sécrets, 100%/web.yaml");
    Element error = (Element) xml(LintFormat.CHECKSTYLE).getElementsByTagName("error").item(0);
    assertThat(error.getAttribute("severity")).isIn("error", "warning", "info");
    assertThat(Integer.parseInt(error.getAttribute("line"))).isPositive();
  }

  private static Document xml(LintFormat format) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(written(format).getBytes(StandardCharsets.UTF_8)));
  }
}
