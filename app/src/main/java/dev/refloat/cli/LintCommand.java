package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import java.util.List;
import java.util.Optional;

/// `refloat lint`: what will fail, before it is deployed.
final class LintCommand implements Command {

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
                "What is compared",
                List.of(
                    Option.value(
                        "REVISION",
                        "judge the change since this branch, tag or commit too",
                        Completing.nothing(),
                        "--diff"),
                    Option.flag(
                        "only what the change brought (without --diff: what is not committed)",
                        "--changed-only"))),
            RenderedScenes.options(),
            ClusterTrial.options(),
            new Section("Result", LintOutput.options()),
            Options.general()),
        List.of(
            new Example("the repository that you are in", "lint"),
            new Example("one cluster", "lint clusters/production"),
            new Example("a pull request", "lint --diff origin/main --changed-only"),
            new Example(
                "what a cluster would say to it", "lint clusters/production --context prod"),
            new Example("before a commit", "lint --changed-only --fail-on error")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    boolean changedOnly = arguments.flag("--changed-only");
    Optional<String> revision = arguments.text("--diff");
    Linting linting =
        Linting.run(
            arguments,
            session,
            revision.isPresent() || changedOnly
                ? Optional.of(new Linting.Comparison(revision.orElse("HEAD"), changedOnly))
                : Optional.empty(),
            ClusterTrial.of(arguments, session));
    return new LintOutput(arguments, session, linting.kept(), linting.checks())
        .finish(linting.result(), linting.repository().sources(), linting.judged());
  }
}
