package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.plan.RunbookOption;
import dev.refloat.plan.Wishes;
import java.util.List;
import java.util.Optional;

/// `refloat rollback`: the runbook's option C, as `recover` carries it out.
final class RollbackCommand implements Command {

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "rollback",
        "NAME [--to REVISION] [options]",
        "Returns a release to the newest revision that really worked, or to the one named, so that"
            + " Flux keeps it: the same as recover --option rollback.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        RecoverCommand.sections(List.of(Options.NAMESPACE, Recovering.REVISION, Recovering.REPO)),
        List.of(
            new Example("to the newest that worked", "rollback -n shop web"),
            new Example("to revision 7", "rollback -n shop web --to 7")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Wishes w = Recovering.wishes(arguments);
    return RecoverCommand.run(
        arguments,
        session,
        new Wishes(
            Optional.of(RunbookOption.ROLLBACK),
            w.remedy(),
            w.revision(),
            w.claim(),
            w.snapshot(),
            w.git(),
            w.recovery()));
  }
}
