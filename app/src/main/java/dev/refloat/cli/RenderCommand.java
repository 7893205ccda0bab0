package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.ManifestChanges;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Repository;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import dev.refloat.model.Resource;
import dev.refloat.render.YamlText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `refloat render`: what Flux would apply for a release.
final class RenderCommand implements Command {
  static final Option CLUSTER =
      Option.value(
          "NAME",
          "of the repository's clusters this one, as in clusters/production",
          Completing.nothing(),
          "--cluster");
  static final Option NAMESPACE =
      Option.value("NS", "namespace of the HelmRelease", Completing.nothing(), "-n", "--namespace");

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "render",
        "NAME [PATH] [options]",
        "Prints what Flux would apply for a HelmRelease of a repository: its chart with its merged"
            + " values, post-renderers applied. Secrets are masked. Without a path: the current"
            + " folder.",
        Optional.of(Completing.of(Completing.What.FILES)),
        List.of(
            new Section("Which release", List.of(NAMESPACE, CLUSTER)),
            new Section("Charts", List.of(RenderedScenes.OFFLINE, RenderedScenes.KUBE_VERSION)),
            Options.general()),
        List.of(
            new Example("a release of the repository that you are in", "render web"),
            new Example("of one cluster", "render shop/web --cluster clusters/production")));
  }

  /// A release and the cluster that it is of.
  record Chosen(Cluster cluster, Declared release) {}

  @Override
  public int run(Arguments arguments, Session session) {
    Repository repository = repository(arguments, session);
    Chosen chosen = choose(arguments, repository);
    try (Backend.Renderer renderer =
        RenderedScenes.renderer(arguments, session, kept(arguments, session))) {
      Rendering rendering =
          renderer
              .render(
                  chosen.cluster(),
                  Optional.empty(),
                  List.of(chosen.release()),
                  repository.sources())
              .get(chosen.release().ref());
      Rendering.Rendered rendered = rendered(chosen.release(), rendering);
      YamlText yaml = session.yaml();
      for (Resource o : all(rendered)) {
        if (ManifestChanges.masked(o, rendered.secret()) instanceof Json.Obj shown) {
          session.out().println("---");
          yaml.document(shown);
        }
      }
    }
    return ExitCode.CLEAN;
  }

  static Repository repository(Arguments arguments, Session session) {
    return session.backend().repository(paths(arguments));
  }

  /// What the repository keeps for Refloat, beside the release.
  static Backend.Kept kept(Arguments arguments, Session session) {
    return session.backend().kept(paths(arguments).getFirst(), Optional.empty(), Optional.empty());
  }

  static List<Path> paths(Arguments arguments) {
    List<String> words = arguments.words();
    if (words.isEmpty() || words.size() > 2) {
      throw new CommandException(
          "a release must be named, and at most one path",
          null,
          arguments.program() + " render NAME [PATH]");
    }
    return List.of(Arguments.path("path", words.size() > 1 ? words.get(1) : "."));
  }

  static Chosen choose(Arguments arguments, Repository repository) {
    String word = arguments.words().getFirst();
    int slash = word.lastIndexOf('/');
    String name = word.substring(slash + 1);
    Optional<String> namespace =
        slash > 0 ? Optional.of(word.substring(0, slash)) : arguments.text("--namespace");
    Optional<String> wanted = arguments.text("--cluster");
    List<Chosen> found = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Cluster cluster : repository.clusters()) {
      if (wanted.isPresent() && !wanted.get().equals(cluster.name())) {
        continue;
      }
      for (Declared release : cluster.releases()) {
        names.add(release.ref().name());
        if (release.ref().name().equals(name)
            && namespace.map(release.ref().namespace()::equals).orElse(true)) {
          found.add(new Chosen(cluster, release));
        }
      }
    }
    if (found.isEmpty()) {
      throw new CommandException(
          "there is no HelmRelease " + word + " in this repository",
          null,
          Nearest.of(name, names, 1).stream()
              .findFirst()
              .map(n -> "did you mean " + n + "?")
              .orElse(null));
    }
    if (found.size() > 1) {
      throw new CommandException(
          "there are " + found.size() + " HelmReleases " + word + " in this repository",
          String.join(
              ", ",
              found.stream()
                  .map(
                      c ->
                          c.release().ref().path()
                              + (c.cluster().name().isEmpty() ? "" : " in " + c.cluster().name()))
                  .toList()),
          "choose one with -n and --cluster");
    }
    return found.getFirst();
  }

  /// CRDs first, then what is applied, then hooks.
  static List<Resource> all(Rendering.Rendered rendered) {
    List<Resource> out = new ArrayList<>(rendered.crds());
    out.addAll(rendered.manifests());
    out.addAll(rendered.hooks());
    return out;
  }

  /// @throws CommandException when there is nothing to show
  static Rendering.Rendered rendered(
      Declared release, @org.jspecify.annotations.Nullable Rendering rendering) {
    String what = release.ref().display() + " cannot be rendered";
    return switch (rendering) {
      case Rendering.Rendered r -> r;
      case Rendering.Failed f ->
          throw new CommandException(what, f.message(), "refloat lint tells which line to edit");
      case Rendering.NotRendered(var why) -> throw new CommandException(what, why, null);
      case null -> throw new CommandException(what, null, null);
    };
  }

  /// What is secret in both.
  static Set<String> secret(Rendering.Rendered a, Rendering.Rendered b) {
    Set<String> out = new java.util.HashSet<>(a.secret());
    out.addAll(b.secret());
    return out;
  }
}
