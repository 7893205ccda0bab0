package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Linter;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Past;
import dev.refloat.lint.Repository;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Settings;
import dev.refloat.lint.Sources;
import java.nio.file.Path;
import java.util.ArrayList;
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
        List.of(new Section("Result", LintOutput.options()), Options.general()),
        List.of(
            new Example("the repository that you are in", "lint"),
            new Example("one cluster", "lint clusters/production")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    List<String> words = arguments.words().isEmpty() ? List.of(".") : arguments.words();
    Path first = Arguments.path("path", words.getFirst());
    Backend.Kept kept =
        session.backend().kept(first, arguments.path("--config"), arguments.path("--baseline"));
    Settings settings = kept.settings();
    Learnt learnt = kept.learnt();
    boolean taught = !learnt.environments().isEmpty();
    List<Check> checks =
        session.backend().checks().stream()
            .filter(c -> !settings.off(c.info().id()))
            .filter(c -> taught || c.info().needs() != RuleInfo.Needs.LEARNT)
            .toList();
    List<Cluster> clusters = new ArrayList<>();
    List<NotChecked> notChecked = new ArrayList<>();
    List<Sources> sources = new ArrayList<>();
    for (String word : words) {
      Repository repository = session.backend().repository(Arguments.path("path", word));
      clusters.addAll(repository.clusters());
      notChecked.addAll(repository.notChecked());
      sources.add(repository.sources());
    }
    if (!taught) {
      notChecked.add(
          new NotChecked(
              "timeouts and versions against the past",
              Optional.empty(),
              "nothing was learnt from clusters yet; "
                  + session.program()
                  + " learn writes .refloat/learnt.yaml"));
    }
    Repository all = new Repository(clusters, notChecked, Sources.of(sources));
    List<Scene> scenes =
        clusters.stream().map(c -> new Scene(c).with(Past.of(c.name(), settings, learnt))).toList();
    return new LintOutput(arguments, session, kept, checks)
        .finish(Linter.run(checks, scenes, all), all.sources());
  }
}
