package dev.refloat.signal;

import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.SourceChain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The source chain. The one that is deepest in trouble comes first: a missing repository before
/// the
/// chart that cannot be made from it.
final class SourceSignals {

  private SourceSignals() {}

  static void read(Belongings b, List<Signal> out) {
    List<Signal> found = new ArrayList<>();
    for (SourceChain.Link link : SourceChain.of(b.view(), b.evidence())) {
      found.add(signal(b.view(), link));
    }
    found.sort(Comparator.comparingInt(SourceSignals::calm));
    out.addAll(found);
  }

  private static int calm(Signal s) {
    boolean trouble = s.get("ready").equals("false") || s.get("exists").equals("false");
    return trouble ? (s.get("role").equals("source") ? 0 : 1) : 2;
  }

  private static Signal signal(ReleaseView v, SourceChain.Link link) {
    Signal.Builder s =
        Signal.of(SignalKind.SOURCE, link.ref())
            .with("role", link.role())
            .with("kind", link.ref().kind())
            .with("namespace", link.ref().namespace())
            .with("name", link.ref().name())
            .with(
                "exists",
                link.resource().isPresent() ? "true" : link.missing() ? "false" : "unknown");
    if (link.resource().isEmpty()) {
      return s.says("metadata.name", link.missing() ? "not found" : "not seen").build();
    }
    Resource r = link.resource().get();
    Optional<Condition> ready = r.condition("Ready");
    Optional<Condition> stalled = r.condition("Stalled").filter(Condition::isTrue);
    // a static HelmRepository of type oci has no status at all (flux-facts §2.5)
    boolean staticOci = r.kind().equals("HelmRepository") && r.spec("type").text().equals("oci");
    Optional<Condition> telling = tellingCondition(r, ready, stalled);
    Json artifact = r.status("artifact");
    boolean fetchFails = r.condition("FetchFailed").map(Condition::isTrue).orElse(false);
    s.says(
            telling.map(c -> "status.conditions[" + c.type() + "].message").orElse("status"),
            telling.map(Condition::message).orElse(staticOci ? "static" : "no conditions"))
        .at(telling.flatMap(Condition::since))
        .with(
            "ready",
            staticOci
                ? "true"
                : fetchFails
                    ? "false"
                    : ready
                        .map(c -> c.isTrue() ? "true" : c.isFalse() ? "false" : "unknown")
                        .orElse("unknown"))
        .with("reason", telling.map(Condition::reason).orElse(""))
        .with("message", telling.map(Condition::message).orElse(""))
        .with("suspended", r.spec("suspend").isTrue())
        .with("stalled", stalled.isPresent())
        .with("has-artifact", artifact.exists())
        .with("revision", artifact.get("revision").text())
        .with("url", withoutCredentials(r.spec("url").text(r.spec("endpoint").text())))
        .with("chart", r.spec("chart").text(v.chartName()))
        .with(
            "version",
            r.spec("version").text(r.spec("ref", "semver").text(r.spec("ref", "tag").text())))
        .with("secret", r.spec("secretRef", "name").text(r.spec("certSecretRef", "name").text()))
        .with("type", r.spec("type").text("default"))
        .with("stale", stale(v, r, artifact));
    return s.build();
  }

  /// Ready says what happened last; a verification failure has a condition of its own.
  private static Optional<Condition> tellingCondition(
      Resource r, Optional<Condition> ready, Optional<Condition> stalled) {
    return r.condition("SourceVerified")
        .filter(Condition::isFalse)
        .or(() -> ready.filter(Condition::isTrue).isPresent() ? ready : Optional.empty())
        .or(() -> ready.filter(c -> c.isFalse() && !c.message().isEmpty()))
        .or(() -> stalled)
        .or(() -> r.condition("FetchFailed").filter(Condition::isTrue))
        .or(() -> ready);
  }

  /// Whether this object holds a newer chart than the release has tried, for longer than its
  /// interval.
  private static boolean stale(ReleaseView v, Resource r, Json artifact) {
    String revision = artifact.get("revision").text();
    String tried = v.resource().status("lastAttemptedRevision").text();
    if (!r.kind().equals("HelmChart")
        || revision.isEmpty()
        || tried.isEmpty()
        || tried.contains("+")) {
      return false;
    }
    Optional<Instant> since = Times.parse(artifact.get("lastUpdateTime"));
    Duration patience = v.interval().multipliedBy(2).plusMinutes(1);
    return !revision.equals(tried)
        && since.map(t -> Duration.between(t, v.now()).compareTo(patience) > 0).orElse(false);
  }

  /// URLs may carry a user and password.
  private static String withoutCredentials(String url) {
    return url.indexOf('@') < 0 ? url : url.replaceFirst("//[^/@\\s]+@", "//");
  }
}
