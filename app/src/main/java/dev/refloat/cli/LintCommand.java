package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.lint.LintResult;
import dev.refloat.lint.Linter;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.render.LintText;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `refloat lint`: what will fail, before it is deployed.
final class LintCommand implements Command {

  /// From which severity on a finding makes the run fail.
  enum FailOn {
    ERROR,
    WARNING,
    INFO,
    NEVER
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "lint",
        "[PATH ...] [options]",
        "Finds what will fail in a GitOps repository before Flux applies it. Without a path: the"
            + " current folder.",
        Optional.of(Completing.of(Completing.What.FILES)),
        List.of(
            new Section(
                "Result",
                List.of(
                    Option.value(
                        "SEVERITY",
                        "exit code 1 from this severity on (default warning): "
                            + String.join(", ", Arguments.words(FailOn.class)),
                        Completing.words(Arguments.words(FailOn.class)),
                        "--fail-on"))),
            Options.general()),
        List.of(
            new Example("the repository that you are in", "lint"),
            new Example("one cluster", "lint clusters/production")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    List<String> words = arguments.words().isEmpty() ? List.of(".") : arguments.words();
    FailOn failOn = arguments.choice("--fail-on", FailOn.class, FailOn.WARNING);
    boolean fails = false;
    for (String word : words) {
      Path path = Arguments.path("path", word);
      Repository repository = session.backend().repository(path);
      List<Scene> scenes = repository.clusters().stream().map(c -> new Scene(c)).toList();
      LintResult result = Linter.run(session.backend().checks(), scenes, repository);
      LintText.print(session.page(arguments), result);
      fails |=
          switch (failOn) {
            case ERROR -> result.atLeast(Severity.ERROR) > 0;
            case WARNING -> result.atLeast(Severity.WARNING) > 0;
            case INFO -> result.atLeast(Severity.INFO) > 0;
            case NEVER -> false;
          };
    }
    return fails ? ExitCode.FINDINGS : ExitCode.CLEAN;
  }
}
