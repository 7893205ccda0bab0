package dev.refloat.wiring;

import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.adapter.snapshot.SnapshotCluster;
import dev.refloat.cli.Backend;
import dev.refloat.cli.CommandException;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HttpAnswer;
import dev.refloat.port.ClusterReader;
import dev.refloat.redact.Redactor;
import dev.refloat.validation.Traffic;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A cluster on disk for the commands.
final class SnapshotSource implements Backend.Cluster {
  private final SnapshotCluster cluster;
  private final Path path;

  private SnapshotSource(SnapshotCluster cluster, Path path) {
    this.cluster = cluster;
    this.path = path;
  }

  static SnapshotSource open(Path path) {
    try {
      return new SnapshotSource(SnapshotCluster.open(path), path);
    } catch (MalformedInput e) {
      throw new CommandException(
          "cannot use snapshot " + path,
          e.getMessage(),
          "a snapshot is a folder, .tgz or .zip with Kubernetes objects in JSON or YAML",
          e);
    } catch (NoSuchFileException e) {
      throw new CommandException("there is no snapshot " + path, null, "check the path", e);
    } catch (AccessDeniedException e) {
      throw new CommandException(
          "cannot read snapshot " + path, "permission denied: " + e.getFile(), null, e);
    } catch (IOException e) {
      throw new CommandException("cannot read snapshot " + path, e.toString(), null, e);
    }
  }

  @Override
  public ClusterReader reader() {
    return cluster;
  }

  @Override
  public Optional<String> namespace() {
    return Optional.empty();
  }

  @Override
  public Backend.Changes changes(Optional<String> namespace) {
    throw new IllegalStateException("a snapshot does not change");
  }

  @Override
  public UnaryOperator<String> mask(Evidence evidence) {
    return Redactor.of(evidence, cluster.secretValues())::text;
  }

  @Override
  public Backend.Saved save(Evidence evidence, Path out, Backend.SaveOptions options) {
    return SnapshotFile.write(evidence, cluster.secretValues(), out, options);
  }

  @Override
  public HttpAnswer visit(Traffic.Target service, Duration atMost) {
    throw new CommandException(
        "nothing answers in a snapshot", "it is a cluster on disk", "leave --in-cluster out");
  }

  @Override
  public Backend.Acting acting() {
    throw new CommandException(
        "a snapshot cannot be changed", "it is a cluster on disk", "leave --from out");
  }

  @Override
  public Backend.Rehearsal rehearsal() {
    throw new CommandException(
        "a snapshot cannot be asked about new objects",
        "it is a cluster on disk",
        "leave --from out");
  }

  @Override
  public String title() {
    return "snapshot " + path;
  }

  @Override
  public void close() {
    cluster.close();
  }
}
