package dev.refloat.render;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Risk;
import dev.refloat.plan.Approvals;
import dev.refloat.plan.Considered;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Step;

/// A plan for a person: for the terminal, and as a runbook in markdown that can be followed by
/// hand.
public final class PlanText {
  private static final String INDENT = "     ";

  private PlanText() {}

  public static void print(Page page, Plan p) {
    page.line(
        Span.bold("Plan for HelmRelease " + p.release().path()),
        Span.of("   "),
        Span.dim(p.digest()));
    page.wrapped(Style.PLAIN, "", "", p.cause() + ": " + p.summary());
    page.blank();
    page.wrapped(Style.BOLD, "", "", p.title());
    page.wrapped(Style.PLAIN, "", "", p.why());
    page.blank();
    int number = 1;
    for (Step s : p.steps()) {
      page.line(
          Span.bold(String.format("%3d. ", number++)),
          Span.bold(s.title()),
          Span.of("  "),
          new Span(color(s.risk()), s.risk().word()));
      page.wrapped(Style.PLAIN, INDENT, INDENT, s.purpose());
      page.wrapped(Style.DIM, INDENT, INDENT, "Undo: " + PlanTree.undo(s));
      for (String command : s.commands()) {
        page.line(Span.of(INDENT), Span.dim("$ " + command));
      }
    }
    if (!p.approvals().isEmpty()) {
      page.blank();
      page.heading("Needs approval by name");
      for (ObjectRef o : p.approvals()) {
        page.line("  --approve " + Approvals.word(o));
      }
    }
    if (!p.considered().isEmpty()) {
      page.blank();
      page.heading("Considered and not taken");
      for (Considered c : p.considered()) {
        page.wrapped(Style.PLAIN, "  ", "    ", c.title() + ": " + c.why());
      }
    }
  }

  /// The color of a risk.
  static Style color(Risk risk) {
    return switch (risk) {
      case SAFE -> Style.GREEN;
      case DISRUPTIVE -> Style.YELLOW;
      case DESTRUCTIVE -> Style.BOLD_RED;
    };
  }

  /// A runbook to follow by hand.
  public static void markdown(Page page, Plan p) {
    page.line("# Recovery of HelmRelease " + p.release().path());
    page.blank();
    page.line("Cause: **" + p.cause() + "**. " + p.summary());
    page.blank();
    page.line("## " + p.title());
    page.blank();
    page.line(p.why());
    int number = 1;
    for (Step s : p.steps()) {
      page.blank();
      page.line("### " + number++ + ". " + s.title() + " (" + s.risk().word() + ")");
      page.blank();
      page.line(s.purpose());
      page.blank();
      page.line("Undo: " + PlanTree.undo(s));
      if (!s.commands().isEmpty()) {
        page.blank();
        page.line("```bash");
        s.commands().forEach(page::line);
        page.line("```");
      }
    }
    if (!p.considered().isEmpty()) {
      page.blank();
      page.line("## Considered and not taken");
      page.blank();
      for (Considered c : p.considered()) {
        page.line("- " + c.title() + ": " + c.why());
      }
    }
    page.blank();
    page.line("Evidence digest: `" + p.digest() + "`");
  }
}
