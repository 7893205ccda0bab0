package dev.refloat.render;

import dev.refloat.lint.Finding;
import dev.refloat.lint.Judged;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Findings for a person, one after the other, each beginning as compilers write it
/// (`file:line:column: error: what [rule]`), which editors make a link.
public final class LintText {
  private static final int MOST_NAMES = 4;

  private final Page page;
  private final LintView view;
  private final String program;

  private LintText(Page page, LintView view, String program) {
    this.page = page;
    this.view = view;
    this.program = program;
  }

  /// Prints a result.
  ///
  /// @param program how the user calls this program
  public static void print(Page page, LintView view, String program) {
    new LintText(page, view, program).print();
  }

  private void print() {
    Set<String> explained = new HashSet<>();
    for (Finding f : view.judged().findings()) {
      finding(f, explained.add(f.rule()));
    }
    notChecked();
    summary();
  }

  private void finding(Finding f, boolean firstOfRule) {
    page.line(
        Span.bold(place(f) + ":"),
        Span.of(" "),
        new Span(style(f.severity()), f.severity().word() + ":"),
        Span.of(" "),
        Span.of(f.message()),
        Span.of(" "),
        Span.dim("[" + f.rule() + "]"));
    int gutter = Math.max(4, Integer.toString(f.place().line()).length());
    Optional<Excerpt> excerpt = Excerpt.of(view.sources(), f);
    excerpt.ifPresent(e -> excerpt(e, f, gutter));
    String indent = " ".repeat(gutter + 2);
    page.wrapped(Style.PLAIN, indent + "= ", indent + "  ", f.advice() + fixable(f));
    for (Finding.Related r : f.related()) {
      page.wrapped(Style.DIM, indent + "= see " + r.place() + ": ", indent + "  ", r.what());
    }
    List<String> why = new ArrayList<>();
    f.prevents().ifPresent(cause -> why.add("prevents " + cause));
    if (firstOfRule) {
      why.add("why: " + program + " explain " + f.rule());
    }
    if (!why.isEmpty()) {
      page.wrapped(Style.DIM, indent + "= ", indent + "  ", String.join("; ", why));
    }
    page.blank();
  }

  /// A line that begins with `::` is a command to GitHub's runner.
  private static String place(Finding f) {
    String place = f.place().toString();
    return place.startsWith(":") ? "./" + place : place;
  }

  private String fixable(Finding f) {
    return f.fix().map(fix -> " (" + program + " fix --rule " + f.rule() + " does it)").orElse("");
  }

  private void excerpt(Excerpt e, Finding f, int gutter) {
    String number = Integer.toString(f.place().line());
    String bar = " " + page.look().bar();
    String line = page.edge().line("." + e.line()).substring(1);
    int room = page.look().width() == 0 ? Integer.MAX_VALUE : page.look().width() - gutter - 3;
    page.line(
        Span.dim(" ".repeat(gutter - number.length()) + number + bar),
        Span.of(" " + TextWidth.cut(line, room, page.look().ellipsis())));
    if (e.length() > 0 && e.column() + e.length() < room) {
      String before = line.substring(0, offset(line, e.column() - 1));
      page.line(
          Span.dim(" ".repeat(gutter) + bar),
          Span.of(" " + " ".repeat(TextWidth.of(before))),
          new Span(style(f.severity()), "^" + "~".repeat(e.length() - 1)));
    }
  }

  private static int offset(String line, int codePoints) {
    return line.codePointCount(0, line.length()) < codePoints
        ? line.length()
        : line.offsetByCodePoints(0, codePoints);
  }

  private static Style style(Severity severity) {
    return switch (severity) {
      case ERROR -> Style.BOLD_RED;
      case WARNING -> Style.YELLOW;
      case INFO -> Style.CYAN;
    };
  }

  /// What has the same reason is told together.
  private void notChecked() {
    List<NotChecked> all = view.judged().notChecked();
    if (all.isEmpty()) {
      return;
    }
    Map<String, List<NotChecked>> byReason = new LinkedHashMap<>();
    all.forEach(n -> byReason.computeIfAbsent(n.why(), _ -> new ArrayList<>()).add(n));
    page.heading("Not checked");
    byReason.forEach(
        (why, some) -> {
          List<String> names = some.stream().limit(MOST_NAMES).map(LintText::name).toList();
          String more =
              some.size() > names.size()
                  ? " and " + Words.number(some.size() - names.size()) + " more"
                  : "";
          page.wrapped(Style.PLAIN, "  ", "    ", String.join(", ", names) + more + ": " + why);
        });
    page.blank();
  }

  private static String name(NotChecked n) {
    return n.place()
        .map(p -> n.what().contains(p.file()) ? n.what() : n.what() + " (" + p + ")")
        .orElse(n.what());
  }

  private void summary() {
    Judged judged = view.judged();
    LintView.Seen seen = view.seen();
    String counts = view.counts();
    List<Span> line = new ArrayList<>();
    line.add(
        counts.isEmpty()
            ? new Span(Style.GREEN, page.look().good() + " Nothing found")
            : Span.bold(counts));
    line.add(
        Span.of(
            " in "
                + Words.count(seen.releases(), "release")
                + others(seen.objects() - seen.releases())
                + " of "
                + Words.count(seen.clusters(), "cluster")
                + ", with "
                + Words.count(view.rules().size(), "rule")));
    List<String> more = new ArrayList<>();
    add(more, judged.notChecked().size(), "not checked");
    add(more, silenced(Judged.By.COMMENT), "suppressed");
    add(more, silenced(Judged.By.BASELINE), "in the baseline");
    if (!more.isEmpty()) {
      line.add(Span.of(" (" + String.join(", ", more) + ")"));
    }
    page.line(line);
    if (!judged.gone().isEmpty()) {
      page.line(
          Span.dim(
              Words.count(judged.gone().size(), "finding")
                  + " of the baseline "
                  + (judged.gone().size() == 1 ? "is" : "are")
                  + " gone: write it again with --write-baseline"));
    }
  }

  private static String others(int objects) {
    return objects == 0 ? "" : " and " + Words.count(objects, "other object");
  }

  private long silenced(Judged.By by) {
    return view.judged().silenced().stream().filter(s -> s.by() == by).count();
  }

  private static void add(List<String> parts, long n, String what) {
    if (n > 0) {
      parts.add(Words.number(n) + " " + what);
    }
  }
}
