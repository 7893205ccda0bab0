package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.NotChecked;
import dev.refloat.lint.Pods;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Sources;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.Collection;
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
  private static final Option NO_CHARTS =
      Option.flag("do not render charts; their rules are left out", "--no-charts");

  private final Backend.Renderer renderer;
  private final boolean online;
  private final List<NotChecked> notChecked = new ArrayList<>();

  private RenderedScenes(Backend.Renderer renderer, boolean online) {
    this.renderer = renderer;
    this.online = online;
  }

  /// The options that decide what is rendered, and with what.
  static Section options() {
    return new Section("Charts", List.of(NO_CHARTS, OFFLINE, ONLINE, KUBE_VERSION));
  }

  /// Nothing when no charts are to be rendered.
  static Optional<RenderedScenes> of(Arguments arguments, Session session) {
    boolean online = arguments.flag("--online");
    for (String other : List.of("--offline", "--no-charts")) {
      if (online && arguments.flag(other)) {
        throw new CommandException("--online and " + other + " do not go together", null, null);
      }
    }
    return arguments.flag("--no-charts")
        ? Optional.empty()
        : Optional.of(new RenderedScenes(renderer(arguments, session), online));
  }

  static Backend.Renderer renderer(Arguments arguments, Session session) {
    return session
        .backend()
        .renderer(
            new Backend.RenderOptions(
                arguments.flag("--offline"), arguments.text("--kube-version").orElse("")),
            session.env());
  }

  /// The scene with the renderings of these releases.
  ///
  /// @param sources of the cluster, for charts that lie in the repository
  /// @param before the same of the base
  Scene render(Scene scene, Collection<Declared> releases, Sources sources, Sources before) {
    Map<ObjectRef, Rendering> after =
        renderer.render(scene.cluster(), scene.base(), releases, sources);
    Map<ObjectRef, Rendering> base = Map.of();
    if (scene.base().isPresent()) {
      Cluster cluster = scene.base().get();
      List<Declared> same = releases.stream().flatMap(r -> cluster.find(r.ref()).stream()).toList();
      base = renderer.render(cluster, scene.base(), same, before);
    }
    for (Declared release : releases) {
      if (after.get(release.ref()) instanceof Rendering.NotRendered(var why)) {
        notChecked.add(
            new NotChecked(
                "what " + release.ref().display() + " renders",
                Optional.of(release.positions().of()),
                why));
      }
    }
    return new Scene(
        scene.cluster(),
        scene.base(),
        after,
        base,
        online ? images(scene.cluster(), after) : Map.of(),
        scene.past());
  }

  /// What could not be rendered, and why.
  List<NotChecked> notChecked() {
    return List.copyOf(notChecked);
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
