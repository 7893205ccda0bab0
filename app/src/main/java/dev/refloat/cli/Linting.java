package dev.refloat.cli;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Finding;
import dev.refloat.lint.LintResult;
import dev.refloat.lint.Linter;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Past;
import dev.refloat.lint.Repository;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.model.ObjectRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// One run of the rules over repositories.
///
/// @param checks that ran
/// @param judged files all of whose findings are in the result
record Linting(
    Backend.Kept kept,
    List<Check> checks,
    Repository repository,
    LintResult result,
    Predicate<String> judged) {

  /// What a change is compared with.
  ///
  /// @param revision of git
  /// @param changedOnly whether only what the change brought is told
  record Comparison(String revision, boolean changedOnly) {}

  /// The paths that a command was given; the current folder without any.
  static List<Path> paths(Arguments arguments) {
    return arguments.words().isEmpty()
        ? List.of(Path.of("."))
        : arguments.words().stream().map(w -> Arguments.path("path", w)).toList();
  }

  /// @param trial the cluster that is to be asked, where one is
  static Linting run(
      Arguments arguments,
      Session session,
      Optional<Comparison> comparison,
      Optional<ClusterTrial> trial) {
    List<Path> paths = paths(arguments);
    Backend backend = session.backend();
    Backend.Kept kept =
        backend.kept(paths.getFirst(), arguments.path("--config"), arguments.path("--baseline"));
    boolean taught = !kept.learnt().environments().isEmpty();
    List<Check> checks =
        backend.checks().stream()
            .filter(c -> !kept.settings().off(c.info().id()))
            .filter(c -> taught || c.info().needs() != RuleInfo.Needs.LEARNT)
            .filter(c -> trial.isPresent() || c.info().needs() != RuleInfo.Needs.CLUSTER)
            .toList();
    Repository repository = backend.repository(paths);
    Optional<Repository> base = comparison.map(c -> backend.repository(paths, c.revision()));
    boolean changedOnly = comparison.map(Comparison::changedOnly).orElse(false);
    List<Scene> scenes = scenes(repository, base, kept);
    List<Scene> before =
        changedOnly
            ? base.map(b -> scenes(b, Optional.empty(), kept)).orElse(List.of())
            : List.of();
    List<NotChecked> notRendered = List.of();
    Optional<RenderedScenes> charts = RenderedScenes.of(arguments, session, checks, kept);
    if (charts.isPresent()) {
      try (RenderedScenes rendered = charts.get()) {
        scenes = scenes.stream().map(s -> rendered.render(s, repository, base)).toList();
        notRendered = rendered.notChecked();
        before =
            before.stream()
                .map(s -> rendered.render(s, base.orElseThrow(), Optional.empty()))
                .toList();
      }
    }
    if (trial.isPresent()) {
      scenes = trial.get().ask(scenes, repository, kept.settings());
    }
    LintResult result = plus(Linter.run(checks, scenes, repository), notRendered);
    Predicate<String> judged = repository::asks;
    if (changedOnly && base.isPresent()) {
      Set<String> changed = backend.changed(paths, comparison.orElseThrow().revision());
      result = brought(result, Linter.run(checks, before, base.get()), changed);
      judged = judged.and(changed::contains);
    }
    return new Linting(
        kept, checks, repository, taught ? result : untaught(result, session.program()), judged);
  }

  private static LintResult plus(LintResult result, List<NotChecked> more) {
    List<NotChecked> notChecked = new ArrayList<>(result.notChecked());
    notChecked.addAll(more);
    return new LintResult(result.findings(), notChecked, result.counts());
  }

  /// The same, with what cannot be judged before anything was learnt.
  private static LintResult untaught(LintResult result, String program) {
    return plus(
        result,
        List.of(
            new NotChecked(
                "timeouts and versions against the past",
                Optional.empty(),
                "nothing was learnt from clusters yet; "
                    + program
                    + " learn writes .refloat/learnt.yaml")));
  }

  private static List<Scene> scenes(
      Repository repository, Optional<Repository> base, Backend.Kept kept) {
    return repository.clusters().stream()
        .map(
            c ->
                new Scene(c, base.flatMap(b -> named(b, c.name())), java.util.Map.of())
                    .with(Past.of(c.name(), kept.settings(), kept.learnt())))
        .toList();
  }

  private static Optional<Cluster> named(Repository repository, String name) {
    return repository.clusters().stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /// What a change brought: everything in the files that it touches, and what is new elsewhere
  /// because of it.
  private static LintResult brought(LintResult now, LintResult before, Set<String> changed) {
    Set<Same> known = new HashSet<>();
    before.findings().forEach(f -> known.add(Same.of(f)));
    return new LintResult(
        now.findings().stream()
            .filter(f -> changed.contains(f.place().file()) || !known.contains(Same.of(f)))
            .toList(),
        now.notChecked().stream()
            .filter(n -> n.place().map(p -> changed.contains(p.file())).orElse(true))
            .toList(),
        now.counts());
  }

  private record Same(String rule, ObjectRef object, String field, String message) {
    static Same of(Finding f) {
      return new Same(f.rule(), f.object(), f.field(), f.message());
    }
  }
}
