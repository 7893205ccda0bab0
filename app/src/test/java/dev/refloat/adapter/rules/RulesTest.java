package dev.refloat.adapter.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.refloat.adapter.catalog.Catalog;
import dev.refloat.lint.Check;
import dev.refloat.lint.Finding;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Triage;
import dev.refloat.lint.rule.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every rule has a page, cases that it finds and near-misses that it does not, and fixes that make
/// the finding go away. A rule's cases are in `lint/<id>/cases`.
class RulesTest {
  private static final Path FOLDER = Path.of("../lint");
  private static final Path DOCUMENT = Path.of("../docs/rules.md");
  private static final List<Check> RULES =
      Rules.all(FluxDefinitions.bundled(), KubernetesDefinitions::bundled);
  private static final List<String> HEADINGS =
      List.of("What", "Why", "Bad", "Good", "Suppress", "Prevents");

  @Test
  void everyFolderIsARuleAndEveryRuleAFolder() throws IOException {
    Set<String> folders;
    try (Stream<Path> list = Files.list(FOLDER)) {
      folders =
          list.filter(Files::isDirectory)
              .map(p -> p.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new));
    }
    // no check: it judges comments, after the rules ran
    assertThat(folders.remove(Triage.SUPPRESSION.id())).isTrue();
    assertThat(folders)
        .containsExactlyInAnyOrderElementsOf(RULES.stream().map(r -> r.info().id()).toList());
  }

  @Test
  void idsAreUniqueAndNoCauses() {
    Catalog catalog = Catalog.builtIn();
    assertThat(RULES.stream().map(r -> r.info().id())).doesNotHaveDuplicates();
    for (Check rule : RULES) {
      assertThat(catalog.rules().rule(rule.info().id()))
          .as("refloat explain %s must mean one page", rule.info().id())
          .isEmpty();
      for (String cause : rule.info().prevents()) {
        assertThat(catalog.rules().rule(cause)).as("%s prevents", rule.info().id()).isPresent();
      }
    }
  }

  @TestFactory
  Stream<DynamicNode> pagesAreComplete() {
    return Stream.concat(RULES.stream().map(Check::info), Stream.of(Triage.SUPPRESSION))
        .map(r -> dynamicTest(r.id(), () -> page(r)));
  }

  private static void page(RuleInfo rule) {
    String page = RulePages.page(rule.id()).orElseThrow();
    List<String> lines = page.lines().toList();
    assertThat(lines.getFirst()).isEqualTo("# " + rule.id() + ": " + rule.title());
    assertThat(lines.stream().filter(l -> l.startsWith("## ")).map(l -> l.substring(3)))
        .containsExactlyElementsOf(HEADINGS);
    assertThat(page).doesNotContain("TODO");
    for (String heading : HEADINGS) {
      assertThat(section(page, heading)).as(heading).isNotBlank();
    }
    assertThat(section(page, "Bad")).contains("```yaml");
    assertThat(section(page, "Good")).contains("```yaml");
    assertThat(section(page, "What")).contains("Severity: " + rule.severity().word());
    assertThat(section(page, "Suppress")).contains("# refloat:ignore " + rule.id() + " ");
    for (String cause : rule.prevents()) {
      assertThat(section(page, "Prevents")).contains("`" + cause + "`");
    }
  }

  private static String section(String page, String heading) {
    String from = page.substring(page.indexOf("\n## " + heading + "\n") + heading.length() + 5);
    int end = from.indexOf("\n## ");
    return end < 0 ? from : from.substring(0, end);
  }

  /// `docs/rules.md` is made from the rules; run with `-Drefloat.write=true` to write it.
  @Test
  void theListOfRulesIsCurrent() throws IOException {
    if (Boolean.getBoolean("refloat.write")) {
      Files.writeString(DOCUMENT, document());
    }
    assertThat(DOCUMENT)
        .as("write it again with -Dtest=RulesTest -Drefloat.write=true")
        .hasContent(document());
  }

  private static String document() throws IOException {
    StringBuilder out = new StringBuilder("# Rules of refloat lint\n\n");
    out.append(
        """
        <!-- Made by RulesTest. Do not edit: change the rule, and run it with -Drefloat.write=true -->

        What each rule demands. `refloat explain RULE` prints its page. A finding names the cause that `refloat diagnose`
        would name if the change were deployed. Severities are the usual ones: a rule says less where it cannot be sure, and its page says when.

        | rule | demands | severity | needs | prevents | fixes |
        | --- | --- | --- | --- | --- | --- |
        """);
    for (Check rule : RULES) {
      RuleInfo info = rule.info();
      boolean fixes = false;
      for (RuleCase c : RuleCase.all(FOLDER.resolve(info.id()))) {
        fixes |= !c.fixed().isEmpty();
      }
      out.append(
          "| [`%s`](../lint/%s/README.md) | %s | %s | %s | %s | %s |\n"
              .formatted(
                  info.id(),
                  info.id(),
                  info.title(),
                  info.severity().word(),
                  info.needs().name().toLowerCase(Locale.ROOT),
                  info.prevents().stream()
                      .map(p -> "`" + p + "`")
                      .collect(Collectors.joining(", ")),
                  fixes ? "yes" : ""));
    }
    return out.toString();
  }

  @TestFactory
  Stream<DynamicNode> casesAreFoundAndNearMissesAreNot() throws IOException {
    List<DynamicNode> all = new ArrayList<>();
    for (Check rule : RULES) {
      List<RuleCase> cases = RuleCase.all(FOLDER.resolve(rule.info().id()));
      List<DynamicNode> tests = new ArrayList<>();
      tests.add(dynamicTest("has both", () -> hasBoth(rule, cases)));
      for (RuleCase c : cases) {
        tests.add(dynamicTest(c.name(), () -> judge(rule, c)));
        tests.add(dynamicTest(c.name() + ", fixed", () -> fix(rule, c)));
      }
      all.add(dynamicContainer(rule.info().id(), tests));
    }
    return all.stream();
  }

  private static void hasBoth(Check rule, List<RuleCase> cases) throws IOException {
    boolean finds = false;
    boolean spares = false;
    for (RuleCase c : cases) {
      boolean empty = c.expected().isEmpty();
      finds |= !empty;
      spares |= empty;
      assertThat(c.name().startsWith("near-miss")).as("name of %s", c.name()).isEqualTo(empty);
    }
    assertThat(finds).as("%s has a case that it finds", rule.info().id()).isTrue();
    assertThat(spares).as("%s has a near-miss", rule.info().id()).isTrue();
  }

  private static void judge(Check rule, RuleCase c) throws IOException {
    List<Finding> findings = c.findings(rule);
    List<RuleCase.Expected> expected = c.expected();
    String seen = findings.stream().map(RulesTest::line).collect(Collectors.joining("\n"));
    assertThat(findings.size()).as("%s\n%s", c.folder(), seen).isEqualTo(expected.size());
    for (RuleCase.Expected e : expected) {
      assertThat(findings).as("%s in\n%s", e.item(), seen).anyMatch(e::matches);
    }
    for (Finding f : findings) {
      assertThat(f.message()).as("one sentence without a full stop").doesNotEndWith(".");
      assertThat(f.advice()).isNotBlank().doesNotEndWith(".");
    }
  }

  private static String line(Finding f) {
    return "- {file: %s, line: %d, column: %d, severity: %s%s} # %s | %s"
        .formatted(
            f.place().file(),
            f.place().line(),
            f.place().column(),
            f.severity().name().toLowerCase(Locale.ROOT),
            f.prevents().map(p -> ", prevents: " + p).orElse(""),
            f.message(),
            f.advice());
  }

  /// `fixed/` is what the fixes make, and holds nothing else; a second run finds nothing to fix.
  private static void fix(Check rule, RuleCase c) throws IOException {
    Map<String, String> files = c.files();
    List<Finding> findings = c.findings(rule);
    Map<String, String> after = RuleCase.apply(files, findings);
    Map<String, String> changed =
        after.entrySet().stream()
            .filter(e -> !e.getValue().equals(files.get(e.getKey())))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertThat(changed).isEqualTo(c.fixed());
    List<Finding> again = c.findings(rule, after);
    assertThat(again).as("what a fix leaves").noneMatch(f -> f.fix().isPresent());
    assertThat(again.size()).isEqualTo(findings.stream().filter(f -> f.fix().isEmpty()).count());
  }
}
