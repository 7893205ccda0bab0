package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.model.Nearest;
import dev.refloat.render.Page;
import dev.refloat.render.PageText;
import dev.refloat.rule.Rule;
import java.util.List;
import java.util.Optional;

/// `refloat explain`: the page of a cause.
final class ExplainCommand implements Command {

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "explain",
        "[CAUSE] [options]",
        "Prints the page of a cause: what you see, why it happens, what helps. Without a cause:"
            + " the list of all of them.",
        Optional.of(Completing.of(Completing.What.CAUSES)),
        List.of(new Section("Output", List.of(Options.catalog())), Options.general()),
        List.of(
            new Example("all causes", "explain"),
            new Example("one of them", "explain image-pull")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Backend.Knowledge knowledge = session.backend().knowledge(arguments.path("--catalog"));
    List<String> words = arguments.words();
    if (words.size() > 1) {
      throw new CommandException(
          "explain takes one cause", null, session.program() + " explain " + words.getFirst());
    }
    Page page = session.page(arguments);
    if (words.isEmpty()) {
      PageText.list(
          page,
          knowledge.rules().rules().stream().filter(r -> !r.symptom()).toList(),
          knowledge.rules().rules().stream().filter(Rule::symptom).toList());
      return ExitCode.CLEAN;
    }
    String cause = words.getFirst();
    List<String> known = knowledge.rules().rules().stream().map(Rule::id).toList();
    String text =
        knowledge
            .page(cause)
            .orElseThrow(
                () ->
                    new CommandException(
                        "there is no cause '" + cause + "'",
                        null,
                        Nearest.of(cause, known, 1).stream()
                            .findFirst()
                            .map(n -> "did you mean " + n + "?")
                            .orElse("list them: " + session.program() + " explain")));
    PageText.print(page, text);
    return ExitCode.CLEAN;
  }
}
