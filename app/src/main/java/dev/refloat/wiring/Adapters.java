package dev.refloat.wiring;

import dev.refloat.adapter.catalog.Catalog;
import dev.refloat.adapter.catalog.CatalogException;
import dev.refloat.adapter.demo.PlayedCluster;
import dev.refloat.adapter.journal.RecoveryFolder;
import dev.refloat.adapter.kubernetes.Permissions;
import dev.refloat.adapter.rules.FluxDefinitions;
import dev.refloat.adapter.rules.KubernetesDefinitions;
import dev.refloat.adapter.rules.RulePages;
import dev.refloat.cli.Backend;
import dev.refloat.cli.ClusterSource;
import dev.refloat.cli.CommandException;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.lint.Check;
import dev.refloat.lint.Finding;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Triage;
import dev.refloat.lint.rule.Rules;
import dev.refloat.recovery.Performer;
import dev.refloat.redact.Redactor;
import dev.refloat.rule.RuleBook;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// The composition root: which adapter answers which need of the commands.
final class Adapters implements Backend {

  @Override
  public Cluster open(ClusterSource source, Map<String, String> env) {
    return switch (source) {
      case ClusterSource.Live live -> LiveSource.open(live, env);
      case ClusterSource.Snapshot snapshot -> SnapshotSource.open(snapshot.path());
    };
  }

  @Override
  public Knowledge knowledge(Optional<Path> directory) {
    Catalog catalog = catalog(directory);
    return new Knowledge() {
      @Override
      public RuleBook rules() {
        return catalog.rules();
      }

      @Override
      public Optional<String> page(String cause) {
        return catalog.pages().markdown(cause);
      }
    };
  }

  private static Catalog catalog(Optional<Path> directory) {
    Catalog builtIn = Catalog.builtIn();
    if (directory.isEmpty()) {
      return builtIn;
    }
    try {
      return builtIn.plus(directory.get());
    } catch (CatalogException e) {
      throw new CommandException(
          "catalog " + directory.get() + " cannot be used",
          String.join("\n", e.problems()),
          "correct these places",
          e);
    }
  }

  @Override
  public UnaryOperator<String> mask() {
    return Redactor.byLook()::text;
  }

  @Override
  public List<String> contexts(Optional<Path> kubeconfig, Map<String, String> env) {
    return LiveSource.contexts(kubeconfig, env);
  }

  @Override
  public Backend.Needed permissions(String command, Grant grant) {
    Subject who = grant.subject();
    return new Backend.Needed(
        Permissions.of(command, grant.namespace().isPresent(), grant.secrets()).stream()
            .map(r -> new Right(r.group(), r.resource(), r.verbs(), r.namespaced(), r.why()))
            .toList(),
        Permissions.objects(
            command,
            grant.namespace(),
            grant.secrets(),
            new Permissions.Subject(who.kind(), who.name(), who.namespace())));
  }

  @Override
  public Recoveries recoveries(Map<String, String> env) {
    return new RecoveriesOnDisk(new RecoveryFolder(RecoveriesOnDisk.place(env)));
  }

  @Override
  public Performer.GitEditor git(Optional<Path> repository, Evidence evidence) {
    return new WorkingTree(repository, evidence);
  }

  @Override
  public Repository repository(List<Path> paths) {
    return WorkingFiles.read(paths);
  }

  @Override
  public Repository repository(List<Path> paths, String revision) {
    return WorkingFiles.read(paths, revision);
  }

  @Override
  public Set<String> changed(List<Path> paths, String revision) {
    return WorkingFiles.changed(paths, revision);
  }

  @Override
  public List<Mending> mend(List<Path> paths, List<Finding> findings) {
    return WorkingFiles.mend(paths, findings);
  }

  @Override
  public Renderer renderer(RenderOptions options, Map<String, String> env) {
    return new ReleaseRendering(options, env);
  }

  @Override
  public List<Check> checks() {
    return Rules.all(FluxDefinitions.bundled(), KubernetesDefinitions::bundled);
  }

  @Override
  public Played play(Path snapshot) {
    try {
      PlayedCluster cluster = PlayedCluster.start(snapshot);
      return new Played() {
        @Override
        public Path kubeconfig() {
          return cluster.kubeconfig();
        }

        @Override
        public String url() {
          return cluster.url();
        }

        @Override
        public void close() {
          cluster.close();
        }
      };
    } catch (IOException e) {
      throw new CommandException(
          "the cluster of the demonstration cannot be started", e.toString(), null, e);
    }
  }

  @Override
  public HttpAnswer visit(URI address, Duration atMost, Map<String, String> env) {
    return RegistryAnswers.visit(address, atMost, env);
  }

  @Override
  public Optional<String> rulePage(String rule) {
    return RulePages.page(rule);
  }

  private List<String> ruleIds() {
    List<String> ids = new ArrayList<>(checks().stream().map(c -> c.info().id()).toList());
    ids.add(Triage.SUPPRESSION.id());
    return ids;
  }

  @Override
  public Kept kept(Path path, Optional<Path> settings, Optional<Path> baseline) {
    return new KeptFiles(path, settings, baseline, this::ruleIds);
  }

  @Override
  public String version() {
    return Version.text();
  }
}
