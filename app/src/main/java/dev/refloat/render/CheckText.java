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

  /// `Validation` of `refloat.dev/v1`.
  public static Json.Obj tree(
      ReleaseRef release, Instant at, String verdict, String because, List<Check> checks) {
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "Validation")
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
  public static void junit(Page page, ReleaseRef release, List<Check> checks) {
    long failed = checks.stream().filter(c -> c.outcome() == Check.Outcome.FAILED).count();
    long skipped =
        checks.stream()
            .filter(
                c -> c.outcome() == Check.Outcome.SKIPPED || c.outcome() == Check.Outcome.UNKNOWN)
            .count();
    page.line("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    page.line(
        "<testsuite name=\"refloat validate "
            + xml(release.path())
            + "\" tests=\""
            + checks.size()
            + "\" failures=\""
            + failed
            + "\" errors=\"0\" skipped=\""
            + skipped
            + "\">");
    for (Check c : checks) {
      String head =
          "  <testcase classname=\"" + xml(release.path()) + "\" name=\"" + xml(c.title()) + "\"";
      switch (c.outcome()) {
        case PASSED -> page.line(head + "/>");
        case FAILED -> {
          page.line(head + ">");
          page.line("    <failure message=\"" + xml(c.because()) + "\"/>");
          page.line("  </testcase>");
        }
        case UNKNOWN, SKIPPED -> {
          page.line(head + ">");
          page.line("    <skipped message=\"" + xml(c.because()) + "\"/>");
          page.line("  </testcase>");
        }
      }
    }
    page.line("</testsuite>");
  }

  private static String xml(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]", "");
  }
}
