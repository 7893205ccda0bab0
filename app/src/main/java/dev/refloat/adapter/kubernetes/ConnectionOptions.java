package dev.refloat.adapter.kubernetes;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the command line says about the connection; the rest comes from the kubeconfig.
///
/// @param kubeconfig `--kubeconfig`: this file only, instead of `KUBECONFIG` and `~/.kube/config`
/// @param context `--context`
/// @param user `--as`
/// @param groups `--as-group`
/// @param uid `--as-uid`
/// @param requestTimeout how long one request may stay without an answer, and its body without
///     progress
public record ConnectionOptions(
    Optional<Path> kubeconfig,
    Optional<String> context,
    Optional<String> user,
    List<String> groups,
    Optional<String> uid,
    Duration requestTimeout) {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  public ConnectionOptions {
    groups = List.copyOf(groups);
  }

  public static ConnectionOptions defaults() {
    return new ConnectionOptions(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        DEFAULT_TIMEOUT);
  }

  public ConnectionOptions withKubeconfig(Path file) {
    return new ConnectionOptions(Optional.of(file), context, user, groups, uid, requestTimeout);
  }

  public ConnectionOptions withContext(String name) {
    return new ConnectionOptions(kubeconfig, Optional.of(name), user, groups, uid, requestTimeout);
  }

  public ConnectionOptions as(String name, List<String> inGroups) {
    return new ConnectionOptions(
        kubeconfig, context, Optional.of(name), inGroups, uid, requestTimeout);
  }

  public ConnectionOptions withRequestTimeout(Duration timeout) {
    return new ConnectionOptions(kubeconfig, context, user, groups, uid, timeout);
  }
}
