package dev.refloat.standin;

import dev.refloat.model.Json;
import java.time.Duration;
import java.util.Optional;

/// The spec of a HelmRelease with its defaults, as helm-controller 1.6 reads it.
record HelmRelease(Json object) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration DEFAULT_RETRY = Duration.ofMinutes(5);
  private static final int LONGEST_NAME = 53;

  String namespace() {
    return object.at("metadata", "namespace").text();
  }

  String name() {
    return object.at("metadata", "name").text();
  }

  String key() {
    return namespace() + "/" + name();
  }

  String path() {
    return "/apis/helm.toolkit.fluxcd.io/v2/namespaces/" + namespace() + "/helmreleases/" + name();
  }

  long generation() {
    return object.at("metadata", "generation").integer(0);
  }

  boolean deleting() {
    return object.at("metadata", "deletionTimestamp").exists();
  }

  String annotation(String name) {
    return object.at("metadata", "annotations", "reconcile.fluxcd.io/" + name).text();
  }

  Json spec(String... path) {
    return object.get("spec").at(path);
  }

  boolean suspended() {
    return spec("suspend").isTrue();
  }

  Duration interval() {
    return GoDuration.parse(spec("interval").text(), DEFAULT_TIMEOUT);
  }

  /// The time limit of an action: `install`, `upgrade`, `rollback`, `uninstall`, `test`.
  Duration timeout(String action) {
    Duration general = GoDuration.parse(spec("timeout").text(), DEFAULT_TIMEOUT);
    return GoDuration.parse(spec(action, "timeout").text(), general);
  }

  String releaseNamespace() {
    return spec("targetNamespace").text(namespace());
  }

  String storageNamespace() {
    return spec("storageNamespace").text(namespace());
  }

  /// The name of the release, before it is shortened.
  String longReleaseName() {
    String target = spec("targetNamespace").text();
    return spec("releaseName").text(target.isEmpty() ? name() : target + "-" + name());
  }

  String releaseName() {
    String name = longReleaseName();
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(0, 40)
            + "-"
            + Digests.of(name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .substring("sha256:".length(), "sha256:".length() + 12);
  }

  Optional<String> user() {
    return spec("serviceAccountName")
        .scalar()
        .map(a -> "system:serviceaccount:" + namespace() + ":" + a);
  }

  boolean testsEnabled() {
    return spec("test", "enable").isTrue();
  }

  boolean ignoresTestFailures() {
    return spec("test", "ignoreFailures").isTrue();
  }

  /// What follows a failed install or upgrade.
  Remediation remediation(String action) {
    Json r = spec(action, "remediation");
    int retries = (int) r.get("retries").integer(0);
    boolean last =
        r.get("remediateLastFailure").exists()
            ? r.get("remediateLastFailure").isTrue()
            : action.equals("upgrade") && retries > 0;
    boolean rollback =
        action.equals("upgrade") && r.get("strategy").text("rollback").equals("rollback");
    boolean ignoreTests =
        r.get("ignoreTestFailures").exists()
            ? r.get("ignoreTestFailures").isTrue()
            : ignoresTestFailures();
    return new Remediation(action + "Failures", retries, last, rollback, ignoreTests);
  }

  /// @param counter the field of the status that counts its failures
  /// @param rollback back to the release before; otherwise uninstall
  record Remediation(
      String counter, int retries, boolean remediateLast, boolean rollback, boolean ignoreTests) {
    boolean exhausted(long failures) {
      return retries >= 0 && failures > retries;
    }
  }

  /// After how long a failed action is simply repeated; empty when it is remediated instead.
  Optional<Duration> retry(String action) {
    return spec(action, "strategy", "name").text().equals("RetryOnFailure")
        ? Optional.of(
            GoDuration.parse(spec(action, "strategy", "retryInterval").text(), DEFAULT_RETRY))
        : Optional.empty();
  }
}
