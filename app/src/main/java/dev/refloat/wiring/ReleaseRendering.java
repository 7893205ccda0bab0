package dev.refloat.wiring;

import dev.refloat.adapter.chart.ReleaseRenderer;
import dev.refloat.adapter.git.FetchedSources;
import dev.refloat.adapter.registry.ChartDownloads;
import dev.refloat.adapter.registry.EnvironmentProxies;
import dev.refloat.adapter.registry.LocalLogins;
import dev.refloat.adapter.registry.RegistryQuestions;
import dev.refloat.cli.Backend;
import dev.refloat.cli.CommandException;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Sources;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Renders with the user's own Helm and kustomize; downloads into the user's cache.
final class ReleaseRendering implements Backend.Renderer {
  private final ChartDownloads downloads;
  private final RegistryQuestions questions;
  private final ReleaseRenderer renderer;

  ReleaseRendering(Backend.RenderOptions options, Map<String, String> env) {
    EnvironmentProxies proxies = new EnvironmentProxies(env);
    LocalLogins logins = LocalLogins.of(env, Path.of(System.getProperty("user.home", "")));
    this.downloads = new ChartDownloads(proxies, logins);
    this.questions = new RegistryQuestions(proxies, logins);
    Path cache = cache(env);
    try {
      this.renderer =
          new ReleaseRenderer(
              new ReleaseRenderer.Settings(
                  env.getOrDefault("REFLOAT_HELM", "helm"),
                  List.of(
                      List.of(env.getOrDefault("REFLOAT_KUSTOMIZE", "kustomize"), "build"),
                      List.of(env.getOrDefault("REFLOAT_KUBECTL", "kubectl"), "kustomize")),
                  cache,
                  options.offline(),
                  options.kubeVersion()),
              new ChartsFromRegistries(
                  downloads,
                  new SourceCopies(options.kept()),
                  new FetchedSources(cache, options.offline())));
    } catch (IOException e) {
      throw new CommandException(
          "the cache " + cache + " cannot be used",
          e.getMessage(),
          "set REFLOAT_CACHE to a folder that can be written",
          e);
    }
  }

  /// `REFLOAT_CACHE`, else where the system keeps what can be had again.
  private static Path cache(Map<String, String> env) {
    String own = env.getOrDefault("REFLOAT_CACHE", "");
    if (!own.isBlank()) {
      return Path.of(own).toAbsolutePath();
    }
    String home = System.getProperty("user.home", "");
    String os = System.getProperty("os.name", "");
    Path base;
    if (os.startsWith("Mac")) {
      base = Path.of(home, "Library", "Caches");
    } else if (os.startsWith("Windows")) {
      base = Path.of(env.getOrDefault("LOCALAPPDATA", home));
    } else {
      String xdg = env.getOrDefault("XDG_CACHE_HOME", "");
      base = xdg.isBlank() ? Path.of(home, ".cache") : Path.of(xdg);
    }
    return base.resolve("refloat").toAbsolutePath();
  }

  @Override
  public Map<ObjectRef, Rendering> render(
      Cluster cluster, Optional<Cluster> before, Collection<Declared> releases, Sources sources) {
    return renderer.render(cluster, before, releases, SourceCopies.folders(sources));
  }

  @Override
  public Observation<List<String>> tags(
      Cluster cluster, String image, String namespace, List<String> pullSecrets) {
    Observation<Answer> answer =
        questions.ask(
            new Inquiry.ImageTags(image, namespace, pullSecrets), ref -> secret(cluster, ref));
    return switch (answer) {
      case Observation.Seen<Answer>(Answer.Names(var names)) -> new Observation.Seen<>(names);
      case Observation.Absent<Answer> _ -> new Observation.Absent<>();
      case Observation.Unreadable<Answer>(var why) -> new Observation.Unreadable<>(why);
      case Observation.Seen<Answer> _ -> new Observation.Unreadable<>("not answered");
    };
  }

  private static Observation<Resource> secret(Cluster cluster, ObjectRef ref) {
    return cluster
        .find(ref)
        .<Observation<Resource>>map(
            d ->
                d.encrypted()
                    ? new Observation.Unreadable<>("encrypted with SOPS")
                    : new Observation.Seen<>(d.object()))
        .orElseGet(() -> new Observation.Unreadable<>("not in Git"));
  }

  @Override
  public void close() {
    renderer.close();
    questions.close();
    downloads.close();
  }
}
