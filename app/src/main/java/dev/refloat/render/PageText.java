package dev.refloat.render;

import dev.refloat.lint.RuleInfo;
import dev.refloat.rule.Rule;
import java.util.ArrayList;
import java.util.List;

/// The pages of causes and rules on a terminal.
public final class PageText {
  private PageText() {}

  /// A Markdown page: paragraphs wrap, headings are bold, everything else stays as it is written.
  public static void print(Page page, String markdown) {
    boolean fenced = false;
    StringBuilder paragraph = new StringBuilder();
    for (String line : page.edge().lines(markdown)) {
      if (line.startsWith("```")) {
        flush(page, paragraph);
        fenced = !fenced;
        continue;
      }
      if (fenced) {
        page.line(new Span(Style.CYAN, "    " + line));
      } else if (line.startsWith("#")) {
        flush(page, paragraph);
        page.heading(line.replaceFirst("^#+\\s*", ""));
      } else if (line.isBlank()) {
        flush(page, paragraph);
        page.blank();
      } else if (line.startsWith("|") || line.startsWith("  ") || line.startsWith("\t")) {
        flush(page, paragraph);
        page.line(line);
      } else if (line.matches("([-*]|\\d+\\.)\\s.*")) {
        flush(page, paragraph);
        paragraph.append(line);
      } else {
        paragraph.append(paragraph.isEmpty() ? "" : " ").append(line);
      }
    }
    flush(page, paragraph);
  }

  private static void flush(Page page, StringBuilder paragraph) {
    if (paragraph.isEmpty()) {
      return;
    }
    String text = paragraph.toString();
    paragraph.setLength(0);
    boolean item = text.matches("([-*]|\\d+\\.)\\s.*");
    page.wrapped(Style.PLAIN, "", item ? "  " : "", text.replace("**", ""));
  }

  /// All causes, then the symptoms, then the rules of lint, with their titles.
  public static void list(Page page, List<Rule> causes, List<Rule> symptoms, List<RuleInfo> lint) {
    List<List<Span>> rows = new ArrayList<>();
    rows.add(List.of(Span.of("CAUSE"), Span.of("WHAT IT IS")));
    causes.forEach(r -> rows.add(List.of(Span.bold(r.id()), Span.of(r.title()))));
    page.columns("", 3, true, rows);
    if (!symptoms.isEmpty()) {
      page.blank();
      List<List<Span>> more = new ArrayList<>();
      more.add(List.of(Span.of("SYMPTOM"), Span.of("WHAT IT IS")));
      symptoms.forEach(r -> more.add(List.of(Span.bold(r.id()), Span.of(r.title()))));
      page.columns("", 3, true, more);
    }
    if (!lint.isEmpty()) {
      page.blank();
      List<List<Span>> more = new ArrayList<>();
      more.add(List.of(Span.of("RULE OF LINT"), Span.of("WHAT IT DEMANDS")));
      lint.forEach(r -> more.add(List.of(Span.bold(r.id()), Span.of(r.title()))));
      page.columns("", 3, true, more);
    }
  }
}
