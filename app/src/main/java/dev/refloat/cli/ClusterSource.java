package dev.refloat.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Which cluster a command reads.
public sealed interface ClusterSource {

  /// A running cluster, found as kubectl finds it.
  ///
  /// @param kubeconfig else `KUBECONFIG`, else `~/.kube/config`, else the service account
  /// @param asUser whom to impersonate
  /// @param namespaces that the user named: looked at where a kind may not be listed everywhere
  /// @param timeout how long one request may stay without an answer
  record Live(
      Optional<Path> kubeconfig,
      Optional<String> context,
      Optional<String> asUser,
      List<String> asGroups,
      List<String> namespaces,
      Duration timeout)
      implements ClusterSource {
    public Live {
      asGroups = List.copyOf(asGroups);
      namespaces = List.copyOf(namespaces);
    }
  }

  /// A cluster on disk: a folder, `.tgz` or `.zip`.
  record Snapshot(Path path) implements ClusterSource {}
}
