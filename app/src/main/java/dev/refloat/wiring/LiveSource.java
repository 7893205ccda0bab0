package dev.refloat.wiring;

import dev.refloat.adapter.helmcli.HelmBinary;
import dev.refloat.adapter.kubernetes.ConnectionOptions;
import dev.refloat.adapter.kubernetes.DryRuns;
import dev.refloat.adapter.kubernetes.LiveCluster;
import dev.refloat.adapter.kubernetes.ReleaseChanges;
import dev.refloat.adapter.kubernetes.Surroundings;
import dev.refloat.adapter.kubernetes.UnusableCluster;
import dev.refloat.cli.Backend;
import dev.refloat.cli.ClusterSource;
import dev.refloat.cli.CommandException;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.DryRun;
import dev.refloat.lint.Trial;
import dev.refloat.model.Resource;
import dev.refloat.port.ClusterReader;
import dev.refloat.port.ClusterWriter;
import dev.refloat.port.HelmClient;
import dev.refloat.redact.Redactor;
import dev.refloat.validation.Traffic;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// A running cluster for the commands.
final class LiveSource implements Backend.Cluster {
  /// Changes that come this close together are looked at once.
  private static final Duration SETTLE = Duration.ofMillis(500);

  /// How long a look waits for the watch that is to tell of what happens after it.
  private static final Duration BEGINNING = Duration.ofSeconds(2);

  private final LiveCluster cluster;
  private final RegistryAnswers registries;

  private final ClusterSource.Live live;
  private final Map<String, String> env;

  private LiveSource(
      LiveCluster cluster,
      RegistryAnswers registries,
      ClusterSource.Live live,
      Map<String, String> env) {
    this.cluster = cluster;
    this.registries = registries;
    this.live = live;
    this.env = env;
  }

  static LiveSource open(ClusterSource.Live live, Map<String, String> env) {
    ConnectionOptions options =
        new ConnectionOptions(
            live.kubeconfig(),
            live.context(),
            live.asUser(),
            live.asGroups(),
            Optional.empty(),
            live.timeout());
    RegistryAnswers registries = new RegistryAnswers(env);
    return reached(
        () -> {
          LiveCluster cluster =
              LiveCluster.connect(
                  options, surroundings(env), Clock.systemUTC(), registries, live.namespaces());
          cluster.begin();
          return new LiveSource(cluster, registries, live, env);
        });
  }

  static List<String> contexts(Optional<Path> kubeconfig, Map<String, String> env) {
    ConnectionOptions options =
        kubeconfig
            .map(ConnectionOptions.defaults()::withKubeconfig)
            .orElse(ConnectionOptions.defaults());
    return reached(() -> LiveCluster.contexts(options, surroundings(env)));
  }

  private static Surroundings surroundings(Map<String, String> env) {
    Surroundings process = Surroundings.ofThisProcess();
    return new Surroundings(env, process.home(), process.serviceAccount(), process.interactive());
  }

  /// The reason why a cluster cannot be used, in the words of a command.
  private static <T> T reached(Supplier<T> question) {
    try {
      return question.get();
    } catch (UnusableCluster e) {
      String what = e.what().startsWith("no ") ? "there is " + e.what() : "cannot use " + e.what();
      throw new CommandException(what, e.why(), e.next(), e);
    }
  }

  @Override
  public ClusterReader reader() {
    // Ages count from the look that they are seen in, not from the start of a watch.
    Instant now = Instant.now();
    return new ClusterReader() {
      @Override
      public Map<Inquiry, Observation<Answer>> ask(Collection<? extends Inquiry> inquiries) {
        return reached(() -> cluster.ask(inquiries));
      }

      @Override
      public Instant takenAt() {
        return now;
      }

      @Override
      public void close() {
        // Whoever opened the cluster closes it.
      }
    };
  }

  @Override
  public Optional<String> namespace() {
    return cluster.defaultNamespace().or(() -> Optional.of("default"));
  }

  @Override
  public Backend.Changes changes(Optional<String> namespace) {
    ReleaseChanges changes = cluster.changes(namespace.orElse(""));
    try {
      changes.awaitBeginning(BEGINNING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new Backend.Changes() {
      @Override
      public void await(Duration atMost) throws InterruptedException {
        ReleaseChanges.Tick tick = changes.await(atMost, SETTLE);
        if (tick == ReleaseChanges.Tick.QUIET && changes.trouble().isPresent()) {
          // Without a watch, looking again after a while is all that is left.
          Thread.sleep(SETTLE);
        }
      }

      @Override
      public void close() {
        changes.close();
      }
    };
  }

  @Override
  public UnaryOperator<String> mask(Evidence evidence) {
    return Redactor.of(evidence, List.of())::text;
  }

  @Override
  public Backend.Saved save(Evidence evidence, Path out, Backend.SaveOptions options) {
    return SnapshotFile.write(evidence, List.of(), out, options);
  }

  @Override
  public HttpAnswer visit(Traffic.Target service, Duration atMost) {
    return cluster.ask(
        service.namespace(),
        service.service(),
        service.port(),
        service.tls(),
        service.path(),
        atMost);
  }

  @Override
  public Backend.Acting acting() {
    ClusterWriter writer = cluster.writer();
    List<String> flags = new ArrayList<>();
    live.kubeconfig().ifPresent(f -> flags.addAll(List.of("--kubeconfig", f.toString())));
    live.context().ifPresent(c -> flags.addAll(List.of("--kube-context", c)));
    live.asUser().ifPresent(u -> flags.addAll(List.of("--kube-as-user", u)));
    live.asGroups().forEach(g -> flags.addAll(List.of("--kube-as-group", g)));
    HelmClient helm = new HelmBinary(env.getOrDefault("REFLOAT_HELM", "helm"), flags, env);
    return new Backend.Acting() {
      @Override
      public ClusterWriter writer() {
        return writer;
      }

      @Override
      public HelmClient helm() {
        return helm;
      }
    };
  }

  @Override
  public Backend.Rehearsal rehearsal() {
    DryRuns dryRuns = cluster.dryRuns();
    return new Backend.Rehearsal() {
      @Override
      public Observation<Resource> namespace(String name) {
        return dryRuns.namespace(name);
      }

      @Override
      public DryRun send(Resource object, Trial.Way way) {
        return switch (way) {
          case KUSTOMIZE, HELM -> dryRuns.apply(object, way.manager());
          case HELM_CREATES -> dryRuns.create(object, way.manager());
        };
      }
    };
  }

  @Override
  public String title() {
    return "cluster " + cluster.description();
  }

  @Override
  public void close() {
    registries.close();
    cluster.close();
  }
}
