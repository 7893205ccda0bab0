package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Pods;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Repository;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Puts what charts render into the scenes of `refloat lint`.
final class RenderedScenes implements AutoCloseable {
  private static final int AT_A_TIME = 16;

  static final Option OFFLINE =
      Option.flag("ask nobody: charts of the cache and of the repository only", "--offline");
  static final Option KUBE_VERSION =
      Option.value(
          "VERSION",
          "of Kubernetes, for charts that ask for it (default: Helm's own)",
          Completing.nothing(),
          "--kube-version");
  private static final Option ONLINE =
      Option.flag("ask registries for the tags of images, too", "--online");
  private static final Option NO_RENDER =
      Option.flag(
          "do not render charts; rules that look at what they render are left out", "--no-render");

  private final Backend.Renderer renderer;
  private final boolean online;
  private final Map<String, List<Declared>> notRendered = new TreeMap<>();

  /// Releases whose values no schema judged, though their chart has one, by the reason.
  private final Map<String, List<Declared>> unjudged = new TreeMap<>();

  private RenderedScenes(Backend.Renderer renderer, boolean online) {
    this.renderer = renderer;
    this.online = online;
  }

  /// The options that decide what is rendered, and with what.
  static Section options() {
    return new Section("Charts", List.of(NO_RENDER, OFFLINE, ONLINE, KUBE_VERSION));
  }

  /// Nothing when no charts are to be rendered, or no rule looks at them.
  ///
  /// @param checks the rules that run
  static Optional<RenderedScenes> of(
      Arguments arguments, Session session, List<Check> checks, Backend.Kept kept) {
    boolean online = arguments.flag("--online");
    for (String other : List.of("--offline", "--no-render")) {
      if (online && arguments.flag(other)) {
        throw new CommandException("--online and " + other + " do not go together", null, null);
      }
    }
    boolean needed =
        checks.stream()
            .map(c -> c.info().needs())
            .anyMatch(n -> n == RuleInfo.Needs.CHARTS || n == RuleInfo.Needs.ONLINE);
    return arguments.flag("--no-render") || !needed
        ? Optional.empty()
        : Optional.of(new RenderedScenes(renderer(arguments, session, kept), online));
  }

  static Backend.Renderer renderer(Arguments arguments, Session session, Backend.Kept kept) {
    return session
        .backend()
        .renderer(
            new Backend.RenderOptions(
                arguments.flag("--offline"), arguments.text("--kube-version").orElse(""), kept),
            session.env());
  }

  /// The scene with the renderings of the releases that are to be judged.
  ///
  /// @param repository that the scene's cluster is of, with the charts that lie in it
  /// @param before the same for the base
  Scene render(Scene scene, Repository repository, Optional<Repository> before) {
    List<Declared> releases =
        scene.cluster().releases().stream()
            .filter(r -> repository.asks(r.positions().of().file()))
            .toList();
    Map<ObjectRef, Rendering> after =
        renderer.render(scene.cluster(), scene.base(), releases, repository.sources());
    Map<ObjectRef, Rendering> base = Map.of();
    if (scene.base().isPresent() && before.isPresent()) {
      Cluster cluster = scene.base().get();
      List<Declared> same = releases.stream().flatMap(r -> cluster.find(r.ref()).stream()).toList();
      base = renderer.render(cluster, scene.base(), same, before.get().sources());
    }
    for (Declared release : releases) {
      switch (after.get(release.ref())) {
        case Rendering.NotRendered(var why) -> tell(notRendered, why, release);
        case Rendering.Rendered r -> r.unjudged().ifPresent(why -> tell(unjudged, why, release));
        case Rendering.Failed _ -> {}
        case null -> {}
      }
    }
    return scene.with(after, base, online ? images(scene.cluster(), after) : Map.of());
  }

  /// What could not be rendered, and why. What has one reason is told at once.
  List<NotChecked> notChecked() {
    List<NotChecked> out = new ArrayList<>();
    notRendered.forEach((why, releases) -> out.add(notChecked("the chart", why, releases)));
    unjudged.forEach((why, releases) -> out.add(notChecked("the values", why, releases)));
    return out;
  }

  private static NotChecked notChecked(String what, String why, List<Declared> releases) {
    Declared first = releases.getFirst();
    String others =
        switch (releases.size()) {
          case 1 -> "";
          case 2 -> " and of another release";
          default -> " and of " + (releases.size() - 1) + " other releases";
        };
    return new NotChecked(
        what + " of " + first.ref().display() + others, Optional.of(first.positions().of()), why);
  }

  private static void tell(Map<String, List<Declared>> into, String why, Declared release) {
    into.computeIfAbsent(why, _ -> new ArrayList<>()).add(release);
  }

  /// Where an image is used, and with which credentials.
  private record Use(String namespace, List<String> pullSecrets) {}

  private Map<String, Observation<List<String>>> images(
      Cluster cluster, Map<ObjectRef, Rendering> renderings) {
    Map<String, Use> uses = new TreeMap<>();
    for (Rendering r : renderings.values()) {
      if (r instanceof Rendering.Rendered rendered) {
        rendered.manifests().forEach(o -> use(o, uses));
        rendered.hooks().forEach(o -> use(o, uses));
      }
    }
    Map<String, Observation<List<String>>> out = new HashMap<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      Map<String, Future<Observation<List<String>>>> asked = new HashMap<>();
      uses.forEach(
          (image, use) ->
              asked.put(
                  image,
                  threads.submit(
                      () -> renderer.tags(cluster, image, use.namespace(), use.pullSecrets()))));
      for (var e : asked.entrySet()) {
        out.put(e.getKey(), e.getValue().get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking a registry failed in an unforeseen way", e);
    }
    return out;
  }

  private static void use(Resource object, Map<String, Use> uses) {
    Pods.of(object)
        .ifPresent(
            pods -> {
              List<String> secrets =
                  pods.spec().get("imagePullSecrets").list().stream()
                      .map(s -> s.get("name").text())
                      .toList();
              for (String image : Pods.images(object)) {
                uses.putIfAbsent(image, new Use(object.namespace(), secrets));
              }
            });
  }

  @Override
  public void close() {
    renderer.close();
  }
}
