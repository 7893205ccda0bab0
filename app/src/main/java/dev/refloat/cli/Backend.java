package dev.refloat.cli;

import dev.refloat.evidence.BlindSpot;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Baseline;
import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.DryRun;
import dev.refloat.lint.Finding;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Settings;
import dev.refloat.lint.Sources;
import dev.refloat.lint.Trial;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.port.BackupStore;
import dev.refloat.port.ClusterReader;
import dev.refloat.port.ClusterWriter;
import dev.refloat.port.HelmClient;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import dev.refloat.recovery.Performer;
import dev.refloat.rule.RuleBook;
import dev.refloat.validation.Traffic;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What the commands need from the rest of the program. `wiring` implements it; nothing is opened
/// before a command asks for it, so that a command loads only what it uses.
public interface Backend {

  /// Opens a cluster.
  ///
  /// @throws CommandException when there is none: no kubeconfig, no such context, not a snapshot
  Cluster open(ClusterSource source, Map<String, String> env);

  /// The failure classes: the built-in ones and those of the folder.
  ///
  /// @throws CommandException when the folder is not a catalog, with file and line
  Knowledge knowledge(Optional<Path> catalog);

  /// Masks what looks secret, where nothing is known of a cluster.
  UnaryOperator<String> mask();

  /// The contexts of the kubeconfig, for completion.
  List<String> contexts(Optional<Path> kubeconfig, Map<String, String> env);

  /// The rights that a command needs; nothing when it asks no cluster.
  Needed permissions(String command, Grant grant);

  String version();

  /// An open cluster.
  interface Cluster extends AutoCloseable {
    ClusterReader reader();

    /// The namespace of the context; nothing for a snapshot, which has none.
    Optional<String> namespace();

    /// Starts to watch the releases, so that nothing that happens from now on is missed.
    ///
    /// @param namespace empty: everywhere
    Changes changes(Optional<String> namespace);

    /// Masks what is secret in this cluster, in texts that were made from this evidence.
    UnaryOperator<String> mask(Evidence evidence);

    /// Writes what was read as a snapshot.
    ///
    /// @throws CommandException when it cannot be written
    Saved save(Evidence evidence, Path out, SaveOptions options);

    /// Asks a Service through the API server.
    ///
    /// @throws CommandException for a snapshot, in which nothing answers
    HttpAnswer visit(Traffic.Target service, Duration atMost);

    /// What can be done to it.
    ///
    /// @throws CommandException for a snapshot, which cannot be changed
    Acting acting();

    /// What it would say to objects.
    ///
    /// @throws CommandException for a snapshot, which says nothing
    Rehearsal rehearsal();

    /// How it is called in messages: `context prod`, `snapshot incident.tgz`.
    String title();

    @Override
    void close();
  }

  /// The recoveries on this machine, with their journals and backups.
  Recoveries recoveries(Map<String, String> env);

  /// Edits in a working tree.
  ///
  /// @param repository nothing when there is none: then edits are refused
  Performer.GitEditor git(Optional<Path> repository, Evidence evidence);

  /// Reads what Flux would apply from repositories.
  ///
  /// @param paths files and folders that are asked for
  /// @throws CommandException when one is not there or cannot be read
  Repository repository(List<Path> paths);

  /// The same as it was where the checked out branch and a revision part.
  ///
  /// @throws CommandException when the paths lie in no clone, or git does not know the revision
  Repository repository(List<Path> paths, String revision);

  /// The files that differ between a revision and the working tree, relative to the root of their
  /// repository.
  Set<String> changed(List<Path> paths, String revision);

  /// Works out the fixes of findings, one answer for each repository.
  List<Mending> mend(List<Path> paths, List<Finding> findings);

  /// Edits of files that make findings go away.
  interface Mending {
    /// Unified, of all files.
    String diff();

    List<Finding> done();

    List<NotMended> refused();

    /// Writes the files.
    ///
    /// @throws CommandException when one has changed meanwhile or cannot be written
    void write();
  }

  /// A fix that a program cannot make safely.
  ///
  /// @param reason with file and line
  record NotMended(Finding finding, String reason) {}

  /// Renders releases of a repository.
  ///
  /// @throws CommandException when the cache cannot be used
  Renderer renderer(RenderOptions options, Map<String, String> env);

  /// How releases are rendered.
  ///
  /// @param offline whether only charts are used that are in the cache or the repository
  /// @param kubeVersion that charts are told; empty for Helm's own default
  /// @param kept of the repository, which may say where the files of other sources are
  record RenderOptions(boolean offline, String kubeVersion, Kept kept) {}

  /// Makes of releases what Flux would apply.
  interface Renderer extends AutoCloseable {
    /// Renders releases of one cluster, as many at a time as there are processors.
    ///
    /// @param before the cluster before the change: what it has is upgraded, not installed
    /// @param sources of the repository, for charts that lie in it
    Map<ObjectRef, Rendering> render(
        dev.refloat.lint.Cluster cluster,
        Optional<dev.refloat.lint.Cluster> before,
        Collection<Declared> releases,
        Sources sources);

    /// The tags of an image's repository, newest first.
    Observation<List<String>> tags(
        dev.refloat.lint.Cluster cluster, String image, String namespace, List<String> pullSecrets);

    @Override
    void close();
  }

  /// The rules over repositories.
  List<Check> checks();

  /// Brings a recorded cluster to life on loopback, for the demonstration.
  ///
  /// @param snapshot a folder, into which its kubeconfig is written
  /// @throws CommandException when it cannot be started
  Played play(Path snapshot);

  /// A cluster that is played.
  interface Played extends AutoCloseable {
    Path kubeconfig();

    String url();

    @Override
    void close();
  }

  /// Asks an address of the web, from this machine.
  HttpAnswer visit(URI address, Duration atMost, Map<String, String> env);

  /// The page of a rule over repositories, in Markdown.
  Optional<String> rulePage(String rule);

  /// What a repository keeps for Refloat.
  ///
  /// @param path somewhere in the repository
  /// @param settings instead of its `.refloat.yaml`
  /// @param baseline instead of its `.refloat/baseline.json`
  Kept kept(Path path, Optional<Path> settings, Optional<Path> baseline);

  /// The files that a repository keeps for Refloat. Everything throws [CommandException] when a
  /// file
  /// cannot be used, with file and line.
  interface Kept {
    /// Those without the file when there is none.
    Settings settings();

    /// The folder of the settings.
    Path root();

    /// Empty when there is none.
    Baseline baseline();

    /// Nothing when there is none.
    Learnt learnt();

    /// Writes the baseline and tells where.
    Path write(Baseline baseline);

    /// Writes what was learnt and tells where.
    Path write(Learnt learnt);
  }

  /// Sends objects to an API server that it is to judge and not to store.
  interface Rehearsal {
    /// A namespace as it is now.
    Observation<Resource> namespace(String name);

    /// Asks about one object.
    ///
    /// @param way how Flux would send it
    DryRun send(Resource object, Trial.Way way);
  }

  /// The ways to change a cluster.
  interface Acting {
    ClusterWriter writer();

    HelmClient helm();
  }

  /// Keeps other processes on this machine out of one recovery, until it is closed or this process
  /// ends.
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }

  /// Journals and backups. Everything throws [CommandException] when the disk does not play along.
  interface Recoveries {
    /// Takes a recovery for this process alone.
    ///
    /// @throws CommandException when another process is carrying this recovery out
    Lock lock(String id);

    /// Appends an entry and waits until it is on disk.
    void append(String id, Entry entry);

    Journal read(String id);

    /// Newest first.
    List<String> ids();

    BackupStore backups();

    /// Where they are.
    String place();
  }

  /// What happens in a cluster.
  interface Changes extends AutoCloseable {
    /// Returns after the next change, or after this time.
    void await(Duration atMost) throws InterruptedException;

    @Override
    void close();
  }

  /// The catalog.
  interface Knowledge {
    RuleBook rules();

    /// The page of a failure class, in Markdown.
    Optional<String> page(String cause);
  }

  /// What is granted, and to whom.
  ///
  /// @param namespace in this one alone; else in the whole cluster
  /// @param secrets whether Secrets may be read too
  record Grant(Optional<String> namespace, boolean secrets, Subject subject) {}

  /// Who gets rights.
  ///
  /// @param kind as RBAC calls it: `Group`, `User` or `ServiceAccount`
  /// @param namespace of a service account
  record Subject(String kind, String name, Optional<String> namespace) {}

  /// What a command needs in a cluster.
  ///
  /// @param objects roles and bindings to apply
  record Needed(List<Right> rights, List<Json.Obj> objects) {
    public Needed {
      rights = List.copyOf(rights);
      objects = List.copyOf(objects);
    }
  }

  /// What may be done with one resource.
  ///
  /// @param group empty for the core group
  /// @param why what the command needs it for
  record Right(String group, String resource, List<String> verbs, boolean namespaced, String why) {
    public Right {
      verbs = List.copyOf(verbs);
    }
  }

  /// How a snapshot is written.
  ///
  /// @param maxBytes what all files may have together; what does not fit is left out
  /// @param force whether an existing snapshot is replaced
  record SaveOptions(boolean includeSecrets, long maxBytes, boolean force) {}

  /// What was written.
  ///
  /// @param masked how many secret values were replaced
  /// @param leftOut what did not fit
  record Saved(int objects, int logs, long bytes, long masked, List<BlindSpot> leftOut) {
    public Saved {
      leftOut = List.copyOf(leftOut);
    }
  }
}
