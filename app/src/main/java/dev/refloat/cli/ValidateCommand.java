package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.recovery.Judge;
import dev.refloat.recovery.Verdict;
import dev.refloat.release.ReleaseRef;
import dev.refloat.render.CheckText;
import dev.refloat.validation.Check;
import dev.refloat.validation.Validation;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `refloat validate`: the runbook's step 5.
final class ValidateCommand implements Command {

  enum Format {
    TEXT,
    JSON,
    YAML,
    JUNIT
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "validate",
        "NAME [options]",
        "Checks that a release works: Ready at its newest generation, its sources, every object,"
            + " workloads, pods and claims.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        List.of(
            new Section("What", List.of(Options.NAMESPACE)),
            Options.cluster(),
            new Section("Output", List.of(Options.output(Format.class), Options.catalog())),
            Options.general()),
        List.of(
            new Example("does it work?", "validate -n ai librechat"),
            new Example("for CI", "validate -n ai librechat -o junit")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Format format = arguments.choice("--output", Format.class, Format.TEXT);
    Diagnoser diagnoser =
        new Diagnoser(session.backend().knowledge(arguments.path("--catalog")).rules());
    try (Backend.Cluster cluster =
        session.backend().open(Options.source(arguments), session.env())) {
      ReleaseRef release = RecoverCommand.release(arguments, session, cluster, diagnoser);
      Recovering.Look look;
      try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
        look = Recovering.look(cluster, diagnoser, release, Set.of(), progress);
      }
      Session masked = session.masking(cluster.mask(look.evidence()));
      List<Check> checks =
          Validation.of(
              look.evidence().find(release.object()).orElseThrow(),
              look.evidence(),
              look.diagnosis());
      Verdict verdict = Judge.judge(release, look.all(), look.all(), checks, List.of());
      boolean works = verdict.outcome() == Verdict.Outcome.RECOVERED;
      switch (format) {
        case TEXT -> {
          CheckText.print(masked.page(arguments), checks);
          masked.tell(
              release.path()
                  + (works ? " works: " : " does not pass (" + verdict.outcome().word() + "): ")
                  + verdict.because());
        }
        case JUNIT -> CheckText.junit(masked.page(arguments).unlimited(), release, checks);
        case JSON ->
            masked
                .json()
                .document(
                    CheckText.tree(
                        release,
                        look.evidence().takenAt(),
                        works ? "works" : verdict.outcome().word(),
                        verdict.because(),
                        checks));
        case YAML ->
            masked
                .yaml()
                .document(
                    CheckText.tree(
                        release,
                        look.evidence().takenAt(),
                        works ? "works" : verdict.outcome().word(),
                        verdict.because(),
                        checks));
      }
      return switch (verdict.outcome()) {
        case RECOVERED -> ExitCode.CLEAN;
        case INCONCLUSIVE -> ExitCode.UNVERIFIED;
        case STILL_FAILING, REGRESSED -> ExitCode.FINDINGS;
      };
    }
  }
}
