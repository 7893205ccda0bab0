package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.lint.Check;
import dev.refloat.model.Nearest;
import dev.refloat.render.Page;
import dev.refloat.render.PageText;
import dev.refloat.rule.Rule;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `refloat explain`: the page of a cause, or of a rule of `refloat lint`.
final class ExplainCommand implements Command {

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "explain",
        "[CAUSE|RULE] [options]",
        "Prints the page of a cause: what you see, why it happens, what helps; or of a rule of"
            + " refloat lint. Without one: the list of all of them.",
        Optional.of(Completing.of(Completing.What.CAUSES)),
        List.of(new Section("Output", List.of(Options.catalog())), Options.general()),
        List.of(
            new Example("all causes", "explain"),
            new Example("one of them", "explain image-pull"),
            new Example("a rule of lint", "explain values-from-missing")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Backend.Knowledge knowledge = session.backend().knowledge(arguments.path("--catalog"));
    List<String> words = arguments.words();
    if (words.size() > 1) {
      throw new CommandException(
          "explain takes one cause or rule",
          null,
          session.program() + " explain " + words.getFirst());
    }
    Page page = session.page(arguments);
    List<Check> checks = session.backend().checks();
    if (words.isEmpty()) {
      PageText.list(
          page,
          knowledge.rules().rules().stream().filter(r -> !r.symptom()).toList(),
          knowledge.rules().rules().stream().filter(Rule::symptom).toList(),
          checks.stream().map(Check::info).toList());
      return ExitCode.CLEAN;
    }
    String cause = words.getFirst();
    List<String> known =
        Stream.concat(
                knowledge.rules().rules().stream().map(Rule::id),
                checks.stream().map(c -> c.info().id()))
            .toList();
    String text =
        knowledge
            .page(cause)
            .or(() -> session.backend().rulePage(cause))
            .orElseThrow(
                () ->
                    new CommandException(
                        "there is no cause or rule '" + cause + "'",
                        null,
                        Nearest.of(cause, known, 1).stream()
                            .findFirst()
                            .map(n -> "did you mean " + n + "?")
                            .orElse("list them: " + session.program() + " explain")));
    PageText.print(page, text + preventedBy(cause, checks));
    return ExitCode.CLEAN;
  }

  /// The rules of lint that find a cause before it happens.
  private static String preventedBy(String cause, List<Check> checks) {
    String rules =
        checks.stream()
            .map(Check::info)
            .filter(r -> r.prevents().contains(cause))
            .map(r -> "- " + r.id() + ": " + r.title() + "\n")
            .collect(Collectors.joining());
    return rules.isEmpty() ? "" : "\n## Rules of refloat lint that prevent it\n\n" + rules;
  }
}
