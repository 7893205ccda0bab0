package dev.refloat.render;

import dev.refloat.diagnosis.CauseGroup;
import dev.refloat.diagnosis.Diagnosis;
import java.util.ArrayList;
import java.util.List;

/// One row for each release, for `-o wide`, `--no-headers` and scripts: nothing is cut or grouped.
public final class ReleaseRows {
  private ReleaseRows() {}

  /// Prints the rows.
  ///
  /// @param wide more columns
  /// @param headers the headline and the names of the columns
  public static void print(
      Page page, Findings findings, boolean all, boolean wide, boolean headers) {
    if (headers) {
      page.line(findings.headline());
      if (findings.diagnoses().isEmpty() || (findings.clean() && !all)) {
        return;
      }
      page.blank();
    }
    List<List<Span>> rows = new ArrayList<>();
    if (headers) {
      rows.add(
          cells(
              wide,
              "NAMESPACE",
              "NAME",
              "STATE",
              "CAUSE",
              "CONFIDENCE",
              "ROOT",
              "SYMPTOMS",
              "SUMMARY"));
    }
    for (CauseGroup group : findings.groups()) {
      group.members().forEach(d -> rows.add(row(d, wide)));
    }
    if (all) {
      findings.healthy().forEach(d -> rows.add(row(d, wide)));
    }
    page.unlimited().columns("", 3, false, rows);
  }

  private static List<Span> row(Diagnosis d, boolean wide) {
    return cells(
        wide,
        d.release().namespace(),
        d.release().name(),
        d.state().word(),
        d.cause(),
        d.confidence().word(),
        d.root().kind() + "/" + d.root().path(),
        d.symptoms().isEmpty() ? "-" : String.join(",", d.symptoms()),
        d.summary());
  }

  private static List<Span> cells(boolean wide, String... columns) {
    List<Span> cells = new ArrayList<>();
    for (int i = 0; i < columns.length; i++) {
      if (wide || i < 4 || i == columns.length - 1) {
        cells.add(Span.of(columns[i]));
      }
    }
    return cells;
  }
}
