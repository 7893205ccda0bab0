package dev.refloat.testbed;

/// What reconciles HelmReleases and their sources on a cluster.
public interface FluxControllers extends AutoCloseable {

  /// Stops as a shutdown does: actions in flight are cancelled.
  @Override
  void close();

  /// Ends helm-controller as SIGTERM does: actions in flight are cancelled. It can be started again
  /// with [#restart].
  void stop();

  /// Ends helm-controller as SIGKILL does: what it was doing stays as it is. It can be started
  /// again
  /// with [#restart].
  void kill();

  /// Starts helm-controller again after [#kill] or [#stop].
  void restart();

  /// Why nothing is reconciled; empty while all is well.
  String trouble();
}
