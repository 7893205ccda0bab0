package dev.refloat.plan;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.ReleaseView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Everything a plan is made from: one release, what belongs to it, what was diagnosed, what was
/// asked for.
public record Situation(
    Evidence evidence, Belongings belongings, Diagnosis diagnosis, Wishes wishes) {

  private static final Duration LEAST_FOR_HELM = Duration.ofMinutes(2);

  public static Situation of(Resource release, Evidence evidence, Diagnosis d, Wishes wishes) {
    return new Situation(
        evidence, new Belongings(ReleaseView.of(release, evidence), evidence), d, wishes);
  }

  public ReleaseView view() {
    return belongings.view();
  }

  public Resource resource() {
    return view().resource();
  }

  public ObjectRef release() {
    return view().ref().object();
  }

  /// `NAME -n NAMESPACE`, for commands.
  public String named() {
    return view().ref().name() + " -n " + view().ref().namespace();
  }

  /// The newest revision in Helm storage, 0 when there is none.
  public int newestRevision() {
    return belongings.records().stream()
        .findFirst()
        .flatMap(r -> r.label("version"))
        .map(v -> (int) Json.from(v).integer(0))
        .orElse(0);
  }

  public Optional<HelmRecord> newestRecord() {
    return belongings.newestRecord();
  }

  /// The Kustomization that applies the release.
  public Optional<Resource> owner() {
    return resource()
        .label("kustomize.toolkit.fluxcd.io/name")
        .flatMap(
            name ->
                evidence.find(
                    Kind.KUSTOMIZATION,
                    resource().label("kustomize.toolkit.fluxcd.io/namespace").orElse(""),
                    name));
  }

  /// Whether anything in Git or in another controller declares the release, so that it comes back
  /// after a deletion.
  public boolean managed() {
    return resource().label("kustomize.toolkit.fluxcd.io/name").isPresent()
        || resource().label("resourceset.fluxcd.controlplane.io/name").isPresent()
        || resource().label("helm.toolkit.fluxcd.io/name").isPresent();
  }

  /// How long an attempt may take: every wait and every hook has a clock of its own, and a
  /// remediation
  /// may follow (flux-facts §1.1, §6.7).
  public Duration attempt() {
    return view().timeout().multipliedBy(3).plusMinutes(2);
  }

  /// How long Helm may wait when Refloat calls it: not less than a slow start of pods needs.
  public Duration helmLimit() {
    Duration own = view().timeout();
    return own.compareTo(LEAST_FOR_HELM) < 0 ? LEAST_FOR_HELM : own;
  }

  /// Finds an object of the release, or elsewhere, by kind and name.
  public Optional<Resource> object(String kind, String namespace, String name) {
    for (Resource r : belongings.objects()) {
      if (r.kind().equalsIgnoreCase(kind)
          && r.name().equals(name)
          && (namespace.isEmpty() || r.namespace().equals(namespace))) {
        return Optional.of(r);
      }
    }
    return evidence.objects().stream()
        .filter(
            r ->
                r.kind().equalsIgnoreCase(kind)
                    && r.name().equals(name)
                    && (namespace.isEmpty()
                        || r.namespace().isEmpty()
                        || r.namespace().equals(namespace)))
        .findFirst();
  }

  /// The claims of the release, those of its StatefulSets' templates included.
  public List<Resource> claims() {
    return belongings.claims();
  }

  /// The volume that a claim is bound to, when it was read.
  public Optional<Resource> volumeOf(Resource claim) {
    String name = claim.spec("volumeName").text();
    return name.isEmpty() ? Optional.empty() : evidence.find(Kind.PERSISTENT_VOLUME, "", name);
  }
}
