package dev.refloat.render;

import dev.refloat.diagnosis.CauseGroup;
import dev.refloat.diagnosis.ChainLink;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Proof;
import dev.refloat.diagnosis.Remedy;
import dev.refloat.diagnosis.TraceStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Diagnoses as Markdown for an incident ticket. Cluster text cannot break out of its place: cells
/// and paragraphs are escaped, blocks get a fence longer than any in them.
public final class MarkdownReport {
  /// A ticket wants to be read.
  private static final int MOST_MEMBERS = 20;

  private final Page page;

  public MarkdownReport(Page page) {
    this.page = page;
  }

  /// A whole scope.
  public void print(Findings findings, Instant takenAt, boolean all) {
    page.line("## " + findings.headline());
    page.blank();
    page.line("Taken at " + takenAt + ".");
    for (CauseGroup group : findings.groups()) {
      page.blank();
      page.line(
          "### " + code(group.cause()) + ": " + Words.count(group.members().size(), "release"));
      page.blank();
      page.line(escape(group.summary()));
      page.blank();
      page.line("Fix first: " + code(group.root().display()));
      page.blank();
      table(List.of("Release", "State", "What is wrong"), memberRows(group));
    }
    if (all && !findings.healthy().isEmpty()) {
      page.blank();
      page.line("### Healthy");
      page.blank();
      findings.healthy().forEach(d -> page.line("- " + code(d.release().path())));
    }
    blindSpots(
        findings.blindSpots().stream()
            .map(b -> escape(b.what()) + ": " + escape(b.why()))
            .toList());
  }

  /// One release in depth.
  public void print(Diagnosis d, Instant takenAt) {
    page.line("## HelmRelease " + code(d.release().path()) + ": " + d.state().word());
    page.blank();
    page.line("**" + escape(d.summary()) + "**");
    page.blank();
    if (!d.healthy()) {
      page.line("- Cause: " + code(d.cause()) + " (" + d.confidence().word() + ")");
      page.line("- Fix first: " + code(d.root().display()));
      if (!d.symptoms().isEmpty()) {
        page.line(
            "- Seen as: " + String.join(", ", d.symptoms().stream().map(this::code).toList()));
      }
    }
    page.line("- Taken at: " + takenAt);
    proofs(d);
    chain(d);
    trace(d);
    blindSpots(
        d.blindSpots().stream().map(b -> escape(b.what()) + ": " + escape(b.why())).toList());
    remedies(d);
    levers(d);
  }

  private List<List<String>> memberRows(CauseGroup group) {
    List<List<String>> rows = new ArrayList<>();
    List<Diagnosis> members = group.members();
    for (Diagnosis d : members.subList(0, Math.min(members.size(), MOST_MEMBERS))) {
      rows.add(List.of(code(d.release().path()), d.state().word(), escape(d.summary())));
    }
    if (members.size() > MOST_MEMBERS) {
      rows.add(List.of("and " + Words.number(members.size() - MOST_MEMBERS) + " more", "", ""));
    }
    return rows;
  }

  private void proofs(Diagnosis d) {
    if (d.evidence().isEmpty()) {
      return;
    }
    title("Proof");
    for (Proof p : d.evidence()) {
      page.line(
          "- "
              + code(p.object().display())
              + " "
              + code(p.field())
              + p.at().map(at -> ", " + at).orElse(""));
      block("  ", page.edge().lines(p.value()));
    }
  }

  private void chain(Diagnosis d) {
    if (d.chain().isEmpty()) {
      return;
    }
    title("Chain");
    for (ChainLink link : d.chain()) {
      page.line(
          "- "
              + link.role()
              + " "
              + code(link.object().display())
              + " ("
              + link.health().name().toLowerCase(Locale.ROOT)
              + ")"
              + (link.text().isEmpty() ? "" : ": " + escape(link.text())));
      if (!link.details().isEmpty()) {
        block("  ", link.details().stream().flatMap(t -> page.edge().lines(t).stream()).toList());
      }
    }
  }

  private void trace(Diagnosis d) {
    if (d.trace().isEmpty()) {
      return;
    }
    title("Decision tree");
    List<List<String>> rows = new ArrayList<>();
    for (TraceStep step : d.trace()) {
      String answer = step.answer().word();
      rows.add(
          List.of(
              escape(step.question()),
              step.answer() == TraceStep.Answer.YES ? "**" + answer + "**" : answer,
              escape(step.because())));
    }
    table(List.of("Question", "Answer", "Because"), rows);
  }

  private void blindSpots(List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    title("Not seen, so not judged");
    lines.forEach(l -> page.line("- " + l));
  }

  private void remedies(Diagnosis d) {
    List<Remedy> fixes = d.remedies().stream().filter(r -> !r.lever()).toList();
    if (fixes.isEmpty()) {
      return;
    }
    title("What helps");
    int number = 0;
    for (Remedy fix : fixes) {
      number++;
      page.line(
          number
              + ". "
              + escape(fix.title())
              + " ("
              + fix.risk().word()
              + (fix.works() ? ")" : ", does not help yet)")
              + (fix.because().isEmpty() ? "" : ": " + escape(fix.because())));
      if (!fix.commands().isEmpty()) {
        block("   ", fix.commands().stream().flatMap(c -> page.edge().lines(c).stream()).toList());
      }
    }
  }

  private void levers(Diagnosis d) {
    List<List<String>> rows = new ArrayList<>();
    for (Remedy lever : d.remedies()) {
      if (lever.lever()) {
        rows.add(
            List.of(
                escape(lever.title()),
                lever.works() ? "works" : "does not work",
                lever.works() ? lever.risk().word() : "-",
                escape(lever.because())));
      }
    }
    if (!rows.isEmpty()) {
      title("Which lever works");
      table(List.of("Lever", "Works", "Risk", "Because"), rows);
    }
  }

  private void title(String text) {
    page.blank();
    page.line("### " + text);
    page.blank();
  }

  private void table(List<String> head, List<List<String>> rows) {
    page.line("| " + String.join(" | ", head) + " |");
    page.line("|" + " --- |".repeat(head.size()));
    rows.forEach(r -> page.line("| " + String.join(" | ", r) + " |"));
  }

  private void block(String indent, List<String> lines) {
    String fence = "```";
    while (contains(lines, fence)) {
      fence += "`";
    }
    String mark = fence;
    page.line(indent + mark);
    lines.forEach(l -> page.line(indent + l));
    page.line(indent + mark);
  }

  private static boolean contains(List<String> lines, String fence) {
    return lines.stream().anyMatch(l -> l.contains(fence));
  }

  private String code(String text) {
    String clean = page.edge().line(text).replace("|", "\\|");
    return clean.contains("`") ? "`` " + clean + " ``" : "`" + clean + "`";
  }

  /// What Markdown or a forge would read as markup, links, mentions or a new cell.
  private String escape(String text) {
    StringBuilder out = new StringBuilder();
    String clean = page.edge().line(text);
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      if (c == '@' && (i == 0 || clean.charAt(i - 1) == ' ')) {
        // A mention would wake somebody up.
        out.append("`@`");
        continue;
      }
      if ("\\`*[]<>|".indexOf(c) >= 0) {
        out.append('\\');
      }
      out.append(c);
    }
    return out.toString();
  }
}
