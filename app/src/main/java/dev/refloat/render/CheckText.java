package dev.refloat.render;

import dev.refloat.model.Json;
import dev.refloat.release.ReleaseRef;
import dev.refloat.validation.Check;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The checks of a validation, for a person and for programs.
public final class CheckText {
  private CheckText() {}

  public static void print(Page page, List<Check> checks) {
    List<List<Span>> rows = new ArrayList<>();
    for (Check c : checks) {
      rows.add(
          List.of(
              new Span(color(c.outcome()), mark(c.outcome())),
              Span.of(c.title()),
              Span.dim(c.because())));
    }
    page.columns("  ", 2, true, rows);
  }

  private static String mark(Check.Outcome o) {
    return switch (o) {
      case PASSED -> "ok";
      case FAILED -> "FAILED";
      case UNKNOWN -> "unknown";
      case SKIPPED -> "-";
    };
  }

  private static Style color(Check.Outcome o) {
    return switch (o) {
      case PASSED -> Style.GREEN;
      case FAILED -> Style.BOLD_RED;
      case UNKNOWN -> Style.YELLOW;
      case SKIPPED -> Style.DIM;
    };
  }

  /// A document of `refloat.dev/v1`.
  ///
  /// @param kind `Validation` or `Probe`
  public static Json.Obj tree(
      String kind,
      ReleaseRef release,
      Instant at,
      String verdict,
      String because,
      List<Check> checks) {
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", kind)
        .put("takenAt", at.toString())
        .put(
            "release",
            Json.builder()
                .put("namespace", release.namespace())
                .put("name", release.name())
                .build())
        .put("verdict", verdict)
        .put("because", because)
        .put(
            "checks",
            new Json.Arr(
                checks.stream()
                    .<Json>map(
                        c ->
                            Json.builder()
                                .put("id", c.id())
                                .put("title", c.title())
                                .put("outcome", c.outcome().word())
                                .put("because", c.because())
                                .build())
                    .toList()))
        .build();
  }

  /// JUnit XML, for CI.
  public static void junit(Appendable out, Edge edge, ReleaseRef release, List<Check> checks) {
    long failed = checks.stream().filter(c -> c.outcome() == Check.Outcome.FAILED).count();
    long skipped =
        checks.stream()
            .filter(
                c -> c.outcome() == Check.Outcome.SKIPPED || c.outcome() == Check.Outcome.UNKNOWN)
            .count();
    XmlText xml = new XmlText(out, edge);
    xml.start("testsuite")
        .attribute("name", "refloat validate " + release.path())
        .attribute("tests", checks.size())
        .attribute("failures", failed)
        .attribute("errors", 0)
        .attribute("skipped", skipped);
    for (Check c : checks) {
      xml.start("testcase").attribute("classname", release.path()).attribute("name", c.title());
      switch (c.outcome()) {
        case PASSED -> {}
        case FAILED -> xml.start("failure").attribute("message", c.because()).end();
        case UNKNOWN, SKIPPED -> xml.start("skipped").attribute("message", c.because()).end();
      }
      xml.end();
    }
    xml.end();
  }
}
