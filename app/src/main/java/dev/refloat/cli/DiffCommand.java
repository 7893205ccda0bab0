package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.ManifestChanges;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Repository;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.render.Page;
import dev.refloat.render.Span;
import dev.refloat.render.Style;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `refloat diff`: what a change in Git would do to the objects of a release.
final class DiffCommand implements Command {
  private static final int LONGEST = 200;

  private static final Option BASE =
      Option.value(
          "REVISION",
          "branch, tag or commit to compare with (default: HEAD, for what is not committed)",
          Completing.nothing(),
          "--base");

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "diff",
        "NAME [PATH] [options]",
        "Shows what a change would do to the objects of a HelmRelease: those of its rendered chart"
            + " before and after, field by field. Secrets are masked. Without a path: the current"
            + " folder. Exit code 1 when something changes.",
        Optional.of(Completing.of(Completing.What.FILES)),
        List.of(
            new Section(
                "Which release", List.of(RenderCommand.NAMESPACE, RenderCommand.CLUSTER, BASE)),
            new Section("Charts", List.of(RenderedScenes.OFFLINE, RenderedScenes.KUBE_VERSION)),
            Options.general()),
        List.of(
            new Example("what is not committed yet", "diff web"),
            new Example("a pull request", "diff shop/web --base origin/main")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Repository after = RenderCommand.repository(arguments, session);
    Repository before =
        session
            .backend()
            .repository(RenderCommand.paths(arguments), arguments.text("--base").orElse("HEAD"));
    RenderCommand.Chosen chosen = RenderCommand.choose(arguments, after);
    Declared release = chosen.release();
    Optional<Cluster> old =
        before.clusters().stream()
            .filter(c -> c.name().equals(chosen.cluster().name()))
            .findFirst();
    Optional<Declared> was = old.flatMap(c -> c.find(release.ref()));
    try (Backend.Renderer renderer =
        RenderedScenes.renderer(arguments, session, RenderCommand.kept(arguments, session))) {
      Rendering.Rendered now =
          RenderCommand.rendered(
              release,
              renderer
                  .render(chosen.cluster(), old, List.of(release), after.sources())
                  .get(release.ref()));
      List<Resource> objects = List.of();
      Set<String> secret = now.secret();
      if (was.isPresent()) {
        Rendering.Rendered then =
            RenderCommand.rendered(
                was.get(),
                renderer
                    .render(old.orElseThrow(), old, List.of(was.get()), before.sources())
                    .get(release.ref()));
        objects = RenderCommand.all(then);
        secret = RenderCommand.secret(then, now);
      }
      List<ManifestChanges.Change> changes =
          ManifestChanges.between(objects, RenderCommand.all(now), secret);
      print(session.page(arguments), changes);
      return changes.isEmpty() ? ExitCode.CLEAN : ExitCode.FINDINGS;
    }
  }

  private static void print(Page page, List<ManifestChanges.Change> changes) {
    if (changes.isEmpty()) {
      page.line("Nothing changes");
    }
    for (ManifestChanges.Change change : changes) {
      switch (change) {
        case ManifestChanges.Added(var object) ->
            page.line(new Span(Style.GREEN, "+ "), Span.of(object.display()));
        case ManifestChanges.Removed(var object) ->
            page.line(new Span(Style.RED, "- "), Span.of(object.display()));
        case ManifestChanges.Changed(var object, var fields) -> {
          page.line(Span.of("~ "), Span.of(object.display()));
          for (ManifestChanges.Field f : fields) {
            page.line(
                Span.of("    " + f.path() + ": "),
                Span.of(shown(f.before()) + " -> " + shown(f.after())));
          }
        }
      }
    }
  }

  private static String shown(Json value) {
    String text =
        switch (value) {
          case Json.Missing _ -> "(none)";
          case Json.Str(var s) -> s.isEmpty() ? "\"\"" : s;
          case Json.Obj _, Json.Arr _, Json.Num _, Json.Bool _, Json.Null _ ->
              value.scalar().orElseGet(() -> value instanceof Json.Null ? "null" : "{...}");
        };
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }
}
