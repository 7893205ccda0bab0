package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import dev.refloat.render.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `refloat recoveries`: what was recovered from this machine, and what was left half-way.
final class RecoveriesCommand implements Command {

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "recoveries",
        "[options]",
        "Lists the recoveries of this machine, newest first. One that is open was interrupted, and"
            + " can be resumed or aborted.",
        Optional.empty(),
        List.of(
            new Section("Output", List.of(Option.flag("only those that are open", "--open"))),
            Options.general()),
        List.of(
            new Example("all of them", "recoveries"),
            new Example("what was left half-way", "recoveries --open")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Backend.Recoveries recoveries = session.backend().recoveries(session.env());
    boolean open = arguments.flag("--open");
    List<List<Span>> rows = new ArrayList<>();
    rows.add(
        List.of(
            Span.bold("ID"),
            Span.bold("RELEASE"),
            Span.bold("CAUSE"),
            Span.bold("WHO"),
            Span.bold("STARTED"),
            Span.bold("VERDICT")));
    for (String id : recoveries.ids()) {
      Journal j;
      try {
        j = recoveries.read(id);
      } catch (CommandException e) {
        session.tell(e.what());
        continue;
      }
      Optional<Entry.Closed> closed = j.closed();
      if (open && closed.isPresent()) {
        continue;
      }
      rows.add(
          List.of(
              Span.of(id),
              Span.of(j.plan().release().path()),
              Span.of(j.plan().cause()),
              Span.of(j.opened().who()),
              Span.of(j.opened().at().toString()),
              Span.of(closed.map(Entry.Closed::verdict).orElse("open"))));
    }
    if (rows.size() == 1) {
      session.tell("No recoveries in " + recoveries.place() + ".");
      return ExitCode.CLEAN;
    }
    session.page(arguments).columns("", 3, false, rows);
    return ExitCode.CLEAN;
  }
}
