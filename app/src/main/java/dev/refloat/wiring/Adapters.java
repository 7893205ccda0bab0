package dev.refloat.wiring;

import dev.refloat.cli.Backend;
import dev.refloat.cli.ClusterSource;
import dev.refloat.cli.CommandException;
import dev.refloat.evidence.Evidence;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The composition root: which adapter answers which need of the commands.
final class Adapters implements Backend {

  @Override
  public Cluster open(ClusterSource source, Map<String, String> env) {
    throw missing("reading clusters");
  }

  @Override
  public Knowledge knowledge(Optional<Path> catalog) {
    throw missing("the catalog");
  }

  @Override
  public Saved save(Evidence evidence, Path out, SaveOptions options) {
    throw missing("writing snapshots");
  }

  @Override
  public UnaryOperator<String> mask() {
    return UnaryOperator.identity();
  }

  @Override
  public List<String> contexts(Optional<Path> kubeconfig, Map<String, String> env) {
    return List.of();
  }

  @Override
  public String version() {
    return Version.text();
  }

  private static CommandException missing(String what) {
    return new CommandException(what + " is not part of this build yet", null, null);
  }
}
