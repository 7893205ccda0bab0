package dev.refloat.render;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The table of `get`: the columns of `flux get helmreleases`, then the cause.
public final class ReleaseList {

  /// One release as it is listed.
  ///
  /// @param revision the chart version deployed last, else the one attempted last
  /// @param ready `True`, `False` or `Unknown`
  public record Row(
      String namespace,
      String name,
      String revision,
      boolean suspended,
      String ready,
      String message,
      String state,
      String cause) {

    /// From the object and its diagnosis. Releases of v2beta1 and v2beta2 have no history;
    /// `lastAppliedRevision` is what they say instead.
    public static Row of(Resource release, Diagnosis d) {
      Json newest =
          release.status("history").list().stream().findFirst().orElse(Json.emptyObject());
      String revision =
          newest
              .get("chartVersion")
              .text(
                  release
                      .status("lastAppliedRevision")
                      .text(release.status("lastAttemptedRevision").text()));
      Condition ready =
          release
              .condition("Ready")
              .orElse(new Condition("Ready", "Unknown", "", "", Optional.empty(), -1));
      return new Row(
          release.namespace(),
          release.name(),
          revision,
          release.spec("suspend").isTrue(),
          ready.status().isEmpty() ? "Unknown" : ready.status(),
          ready.message(),
          d.state().word(),
          d.cause());
    }
  }

  /// Messages are never cut shorter than this, however narrow the terminal.
  private static final int LEAST_MESSAGE = 24;

  private ReleaseList() {}

  /// Prints the table.
  ///
  /// @param namespaces whether releases of several namespaces are shown
  public static void print(
      Page page, List<Row> rows, boolean namespaces, boolean wide, boolean headers) {
    int message = wide ? 0 : messageRoom(page, rows, namespaces);
    List<List<Span>> table = new ArrayList<>();
    if (headers) {
      table.add(
          cells(
              namespaces,
              wide,
              Style.PLAIN,
              new Row("NAMESPACE", "NAME", "REVISION", false, "READY", "MESSAGE", "STATE", "CAUSE"),
              "SUSPENDED",
              "MESSAGE"));
    }
    for (Row row : rows) {
      String text = page.edge().line(row.message());
      String shown = message == 0 ? text : TextWidth.cut(text, message, page.look().ellipsis());
      Style style =
          switch (row.ready()) {
            case "True" -> Style.PLAIN;
            case "False" -> Style.RED;
            default -> Style.YELLOW;
          };
      table.add(cells(namespaces, wide, style, row, row.suspended() ? "True" : "False", shown));
    }
    page.columns("", 3, false, table);
  }

  /// What is left of the width for the message when every other column has its full text; 0 without
  /// a limit.
  private static int messageRoom(Page page, List<Row> rows, boolean namespaces) {
    if (page.look().width() == 0) {
      return 0;
    }
    int others =
        (namespaces ? longest(rows, Row::namespace, "NAMESPACE") + 3 : 0)
            + longest(rows, Row::name, "NAME")
            + longest(rows, Row::revision, "REVISION")
            + "SUSPENDED".length()
            + longest(rows, Row::ready, "READY")
            + longest(rows, Row::cause, "CAUSE")
            + 5 * 3;
    return Math.max(LEAST_MESSAGE, page.look().width() - others);
  }

  private static int longest(List<Row> rows, Function<Row, String> column, String head) {
    return rows.stream()
        .mapToInt(r -> TextWidth.of(column.apply(r)))
        .reduce(head.length(), Math::max);
  }

  private static List<Span> cells(
      boolean namespaces, boolean wide, Style style, Row row, String suspended, String message) {
    List<Span> cells = new ArrayList<>();
    if (namespaces) {
      cells.add(Span.of(row.namespace()));
    }
    cells.add(Span.of(row.name()));
    cells.add(Span.of(row.revision()));
    cells.add(Span.of(suspended));
    cells.add(new Span(style, row.ready()));
    cells.add(Span.of(message));
    if (wide) {
      cells.add(Span.of(row.state()));
    }
    cells.add(Span.of(row.cause().equals(Diagnosis.NONE) ? "-" : row.cause()));
    return cells;
  }

  /// The fields of a ReleaseList before its items.
  public static Json.Obj head(Instant takenAt) {
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "ReleaseList")
        .put("takenAt", takenAt.toString())
        .build();
  }

  public static Json.Obj item(Row row) {
    return Json.builder()
        .put("namespace", row.namespace())
        .put("name", row.name())
        .put("revision", row.revision())
        .put("suspended", row.suspended())
        .put("ready", row.ready())
        .put("message", row.message())
        .put("state", row.state())
        .put("cause", row.cause())
        .build();
  }
}
