package dev.refloat.port;

import java.time.Duration;
import java.util.Optional;

/// Helm itself, for what Flux cannot do. It acts as field manager `helm`, whatever its caller is
/// called (experiments 19).
public interface HelmClient {

  /// Why Helm cannot be used here; nothing when it can.
  Optional<String> missing();

  /// `helm rollback REVISION --force-conflicts --wait`.
  ///
  /// @throws HelmFailure with Helm's own words
  void rollback(String storageNamespace, String release, int revision, Duration timeout);

  /// `helm uninstall --no-hooks`. A release that is not there counts as uninstalled.
  ///
  /// @throws HelmFailure with Helm's own words
  void uninstall(String storageNamespace, String release, Duration timeout);

  /// `helm test`: runs the chart's tests on the newest revision.
  ///
  /// @throws HelmFailure with Helm's own words, when one fails or none could be run
  void test(String storageNamespace, String release, Duration timeout);

  /// What Helm said.
  final class HelmFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public HelmFailure(String message) {
      super(message);
    }
  }
}
