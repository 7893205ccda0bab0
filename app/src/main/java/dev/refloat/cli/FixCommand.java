package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.lint.Check;
import dev.refloat.lint.Finding;
import dev.refloat.lint.Judged;
import dev.refloat.lint.Triage;
import dev.refloat.model.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `refloat fix`: makes the fixes that are safe to make without asking.
final class FixCommand implements Command {

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "fix",
        "[PATH ...] [options]",
        "Makes the safe fixes of what `lint` finds, in the files that set the fields. Everything"
            + " else in the files stays as it is. Nothing is committed.",
        Optional.of(Completing.of(Completing.What.FILES)),
        List.of(
            RenderedScenes.options(),
            new Section(
                "Which fixes",
                List.of(
                    Option.value(
                            "RULE",
                            "fixes of this rule only; may be repeated",
                            Completing.nothing(),
                            "--rule")
                        .repeatable(),
                    Option.flag("show the changes as a diff, and write nothing", "--dry-run"),
                    Option.value(
                        "FILE",
                        "settings; else .refloat.yaml of the repository",
                        Completing.of(Completing.What.FILES),
                        "--config"),
                    Option.value(
                        "FILE",
                        "findings that are known and stay; else .refloat/baseline.json",
                        Completing.of(Completing.What.FILES),
                        "--baseline"))),
            Options.general()),
        List.of(
            new Example("see what would change", "fix --dry-run"),
            new Example(
                "one rule, one cluster", "fix clusters/prod --rule chart-version-not-pinned")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    List<String> rules = arguments.texts("--rule");
    known(rules, session);
    Linting linting = Linting.run(arguments, session, Optional.empty(), Optional.empty());
    List<Finding> fixable = new ArrayList<>();
    for (Finding f : judged(linting, session).findings()) {
      if (f.fix().isPresent() && (rules.isEmpty() || rules.contains(f.rule()))) {
        fixable.add(f);
      }
    }
    int refused = 0;
    int done = 0;
    for (Backend.Mending mending : session.backend().mend(Linting.paths(arguments), fixable)) {
      if (arguments.flag("--dry-run")) {
        session.edge().lines(mending.diff()).forEach(session.out()::println);
      } else {
        mending.write();
      }
      for (Finding f : mending.done()) {
        session.tell(f.place() + ": " + f.fix().orElseThrow().title() + " (" + f.rule() + ")");
      }
      for (Backend.NotMended n : mending.refused()) {
        session.tell(
            n.finding().place() + ": not fixed (" + n.finding().rule() + "): " + n.reason());
      }
      done += mending.done().size();
      refused += mending.refused().size();
    }
    session.tell(
        (arguments.flag("--dry-run") ? "Would fix " : "Fixed ")
            + done
            + (done == 1 ? " finding." : " findings.")
            + (refused == 0 ? "" : " " + refused + " need a person."));
    return refused == 0 ? ExitCode.CLEAN : ExitCode.FINDINGS;
  }

  private static Judged judged(Linting linting, Session session) {
    return new Triage(
            linting.kept().settings(),
            linting.repository().sources(),
            linting.kept().baseline(),
            ids(session.backend().checks()),
            LintOutput.seeingAll(linting.checks()),
            linting.judged())
        .judge(linting.result());
  }

  private static List<String> ids(List<Check> checks) {
    return checks.stream().map(c -> c.info().id()).toList();
  }

  private static void known(List<String> rules, Session session) {
    List<String> all = ids(session.backend().checks());
    for (String rule : rules) {
      if (!all.contains(rule)) {
        throw new CommandException(
            "there is no rule '" + rule + "'",
            null,
            Nearest.of(rule, all, 1).stream()
                .findFirst()
                .map(n -> "did you mean " + n + "?")
                .orElse("list them: " + session.program() + " explain"));
      }
    }
  }
}
