package dev.refloat.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.release.ReleaseState;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderersTest {

  private static String text(Look look, Consumer<Page> print) {
    StringBuilder out = new StringBuilder();
    print.accept(new Page(out, look, Edge.unmasked()));
    return out.toString();
  }

  @Test
  void printsTheTableOfACluster() {
    Golden.matches(
        "table-100.txt",
        text(new Look(false, true, 100), p -> CauseTable.print(p, Samples.cluster(), false)));
  }

  @Test
  void printsTheTableInAsciiOnANarrowTerminal() {
    String table =
        text(new Look(false, false, 60), p -> CauseTable.print(p, Samples.cluster(), false));
    Golden.matches("table-60-ascii.txt", table);
    assertThat(table.chars()).allMatch(c -> c < 128);
  }

  @Test
  void printsTheTableInColour() {
    Golden.matches(
        "table-colour.txt",
        text(new Look(true, true, 100), p -> CauseTable.print(p, Samples.cluster(), false)));
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 80, 100, 160})
  void keepsEveryLineOfTheTableWithinTheWidth(int width) {
    assertThat(
            text(new Look(false, true, width), p -> CauseTable.print(p, Samples.cluster(), false))
                .lines()
                .map(TextWidth::of))
        .allMatch(w -> w <= width);
  }

  @Test
  void printsOneRowForEachReleaseWhenWide() {
    String wide =
        text(Look.plain(), p -> ReleaseRows.print(p, Samples.cluster(), false, true, true));
    Golden.matches("wide.txt", wide);
    assertThat(wide.lines().filter(l -> l.startsWith("shop "))).hasSize(33);
  }

  @Test
  void printsOneReleaseInDepth() {
    Golden.matches(
        "release-100.txt",
        text(
            new Look(false, true, 100),
            p -> ReleaseReport.print(p, Samples.librechat(), Samples.NOW)));
  }

  @Test
  void printsATicketInMarkdown() {
    Golden.matches(
        "release.md",
        text(Look.plain(), p -> new MarkdownReport(p).print(Samples.librechat(), Samples.NOW)));
    Golden.matches(
        "cluster.md",
        text(
            Look.plain(), p -> new MarkdownReport(p).print(Samples.cluster(), Samples.NOW, false)));
  }

  @Test
  void printsTheTreeAsJsonAndAsYaml() {
    StringBuilder json = new StringBuilder();
    new JsonText(json, Edge.unmasked(), false)
        .document(
            DiagnosisTree.head(Samples.NOW, 1),
            DiagnosisTree.ITEMS,
            List.of(DiagnosisTree.item(Samples.librechat())).iterator());
    Golden.matches("release.json", json.toString());
    StringBuilder yaml = new StringBuilder();
    new YamlText(yaml, Edge.unmasked(), false)
        .document(
            DiagnosisTree.head(Samples.NOW, 1),
            DiagnosisTree.ITEMS,
            List.of(DiagnosisTree.item(Samples.librechat())).iterator());
    Golden.matches("release.yaml", yaml.toString());
  }

  @Test
  void saysThatNothingFails() {
    Findings fine =
        new Findings(
            List.of(Samples.healthy("a", "b"), Samples.healthy("a", "c")),
            List.of(),
            "in namespace a",
            List.of());
    assertThat(text(Look.plain(), p -> CauseTable.print(p, fine, false)))
        .isEqualTo("All 2 releases in namespace a are healthy.\n");
  }

  @Test
  void clusterTextCannotSteerTheTerminalOrTheMarkup() {
    String hostile =
        "\u001b]0;owned\u0007\u001b[2J`x` | <img src=x> \u202egnp.exe\n# not a heading";
    Diagnosis d =
        Samples.simple(
            "ai", "bad", ReleaseState.FAILING, "unknown", Samples.librechat().root(), hostile);
    for (Consumer<Page> print :
        List.<Consumer<Page>>of(
            p -> ReleaseReport.print(p, d, Samples.NOW),
            p -> new MarkdownReport(p).print(d, Samples.NOW))) {
      String out = text(Look.plain(), print);
      assertThat(out).doesNotContain("\u001b", "\u202e", "owned\u0007", "\n# not a heading");
    }
    assertThat(text(Look.plain(), p -> new MarkdownReport(p).print(d, Samples.NOW)))
        .doesNotContainPattern("(?<!\\\\)<img")
        .doesNotContain(" `x` ");
  }

  @Test
  void aMaskReachesEveryFormat() {
    Edge masking = new Edge(s -> s.replace("WiredTiger", "******"));
    StringBuilder out = new StringBuilder();
    Page page = new Page(out, Look.plain(), masking);
    ReleaseReport.print(page, Samples.librechat(), Samples.NOW);
    new MarkdownReport(page).print(Samples.librechat(), Samples.NOW);
    new JsonText(out, masking, false).document(DiagnosisTree.item(Samples.librechat()));
    new YamlText(out, masking, false).document(DiagnosisTree.item(Samples.librechat()));
    assertThat(out.toString()).contains("******").doesNotContain("WiredTiger");
  }
}
