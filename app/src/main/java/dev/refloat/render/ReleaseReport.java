package dev.refloat.render;

import dev.refloat.diagnosis.ChainLink;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Proof;
import dev.refloat.diagnosis.Remedy;
import dev.refloat.diagnosis.TraceStep;
import dev.refloat.model.Confidence;
import dev.refloat.model.Risk;
import dev.refloat.model.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Everything about one release: what is wrong, the proof, the chain from the release to its pods,
/// the runbook's questions, what was not seen, and what helps.
public final class ReleaseReport {
  private static final String INDENT = "  ";

  private ReleaseReport() {}

  /// Prints everything that is known about the release.
  ///
  /// @param takenAt the time that ages count from
  public static void print(Page page, Diagnosis d, Instant takenAt) {
    page.line(
        Span.bold("HelmRelease " + d.release().path()),
        Span.of("   "),
        new Span(CauseTable.color(d.state()), d.state().word()));
    facts(page, d);
    page.blank();
    page.wrapped(Style.BOLD, INDENT, INDENT, d.summary());
    proofs(page, d, takenAt);
    chain(page, d);
    trace(page, d);
    blindSpots(page, d);
    remedies(page, d);
    levers(page, d);
  }

  private static void facts(Page page, Diagnosis d) {
    if (d.healthy()) {
      return;
    }
    List<List<Span>> rows = new ArrayList<>();
    rows.add(
        List.of(
            Span.of("Cause"),
            new Span(
                Style.BOLD_RED,
                d.cause()
                    + (d.confidence() == Confidence.CERTAIN
                        ? ""
                        : " (" + d.confidence().word() + ")"))));
    if (!d.root().sameObject(d.release().object())) {
      rows.add(List.of(Span.of("Fix first"), Span.bold(d.root().display())));
    }
    if (!d.symptoms().isEmpty()) {
      rows.add(List.of(Span.of("Seen as"), Span.of(String.join(", ", d.symptoms()))));
    }
    page.columns("", 3, true, rows);
  }

  private static void proofs(Page page, Diagnosis d, Instant takenAt) {
    if (d.evidence().isEmpty()) {
      return;
    }
    title(page, "Proof");
    for (Proof p : d.evidence()) {
      String age =
          p.at()
              .filter(at -> !at.isAfter(takenAt))
              .map(at -> "  " + Times.display(Duration.between(at, takenAt)) + " ago")
              .orElse("");
      page.line(
          Span.of(INDENT),
          Span.of(p.object().display()),
          Span.dim("  " + p.field()),
          Span.dim(age));
      for (String line : page.edge().lines(p.value())) {
        page.wrapped(Style.CYAN, INDENT + INDENT, INDENT + INDENT + INDENT, line);
      }
    }
  }

  private static void chain(Page page, Diagnosis d) {
    if (d.chain().isEmpty()) {
      return;
    }
    title(page, "Chain");
    int role = d.chain().stream().mapToInt(l -> TextWidth.of(l.role())).max().orElse(0);
    String below = INDENT + " ".repeat(role + 4);
    for (ChainLink link : d.chain()) {
      page.line(
          Span.of(INDENT),
          mark(page, link.health()),
          Span.of(" "),
          Span.dim(TextWidth.pad(link.role(), role)),
          Span.of("  "),
          new Span(
              link.health() == ChainLink.Health.BAD ? Style.BOLD : Style.PLAIN,
              link.object().display()));
      if (!link.text().isEmpty()) {
        page.wrapped(Style.PLAIN, below, below, link.text());
      }
      for (String detail : link.details()) {
        for (String line : page.edge().lines(detail)) {
          page.wrapped(
              Style.CYAN, below + page.look().bar() + " ", below + page.look().bar() + "   ", line);
        }
      }
    }
  }

  private static void trace(Page page, Diagnosis d) {
    if (d.trace().isEmpty()) {
      return;
    }
    title(page, "Decision tree");
    List<List<Span>> rows = new ArrayList<>();
    for (TraceStep step : d.trace()) {
      Style style =
          switch (step.answer()) {
            case YES -> Style.BOLD_RED;
            case NO -> Style.DIM;
            case UNKNOWN -> Style.YELLOW;
          };
      rows.add(
          List.of(
              Span.of(step.question()),
              new Span(style, step.answer().word()),
              new Span(
                  step.answer() == TraceStep.Answer.NO ? Style.DIM : Style.PLAIN, step.because())));
    }
    page.columns(INDENT, 2, true, rows);
  }

  private static void blindSpots(Page page, Diagnosis d) {
    if (d.blindSpots().isEmpty()) {
      return;
    }
    title(page, "Not seen, so not judged");
    List<List<Span>> rows = new ArrayList<>();
    d.blindSpots().forEach(b -> rows.add(List.of(Span.of(b.what()), Span.of(b.why()))));
    page.columns(INDENT, 2, true, rows);
  }

  private static void remedies(Page page, Diagnosis d) {
    List<Remedy> fixes = d.remedies().stream().filter(r -> !r.lever()).toList();
    if (fixes.isEmpty()) {
      return;
    }
    title(page, "What helps");
    int number = 0;
    for (Remedy fix : fixes) {
      number++;
      List<Span> head = new ArrayList<>();
      head.add(Span.of(INDENT + number + ". "));
      head.add(Span.bold(fix.title()));
      head.add(Span.of("  "));
      head.add(risk(fix.risk()));
      if (!fix.works()) {
        head.add(new Span(Style.YELLOW, "  does not help yet"));
      }
      page.line(head);
      String below = INDENT + " ".repeat(Integer.toString(number).length() + 2);
      if (!fix.because().isEmpty()) {
        page.wrapped(Style.PLAIN, below, below, fix.because());
      }
      commands(page, below, fix);
    }
  }

  private static void commands(Page page, String indent, Remedy fix) {
    for (String command : fix.commands()) {
      for (String line : page.edge().lines(command)) {
        // Never wrapped: it is there to be copied.
        page.line(Span.of(indent + "  "), new Span(Style.CYAN, line));
      }
    }
  }

  private static void levers(Page page, Diagnosis d) {
    List<Remedy> levers = d.remedies().stream().filter(Remedy::lever).toList();
    if (levers.isEmpty()) {
      return;
    }
    title(page, "Which lever works");
    List<List<Span>> rows = new ArrayList<>();
    for (Remedy lever : levers) {
      rows.add(
          List.of(
              lever.works()
                  ? new Span(Style.GREEN, page.look().good() + " works")
                  : new Span(Style.RED, page.look().bad() + " no"),
              Span.of(lever.title()),
              lever.works() ? risk(lever.risk()) : Span.dim("-"),
              Span.of(lever.because())));
    }
    page.columns(INDENT, 2, true, rows);
    for (Remedy lever : levers) {
      if (lever.works() && !lever.commands().isEmpty()) {
        page.line(Span.of(INDENT), Span.dim(lever.title() + ":"));
        commands(page, INDENT, lever);
      }
    }
  }

  private static void title(Page page, String text) {
    page.blank();
    page.heading(text);
  }

  private static Span risk(Risk risk) {
    return new Span(
        switch (risk) {
          case SAFE -> Style.GREEN;
          case DISRUPTIVE -> Style.YELLOW;
          case DESTRUCTIVE -> Style.BOLD_RED;
        },
        risk.word());
  }

  private static Span mark(Page page, ChainLink.Health health) {
    return switch (health) {
      case GOOD -> new Span(Style.GREEN, page.look().good());
      case BAD -> new Span(Style.RED, page.look().bad());
      case WAITING -> new Span(Style.YELLOW, page.look().waiting());
      case UNKNOWN -> new Span(Style.YELLOW, "?");
    };
  }
}
