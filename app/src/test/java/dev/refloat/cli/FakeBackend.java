package dev.refloat.cli;

import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Baseline;
import dev.refloat.lint.Check;
import dev.refloat.lint.Finding;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Settings;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.plan.Effect;
import dev.refloat.port.ClusterReader;
import dev.refloat.recovery.Performer;
import dev.refloat.rule.RuleBook;
import dev.refloat.validation.Traffic;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A cluster in memory, with switches for what can go wrong.
final class FakeBackend implements Backend {
  static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  final List<Resource> releases = new ArrayList<>();
  final List<ClusterSource> opened = new ArrayList<>();
  final List<Grant> granted = new ArrayList<>();
  Changes changes =
      new Changes() {
        @Override
        public void await(Duration atMost) throws InterruptedException {
          throw new InterruptedException("nothing happens");
        }

        @Override
        public void close() {
          // Nothing is open.
        }
      };
  boolean withoutFlux;
  @Nullable String unreadable;
  @Nullable RuntimeException breaksWith;

  FakeBackend release(String namespace, String name, boolean ready) {
    Map<String, Object> condition =
        Map.of(
            "type",
            "Ready",
            "status",
            ready ? "True" : "False",
            "reason",
            ready ? "InstallSucceeded" : "InstallFailed",
            "message",
            ready ? "Helm install succeeded" : "Helm install failed",
            "observedGeneration",
            1,
            "lastTransitionTime",
            "2026-11-23T11:00:00Z");
    releases.add(
        Resource.of(
            Json.from(
                Map.of(
                    "apiVersion", "helm.toolkit.fluxcd.io/v2",
                    "kind", "HelmRelease",
                    "metadata",
                        Map.of(
                            "namespace",
                            namespace,
                            "name",
                            name,
                            "generation",
                            1,
                            "uid",
                            namespace + name,
                            "labels",
                            Map.of("team", namespace)),
                    "spec", Map.of("interval", "10m"),
                    "status", Map.of("observedGeneration", 1, "conditions", List.of(condition))))));
    return this;
  }

  @Override
  public Cluster open(ClusterSource source, Map<String, String> env) {
    opened.add(source);
    if (breaksWith != null) {
      throw breaksWith;
    }
    boolean live = source instanceof ClusterSource.Live;
    return new Cluster() {
      @Override
      public ClusterReader reader() {
        return new Reader();
      }

      @Override
      public Optional<String> namespace() {
        return live ? Optional.of("default") : Optional.empty();
      }

      @Override
      public Changes changes(Optional<String> namespace) {
        return FakeBackend.this.changes;
      }

      @Override
      public UnaryOperator<String> mask(Evidence evidence) {
        return FakeBackend.this.mask();
      }

      @Override
      public Saved save(Evidence evidence, Path out, SaveOptions options) {
        return new Saved(evidence.objects().size(), 0, 2048, 3, List.of());
      }

      @Override
      public HttpAnswer visit(Traffic.Target service, Duration atMost) {
        return HttpAnswer.none("nothing answers");
      }

      @Override
      public Acting acting() {
        throw new CommandException("this cluster is only looked at", null, null);
      }

      @Override
      public Rehearsal rehearsal() {
        throw new UnsupportedOperationException("nothing is sent to it");
      }

      @Override
      public String title() {
        return live ? "context test" : "the snapshot";
      }

      @Override
      public void close() {
        // Nothing is open.
      }
    };
  }

  @Override
  public Recoveries recoveries(Map<String, String> env) {
    throw new CommandException("there is no place for recoveries", null, null);
  }

  @Override
  public Repository repository(List<Path> paths, String revision) {
    throw new CommandException(revision + " cannot be read", null, null);
  }

  @Override
  public Set<String> changed(List<Path> paths, String revision) {
    return Set.of();
  }

  @Override
  public List<Mending> mend(List<Path> paths, List<Finding> findings) {
    return List.of();
  }

  @Override
  public Repository repository(List<Path> paths) {
    throw new CommandException(paths + " cannot be read", null, null);
  }

  @Override
  public Kept kept(Path path, Optional<Path> settings, Optional<Path> baseline) {
    return new Kept() {
      @Override
      public Path root() {
        return path;
      }

      @Override
      public Settings settings() {
        return Settings.NONE;
      }

      @Override
      public Baseline baseline() {
        return Baseline.EMPTY;
      }

      @Override
      public Learnt learnt() {
        return Learnt.NOTHING;
      }

      @Override
      public Path write(Baseline known) {
        throw new CommandException("there is no repository", null, null);
      }

      @Override
      public Path write(Learnt learnt) {
        throw new CommandException("there is no repository", null, null);
      }
    };
  }

  @Override
  public Optional<String> rulePage(String rule) {
    return Optional.empty();
  }

  @Override
  public List<Check> checks() {
    return List.of();
  }

  @Override
  public Performer.GitEditor git(Optional<Path> repository, Evidence evidence) {
    return new Performer.GitEditor() {
      @Override
      public String preview(Effect.Edit edit) {
        throw new GitRefusal("there is no working tree");
      }

      @Override
      public String edit(Effect.Edit edit, String recovery) {
        throw new GitRefusal("there is no working tree");
      }
    };
  }

  private final class Reader implements ClusterReader {
    @Override
    public Map<Inquiry, Observation<Answer>> ask(Collection<? extends Inquiry> inquiries) {
      Map<Inquiry, Observation<Answer>> answers = new HashMap<>();
      inquiries.forEach(i -> answers.put(i, answer(i)));
      return answers;
    }

    private Observation<Answer> answer(Inquiry inquiry) {
      if (inquiry instanceof Inquiry.ListOf(var kind, var namespace) && kind == Kind.HELM_RELEASE) {
        if (unreadable != null) {
          return new Observation.Unreadable<>(unreadable);
        }
        if (withoutFlux) {
          return new Observation.Absent<>();
        }
        return new Observation.Seen<>(
            new Answer.Objects(
                releases.stream()
                    .filter(r -> namespace.isEmpty() || r.namespace().equals(namespace))
                    .toList()));
      }
      return inquiry instanceof Inquiry.ListOf
          ? new Observation.Seen<>(new Answer.Objects(List.of()))
          : new Observation.Absent<>();
    }

    @Override
    public Instant takenAt() {
      return NOW;
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @Override
  public Knowledge knowledge(Optional<Path> catalog) {
    return new Knowledge() {
      @Override
      public RuleBook rules() {
        return new RuleBook(List.of());
      }

      @Override
      public Optional<String> page(String cause) {
        return cause.equals("image-pull")
            ? Optional.of("# Image pull\n\nA page.")
            : Optional.empty();
      }
    };
  }

  @Override
  public UnaryOperator<String> mask() {
    return s -> s.replace("hunter2", "******");
  }

  @Override
  public List<String> contexts(Optional<Path> kubeconfig, Map<String, String> env) {
    return List.of("dev", "prod");
  }

  @Override
  public Needed permissions(String command, Grant grant) {
    granted.add(grant);
    return command.equals("diagnose")
        ? new Needed(
            List.of(new Right("", "pods", List.of("get", "list"), true, "to see pods")),
            List.of(
                Json.builder().put("kind", "ClusterRole").build(),
                Json.builder().put("kind", "ClusterRoleBinding").build()))
        : new Needed(List.of(), List.of());
  }

  @Override
  public Renderer renderer(RenderOptions options, Map<String, String> env) {
    throw new CommandException("nothing is rendered here", null, null);
  }

  @Override
  public Played play(Path snapshot) {
    throw new CommandException("nothing is played here", null, null);
  }

  @Override
  public HttpAnswer visit(URI address, Duration atMost, Map<String, String> env) {
    return HttpAnswer.none("nothing answers");
  }

  @Override
  public String version() {
    return "1.2.3";
  }
}
