package dev.refloat.render;

import dev.refloat.model.Times;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Step;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// A journal as a post-mortem: what was wrong, what was done when, how it ended.
public final class JournalReport {
  private JournalReport() {}

  public static void markdown(Page page, Journal j) {
    Plan plan = j.plan();
    page.line("# Recovery of HelmRelease " + plan.release().path());
    page.blank();
    page.line("| | |");
    page.line("| --- | --- |");
    row(page, "Recovery", j.id());
    row(page, "Who", j.opened().who());
    row(page, "Where", j.opened().context());
    row(page, "Began", time(j.opened().at()));
    row(page, "Cause", plan.cause());
    row(page, "Remedy", plan.title());
    row(
        page,
        "Verdict",
        j.closed()
            .map(
                c ->
                    c.verdict()
                        + " after "
                        + Times.display(Duration.between(j.opened().at(), c.at())))
            .orElse("open: it was interrupted, or waits for a person"));
    page.blank();
    page.line("## What was wrong");
    page.blank();
    page.line(plan.summary());
    page.blank();
    page.line("## Why this way");
    page.blank();
    page.line(plan.why());
    if (!plan.considered().isEmpty()) {
      page.blank();
      plan.considered().forEach(c -> page.line("- not taken: " + c.title() + ": " + c.why()));
    }
    page.blank();
    page.line("## Timeline");
    page.blank();
    page.line("| time | what |");
    page.line("| --- | --- |");
    List<Plan> plans = new java.util.ArrayList<>();
    for (Entry e : j.entries()) {
      page.line("| " + time(e.at()) + " | " + cell(text(e, plans)) + " |");
    }
    j.closed()
        .filter(c -> !c.left().isEmpty())
        .ifPresent(
            c -> {
              page.blank();
              page.line("## Left behind");
              page.blank();
              c.left().forEach(l -> page.line("- " + l));
            });
  }

  private static String text(Entry e, List<Plan> plans) {
    return switch (e) {
      case Entry.Opened o -> {
        plans.add(o.plan());
        yield "begun: " + o.plan().title();
      }
      case Entry.Approved a -> "approved " + a.object() + " (" + a.how() + ")";
      case Entry.Started s -> "started: " + title(plans, s.step());
      case Entry.Acted a ->
          "done: " + title(plans, a.step()) + (a.note().isEmpty() ? "" : " (" + a.note() + ")");
      case Entry.Finished f -> "confirmed: " + title(plans, f.step());
      case Entry.Failed f -> "FAILED: " + title(plans, f.step()) + ": " + f.why();
      case Entry.Undone u -> "taken back: " + title(plans, u.step());
      case Entry.Replanned r -> {
        plans.add(r.plan());
        yield "a new plan, because " + r.why() + ": " + r.plan().title();
      }
      case Entry.Closed c -> "ended: " + c.verdict() + ": " + c.why();
    };
  }

  private static String title(List<Plan> plans, String step) {
    return plans.getLast().steps().stream()
        .filter(s -> s.id().equals(step))
        .map(Step::title)
        .findFirst()
        .orElse(step);
  }

  private static void row(Page page, String name, String value) {
    page.line("| " + name + " | " + cell(value) + " |");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replaceAll("\\s+", " ");
  }

  private static String time(Instant t) {
    return t.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
