package dev.refloat.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.model.Confidence;
import dev.refloat.rule.Matcher;
import dev.refloat.rule.Rule;
import dev.refloat.rule.When;
import dev.refloat.signal.SignalKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogLoadingTest {
  private static final String RULE =
      """
      id: disk-full
      title: A disk is full
      stages: [wait]
      depth: 40
      confidence: likely
      when:
        all:
          - log: {line: {matches: 'No space left on (?<device>\\S+)'}, state: [waiting, running]}
          - not: {claim: {phase: {not: Bound}}}
      summary: 'Disk {device} of {log.pod} is full'
      variants:
        - id: old
          when: {pod: {age: {at-least: 3}, node: {exists: true}}}
          summary: 'Disk {device} of node {pod.node} is full'
          confidence: certain
          depth: 41
      root: {api-version: v1, kind: Pod, namespace: '{log.namespace}', name: '{log.pod}'}
      """;
  private static final String PLAYBOOK =
      """
      remedies:
        - id: grow
          title: 'Grow {device}'
          risk: disruptive
          because: 'It is full on {pod.node|its node}'
          commands: ['kubectl describe pod {log.pod} -n {release.namespace}']
      """;
  private static final String PAGE =
      """
      # disk-full: A disk is full

      ## What you see
      a
      ## Why it happens
      b
      ## What Refloat looks at
      c
      ## How to fix it
      d
      ## How to prevent it
      e
      """;
  private static final String CASE =
      """
      about: A full disk.
      objects:
        - {apiVersion: v1, kind: Namespace, metadata: {name: ai}}
      expect: {cause: disk-full}
      """;

  @TempDir Path dir;
  private Path catalog;

  @BeforeEach
  void writeCatalog() throws IOException {
    catalog = dir.resolve("mine");
    Files.createDirectories(catalog.resolve("disk-full/cases"));
    write("rule.yaml", RULE);
    write("playbook.yaml", PLAYBOOK);
    write("README.md", PAGE);
    write("cases/full.yaml", CASE);
    write("cases/other.yaml", CASE.replace("cause: disk-full", "cause: none"));
  }

  @Test
  void readsRulePlaybookAndPage() {
    Catalog read = Catalog.empty().plus(catalog);
    Rule rule = read.rules().rule("disk-full").orElseThrow();
    assertThat(rule.depth()).isEqualTo(40);
    assertThat(rule.when())
        .isInstanceOfSatisfying(
            When.All.class,
            all -> {
              assertThat(all.parts()).hasSize(2);
              assertThat(all.parts().getLast())
                  .isEqualTo(
                      new When.Not(
                          new When.Pattern(
                              SignalKind.CLAIM,
                              java.util.Map.of(
                                  "phase", new Matcher.Not(new Matcher.Is("Bound"))))));
            });
    assertThat(rule.variants())
        .extracting(Rule.Variant::id, Rule.Variant::confidence, Rule.Variant::depth)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("old", Confidence.CERTAIN, Optional.of(41)),
            org.assertj.core.groups.Tuple.tuple("plain", Confidence.LIKELY, Optional.empty()));
    assertThat(rule.remedies())
        .singleElement()
        .extracting(r -> r.title().text())
        .isEqualTo("Grow {device}");
    assertThat(read.pages().markdown("disk-full")).contains(PAGE);
    assertThat(read.pages().entries())
        .containsExactly(new CatalogPages.Entry("disk-full", "A disk is full"));
    assertThat(read.pages().markdown("../disk-full")).isEmpty();
  }

  @Test
  void readsTheSameRulesFromTheIndexAsFromYaml() {
    List<Rule> rules = Catalog.empty().plus(catalog).rules().rules();
    byte[] index = IndexFile.write(rules);
    assertThat(IndexFile.read(index)).isEqualTo(rules);
    assertThat(IndexFile.write(IndexFile.read(index))).isEqualTo(index);
  }

  @Test
  void refusesADamagedIndexWhereverItIsCutOff() {
    byte[] index = IndexFile.write(Catalog.empty().plus(catalog).rules().rules());
    for (int length = 0; length < index.length; length++) {
      byte[] cut = Arrays.copyOf(index, length);
      assertThatThrownBy(() -> IndexFile.read(cut)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void readsTheBuiltInCatalogWithItsPages() {
    Catalog builtIn = Catalog.builtIn();
    assertThat(builtIn.rules().rule("image-pull")).isPresent();
    assertThat(builtIn.pages().entries())
        .allSatisfy(
            e ->
                assertThat(builtIn.pages().markdown(e.id()).orElseThrow())
                    .startsWith("# " + e.id() + ": " + e.title() + "\n"));
  }

  @Test
  void namesTheAttributeThatWasProbablyMeant() throws IOException {
    write("rule.yaml", RULE.replace("state: [waiting", "stat: [waiting"));
    assertProblems(
        "mine/disk-full/rule.yaml:8:65 unknown signal attribute 'log.stat', did you mean"
            + " 'log.state'?");
  }

  @Test
  void namesTheSignalThatWasProbablyMeant() throws IOException {
    write("rule.yaml", RULE.replace("claim:", "clam:"));
    assertProblems("mine/disk-full/rule.yaml:9:13 unknown signal 'clam', did you mean 'claim'?");
  }

  @Test
  void refusesNamesThatNothingBinds() throws IOException {
    write(
        "rule.yaml", RULE.replace("'Disk {device} of {log.pod}", "'Disk {divice} of {claim.name}"));
    assertProblems(
        "mine/disk-full/rule.yaml:10:10 nothing in the condition binds 'divice', did you mean"
            + " 'device'?",
        "mine/disk-full/rule.yaml:10:10 nothing in the condition binds 'claim.name'");
  }

  @Test
  void asksForAFallbackWhereOnlySomeVariantsBindAName() throws IOException {
    write("playbook.yaml", PLAYBOOK.replace("|its node", ""));
    assertProblems(
        "mine/disk-full/playbook.yaml:5:14 only some variants bind 'pod.node': give a fallback, as"
            + " in {pod.node|…}");
  }

  @Test
  void reportsEveryProblemAtOnce() throws IOException {
    write(
        "rule.yaml",
        RULE.replace("title: A disk is full", "titel: A disk is full")
            .replace("stages: [wait]", "stages: [wiat]")
            .replace("depth: 40", "depth: 400")
            .replace("confidence: likely", "confidence: sure"));
    assertThatExceptionOfType(CatalogException.class)
        .isThrownBy(() -> Catalog.empty().plus(catalog))
        .satisfies(
            e ->
                assertThat(e.problems())
                    .anySatisfy(p -> assertThat(p).contains("rule.yaml:2:1 unknown field 'titel'"))
                    .anySatisfy(p -> assertThat(p).contains("rule.yaml:1:1 a rule needs 'title'"))
                    .anySatisfy(p -> assertThat(p).contains("rule.yaml:3:10 unknown word 'wiat'"))
                    .anySatisfy(p -> assertThat(p).contains("rule.yaml:4:8 'depth' is a number"))
                    .anySatisfy(p -> assertThat(p).contains("unknown word 'sure'")));
  }

  @Test
  void refusesABrokenRegularExpressionAtItsPlace() throws IOException {
    write("rule.yaml", RULE.replace("(?<device>", "(?<device"));
    assertThatThrownBy(() -> Catalog.empty().plus(catalog))
        .hasMessageContaining("mine/disk-full/rule.yaml:8:29 not a regular expression:");
  }

  @Test
  void refusesYamlThatGrowsWhenItIsRead() throws IOException {
    StringBuilder laughs = new StringBuilder("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      laughs.append("l%d: &l%d [%s]\n".formatted(i, i, ("*l" + (i - 1) + ",").repeat(10)));
    }
    write("rule.yaml", laughs + RULE);
    assertThatThrownBy(() -> Catalog.empty().plus(catalog))
        .hasMessageContaining("mine/disk-full/rule.yaml:6:")
        .hasMessageContaining("refused as too large");
  }

  @Test
  void refusesDeepAndHugeAndBinaryFiles() throws IOException {
    write("rule.yaml", "[".repeat(5000));
    assertThatThrownBy(() -> Catalog.empty().plus(catalog))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("mine/disk-full/rule.yaml");
    write("rule.yaml", "[".repeat(200) + "]".repeat(200));
    assertThatThrownBy(() -> Catalog.empty().plus(catalog))
        .hasMessageContaining("nested deeper than");
    write("rule.yaml", "#".repeat(LocatedYaml.MAX_BYTES + 1));
    assertThatThrownBy(() -> Catalog.empty().plus(catalog)).hasMessageContaining("larger than");
    Files.write(catalog.resolve("disk-full/rule.yaml"), new byte[] {(byte) 0xff, 0, 1});
    assertThatThrownBy(() -> Catalog.empty().plus(catalog)).hasMessageContaining("not UTF-8");
  }

  @Test
  void refusesAFileOfTwoDocuments() throws IOException {
    write("rule.yaml", RULE + "---\n" + RULE);
    assertThatThrownBy(() -> Catalog.empty().plus(catalog))
        .hasMessageContaining("mine/disk-full/rule.yaml holds 2 documents, not one");
  }

  @Test
  void refusesAnIncompleteFolder() throws IOException {
    Files.delete(catalog.resolve("disk-full/playbook.yaml"));
    Files.delete(catalog.resolve("disk-full/cases/other.yaml"));
    assertProblems(
        "mine/disk-full has no playbook.yaml",
        "mine/disk-full/cases no near-miss: one case must look alike and expect another cause");
  }

  @Test
  void refusesAPageWithoutItsHeadings() throws IOException {
    write("README.md", PAGE.replace("## Why it happens", "## Reasons").replace("e\n", "TODO\n"));
    assertThatThrownBy(() -> Catalog.empty().plus(catalog))
        .hasMessageContaining("mine/disk-full/README.md:3:1 the headings must be")
        .hasMessageContaining("the page is not finished: TODO");
  }

  @Test
  void refusesAnIdThatIsTaken() {
    Catalog once = Catalog.empty().plus(catalog);
    assertThatThrownBy(() -> once.plus(catalog))
        .hasMessageContaining("mine/disk-full the id 'disk-full' is taken");
  }

  @Test
  void standsBeforeTheClassThatItRefines() throws IOException {
    Catalog first = Catalog.empty().plus(catalog);
    Path own = dir.resolve("own");
    Files.createDirectories(own.resolve("log-disk-full/cases"));
    Path folder = own.resolve("log-disk-full");
    Files.writeString(
        folder.resolve("rule.yaml"),
        RULE.replace("id: disk-full", "id: log-disk-full")
            .replace("stages: [wait]\ndepth: 40", "refines: disk-full"));
    Files.writeString(folder.resolve("playbook.yaml"), PLAYBOOK);
    Files.writeString(folder.resolve("README.md"), PAGE.replace("# disk-full", "# log-disk-full"));
    Files.writeString(folder.resolve("cases/a.yaml"), CASE.replace("disk-full", "log-disk-full"));
    Files.writeString(folder.resolve("cases/b.yaml"), CASE);
    Rule rule = first.plus(own).rules().rule("log-disk-full").orElseThrow();
    assertThat(rule.depth()).isEqualTo(42);
    assertThat(rule.stages()).isEqualTo(first.rules().rule("disk-full").orElseThrow().stages());
  }

  @Test
  void saysWhenAFolderIsNoCatalog() throws IOException {
    Path none = Files.createDirectories(dir.resolve("none"));
    assertThatThrownBy(() -> Catalog.empty().plus(none))
        .hasMessageContaining("none holds no failure class");
    assertThatThrownBy(() -> Catalog.empty().plus(dir.resolve("missing")))
        .hasMessageContaining("missing cannot be listed");
  }

  private void assertProblems(String... problems) {
    assertThatExceptionOfType(CatalogException.class)
        .isThrownBy(() -> Catalog.empty().plus(catalog))
        .satisfies(e -> assertThat(e.problems()).containsExactly(problems));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(catalog.resolve("disk-full").resolve(name), text);
  }
}
