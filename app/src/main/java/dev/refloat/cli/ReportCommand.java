package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.render.JournalReport;
import java.util.List;
import java.util.Optional;

/// `refloat report`: the post-mortem of a recovery.
final class ReportCommand implements Command {

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "report",
        "ID [options]",
        "Writes the post-mortem of a recovery in markdown: cause, plan, timeline, verdict.",
        Optional.of(Completing.nothing()),
        List.of(Options.general()),
        List.of(
            new Example("for the incident ticket", "report 20260101-030405-abcd > incident.md")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    if (arguments.words().size() != 1) {
      throw new CommandException(
          "report needs the id of one recovery", null, "refloat recoveries lists them");
    }
    JournalReport.markdown(
        session.page(arguments).unlimited(),
        session.backend().recoveries(session.env()).read(arguments.words().getFirst()));
    return ExitCode.CLEAN;
  }
}
