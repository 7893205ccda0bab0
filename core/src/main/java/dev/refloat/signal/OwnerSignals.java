package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import java.util.List;
import java.util.Optional;

/// Who applies the HelmRelease: the Kustomization that its labels name (flux-facts §3.6). A
/// Kustomization
/// that fails only because this release is unhealthy is not to blame.
final class OwnerSignals {

  private OwnerSignals() {}

  static void read(Belongings b, List<Signal> out) {
    Resource release = b.view().resource();
    release
        .label("kustomize.toolkit.fluxcd.io/name")
        .ifPresent(
            name ->
                out.add(
                    kustomization(
                        b,
                        name,
                        release
                            .label("kustomize.toolkit.fluxcd.io/namespace")
                            .orElse(release.namespace()))));
    release
        .label("helm.toolkit.fluxcd.io/name")
        .ifPresent(
            name ->
                out.add(
                    parent(
                        b.evidence(),
                        name,
                        release
                            .label("helm.toolkit.fluxcd.io/namespace")
                            .orElse(release.namespace()))));
  }

  private static Signal kustomization(Belongings b, String name, String namespace) {
    Evidence evidence = b.evidence();
    ObjectRef ref =
        new ObjectRef("kustomize.toolkit.fluxcd.io/v1", "Kustomization", namespace, name);
    Optional<Resource> found = evidence.find(ref);
    Signal.Builder s = start(ref, evidence);
    if (found.isEmpty()) {
      return s.says("metadata.name", "not seen").build();
    }
    Resource k = found.get();
    conditions(s, k);
    String message = k.condition("Ready").map(Condition::message).orElse("");
    Json sourceRef = k.spec("sourceRef");
    String sourceNamespace = sourceRef.get("namespace").text(namespace);
    Optional<Resource> source =
        evidence.find(
            "source.toolkit.fluxcd.io",
            sourceRef.get("kind").text(),
            sourceNamespace,
            sourceRef.get("name").text());
    Optional<Condition> sourceReady = source.flatMap(r -> r.condition("Ready"));
    // a Kustomization without an artifact is not at fault: its source is
    boolean sourceAtFault =
        sourceReady.map(Condition::isFalse).orElse(false)
            && k.condition("Ready").map(c -> c.reason().equals("ArtifactFailed")).orElse(false);
    ObjectRef fix = sourceAtFault ? source.map(Resource::ref).orElse(ref) : ref;
    s.with("fix-version", fix.apiVersion())
        .with("fix-kind", fix.kind())
        .with("fix-namespace", fix.namespace())
        .with("fix-name", fix.name());
    return s.with("suspended", k.spec("suspend").isTrue())
        .with("blames-release", blames(message))
        .with("path", k.spec("path").text())
        .with("source-kind", sourceRef.get("kind").text())
        .with("source-namespace", sourceNamespace)
        .with("source-name", sourceRef.get("name").text())
        .with("source-ready", sourceReady.map(c -> c.isTrue() ? "true" : "false").orElse("unknown"))
        .with(
            "source-message",
            sourceReady.filter(Condition::isFalse).map(Condition::message).orElse(""))
        .build();
  }

  /// A health check names what it waits for. When those are HelmReleases, they are the cause and
  /// not the
  /// Kustomization.
  private static boolean blames(String message) {
    return message.contains("HelmRelease/")
        && (message.contains("health check failed")
            || message.contains("timeout waiting for")
            || message.contains("stalled resources"));
  }

  private static Signal parent(Evidence evidence, String name, String namespace) {
    ObjectRef ref = new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", namespace, name);
    Optional<Resource> found = evidence.find(ref);
    Signal.Builder s = start(ref, evidence);
    found.ifPresent(
        r -> {
          conditions(s, r);
          s.with("suspended", r.spec("suspend").isTrue()).with("blames-release", false);
        });
    return s.build();
  }

  private static Signal.Builder start(ObjectRef ref, Evidence evidence) {
    return Signal.of(SignalKind.OWNER, ref)
        .with("kind", ref.kind())
        .with("namespace", ref.namespace())
        .with("name", ref.name())
        .with("exists", evidence.presence(ref).word());
  }

  private static void conditions(Signal.Builder s, Resource r) {
    Optional<Condition> ready = r.condition("Ready");
    s.says(
            "status.conditions[Ready].message",
            ready.map(Condition::message).orElse("no conditions"))
        .at(ready.flatMap(Condition::since))
        .with(
            "ready",
            ready
                .map(c -> c.isTrue() ? "true" : c.isFalse() ? "false" : "unknown")
                .orElse("unknown"))
        .with("reason", ready.map(Condition::reason).orElse(""))
        .with("message", ready.map(Condition::message).orElse(""));
  }
}
