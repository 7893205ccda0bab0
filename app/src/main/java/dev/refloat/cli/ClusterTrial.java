package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.DryRun;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Settings;
import dev.refloat.lint.Trial;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/// Asks a cluster what it would say to what `refloat lint` reads and renders.
final class ClusterTrial {
  private static final int AT_A_TIME = 16;

  /// Where objects are judged whose own namespace does not exist yet.
  private static final String STAND_IN = "default";

  private static final String FLAG = "--server-dry-run";

  private final Session session;
  private final ClusterSource source;
  private final Optional<String> context;

  private ClusterTrial(Session session, ClusterSource source, Optional<String> context) {
    this.session = session;
    this.source = source;
    this.context = context;
  }

  static Section options() {
    List<Option> options = new ArrayList<>();
    options.add(
        Option.flag(
            "let the API server of the current context judge every object, and store nothing"
                + " (--context and --kubeconfig do that too)",
            FLAG));
    options.addAll(Options.live());
    return new Section("A cluster that is asked", options);
  }

  /// Nothing when no cluster is to be asked.
  static Optional<ClusterTrial> of(Arguments arguments, Session session) {
    Optional<String> context = arguments.text("--context");
    boolean asked =
        arguments.flag(FLAG) || context.isPresent() || arguments.text("--kubeconfig").isPresent();
    if (!asked) {
      return Optional.empty();
    }
    return Optional.of(new ClusterTrial(session, Options.live(arguments), context));
  }

  /// The scenes, that of the cluster with what it says.
  List<Scene> ask(List<Scene> scenes, Repository repository, Settings settings) {
    Scene chosen = chosen(scenes, repository, settings);
    List<Scene> out = new ArrayList<>();
    try (Backend.Cluster cluster = session.backend().open(source, session.env())) {
      for (Scene scene : scenes) {
        out.add(
            scene.cluster().name().equals(chosen.cluster().name())
                ? asked(scene, repository, cluster.rehearsal())
                : scene);
      }
    }
    return out;
  }

  /// A repository may be for several clusters; which one a context is, its environments or the
  /// paths
  /// say.
  private Scene chosen(List<Scene> scenes, Repository repository, Settings settings) {
    List<Scene> left = scenes;
    Set<String> environments =
        settings.environments().stream()
            .filter(e -> context.map(e.contexts()::contains).orElse(false))
            .map(Settings.Environment::name)
            .collect(Collectors.toSet());
    if (!environments.isEmpty()) {
      left =
          left.stream()
              .filter(
                  s ->
                      settings
                          .environmentOf(s.cluster().name())
                          .map(e -> environments.contains(e.name()))
                          .orElse(false))
              .toList();
    }
    List<Scene> within =
        left.stream()
            .filter(
                s ->
                    repository.asked().stream()
                        .anyMatch(
                            a ->
                                !s.cluster().name().isEmpty()
                                    && (a + "/").startsWith(s.cluster().name() + "/")))
            .toList();
    left = within.isEmpty() ? left : within;
    if (left.size() != 1) {
      throw new CommandException(
          "it is not clear which cluster of the repository is to be asked about",
          scenes.isEmpty()
              ? "there is nothing that Flux would apply"
              : "there are "
                  + scenes.stream().map(s -> s.cluster().name()).collect(Collectors.joining(", ")),
          "name its folder, or its contexts under environments in .refloat.yaml");
    }
    return left.getFirst();
  }

  private static Scene asked(Scene scene, Repository repository, Backend.Rehearsal rehearsal) {
    List<Trial> trials =
        Trial.of(scene).stream()
            .filter(t -> repository.asks(t.of().positions().of().file()))
            .toList();
    Set<String> made = Trial.namespaces(scene);
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      Map<String, Observation<Resource>> namespaces = namespaces(trials, rehearsal, threads);
      List<Future<DryRun>> running = new ArrayList<>();
      for (Trial t : trials) {
        running.add(threads.submit(() -> said(t, namespaces, made, rehearsal)));
      }
      List<Trial.Answer> answers = new ArrayList<>();
      for (int i = 0; i < trials.size(); i++) {
        answers.add(new Trial.Answer(trials.get(i), running.get(i).get()));
      }
      return scene.with(answers);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", null, null, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CommandException c) {
        throw c;
      }
      throw new IllegalStateException("asking the cluster failed in an unforeseen way", e);
    }
  }

  private static Map<String, Observation<Resource>> namespaces(
      List<Trial> trials, Backend.Rehearsal rehearsal, ExecutorService threads)
      throws InterruptedException, ExecutionException {
    Set<String> names = new TreeSet<>();
    trials.forEach(t -> names.add(t.object().namespace()));
    names.remove("");
    Map<String, Future<Observation<Resource>>> asked = new HashMap<>();
    for (String name : names) {
      asked.put(name, threads.submit(() -> rehearsal.namespace(name)));
    }
    Map<String, Observation<Resource>> out = new HashMap<>();
    for (var e : asked.entrySet()) {
      out.put(e.getKey(), e.getValue().get());
    }
    return out;
  }

  private static DryRun said(
      Trial trial,
      Map<String, Observation<Resource>> namespaces,
      Set<String> made,
      Backend.Rehearsal rehearsal) {
    String namespace = trial.object().namespace();
    boolean absent = namespaces.get(namespace) instanceof Observation.Absent<Resource>;
    if (!absent) {
      return rehearsal.send(trial.object(), trial.way());
    }
    if (!made.contains(namespace)) {
      return new DryRun.NoNamespace(namespace);
    }
    Resource moved = trial.elsewhere(STAND_IN);
    DryRun said = rehearsal.send(moved, trial.way());
    return said instanceof DryRun.Refused(var status, var message, var fields, var _)
        ? new DryRun.Refused(
            status, message.replace(moved.name(), trial.object().name()), fields, true)
        : said;
  }
}
