package dev.refloat.render;

import dev.refloat.diagnosis.CauseGroup;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.model.ObjectRef;
import dev.refloat.release.ReleaseState;
import java.util.ArrayList;
import java.util.List;

/// The table of `diagnose`: a headline, then one block for each cause, worst first, with the object
/// to fix first, one sentence, and the releases behind it.
public final class CauseTable {
  /// Longer groups show this many releases and the number of the others.
  private static final int SHOWN = 5;

  private CauseTable() {}

  /// Prints the table.
  ///
  /// @param all whether healthy releases are listed too
  public static void print(Page page, Findings findings, boolean all) {
    page.line(new Span(findings.clean() ? Style.PLAIN : Style.BOLD, findings.headline()));
    String states = findings.states();
    if (!states.isEmpty()) {
      page.line(Span.dim(states));
    }
    int causeWidth =
        findings.groups().stream().mapToInt(g -> TextWidth.of(g.cause())).max().orElse(0);
    for (CauseGroup group : findings.groups()) {
      page.blank();
      block(page, group, causeWidth);
    }
    if (all && !findings.healthy().isEmpty()) {
      page.blank();
      page.line(
          new Span(Style.GREEN, page.look().good() + " healthy"),
          Span.dim("  " + Words.count(findings.healthy().size(), "release")));
      List<List<Span>> rows = new ArrayList<>();
      for (Diagnosis d : findings.healthy()) {
        rows.add(List.of(Span.of(d.release().path()), state(d.state()), Span.of(d.summary())));
      }
      page.columns("    ", 2, true, rows);
    }
    blindSpots(page, findings);
  }

  private static void block(Page page, CauseGroup group, int causeWidth) {
    List<Diagnosis> members = group.members();
    boolean single = members.size() == 1;
    Diagnosis first = members.getFirst();
    boolean rootIsRelease = first.release().object().sameObject(group.root());
    List<Span> head = new ArrayList<>();
    head.add(new Span(color(first.state()), mark(page, first.state()) + " "));
    head.add(Span.bold(TextWidth.pad(group.cause(), causeWidth)));
    head.add(Span.of("  "));
    if (single) {
      head.add(Span.bold(first.release().path()));
      head.add(Span.of("  "));
      head.add(state(first.state()));
    } else {
      head.add(Span.bold(Words.count(members.size(), "release")));
    }
    Span fix = Span.dim(single && rootIsRelease ? "" : "fix " + group.root().display());
    int width = head.stream().mapToInt(s -> TextWidth.of(s.text())).sum();
    boolean beside =
        page.look().width() == 0
            || width + 2 + TextWidth.of(page.edge().line(fix.text())) <= page.look().width();
    if (beside && !fix.text().isEmpty()) {
      head.add(Span.of("  "));
      head.add(fix);
    }
    page.line(head);
    if (!beside) {
      page.wrapped(fix.style(), "    ", "    ", fix.text());
    }
    page.wrapped(Style.PLAIN, "    ", "    ", sentence(group, single ? first : null));
    if (single) {
      return;
    }
    List<List<Span>> rows = new ArrayList<>();
    int shown = members.size() <= SHOWN + 1 ? members.size() : SHOWN;
    for (Diagnosis d : members.subList(0, shown)) {
      boolean same = d.summary().equals(group.summary());
      rows.add(
          List.of(Span.of(d.release().path()), state(d.state()), Span.of(same ? "" : d.summary())));
    }
    page.columns("      ", 2, true, rows);
    if (shown < members.size()) {
      page.line(
          Span.dim(
              "      "
                  + page.look().ellipsis()
                  + " and "
                  + rest(members.subList(shown, members.size()), group.root())));
    }
  }

  private static String sentence(
      CauseGroup group, @org.jspecify.annotations.Nullable Diagnosis only) {
    return group.summary().isEmpty() && only != null ? only.summary() : group.summary();
  }

  private static String rest(List<Diagnosis> others, ObjectRef root) {
    boolean waiting = others.stream().allMatch(d -> d.state() == ReleaseState.WAITING);
    return Words.number(others.size())
        + " more "
        + (waiting ? "waiting for " : "behind ")
        + root.path();
  }

  private static void blindSpots(Page page, Findings findings) {
    if (findings.blindSpots().isEmpty()) {
      return;
    }
    page.blank();
    page.line(Span.of("Not seen, so not judged:"));
    List<List<Span>> rows = new ArrayList<>();
    findings.blindSpots().forEach(b -> rows.add(List.of(Span.of(b.what()), Span.dim(b.why()))));
    int shown = rows.size() <= SHOWN + 1 ? rows.size() : SHOWN;
    page.columns("    ", 2, true, rows.subList(0, shown));
    if (shown < rows.size()) {
      page.line(
          Span.dim(
              "    "
                  + page.look().ellipsis()
                  + " and "
                  + Words.number(rows.size() - shown)
                  + " more (-o json lists them)"));
    }
  }

  static Span state(ReleaseState state) {
    return new Span(color(state), state.word());
  }

  static Style color(ReleaseState state) {
    return switch (state) {
      case STALLED, FAILING, ROLLED_BACK -> Style.RED;
      case RETRYING, WAITING, NOT_RECONCILED, DELETING, SUSPENDED, IN_FLIGHT -> Style.YELLOW;
      case READY -> Style.GREEN;
    };
  }

  static String mark(Page page, ReleaseState state) {
    return switch (state) {
      case STALLED, FAILING, ROLLED_BACK, RETRYING, DELETING -> page.look().bad();
      case WAITING, NOT_RECONCILED, SUSPENDED, IN_FLIGHT, READY -> page.look().waiting();
    };
  }
}
