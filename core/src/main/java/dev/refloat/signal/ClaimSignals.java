package dev.refloat.signal;

import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.Belongings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The claims of a release with their class and volume.
final class ClaimSignals {

  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

  private ClaimSignals() {}

  static void read(Belongings b, List<Signal> out) {
    Evidence evidence = b.evidence();
    for (Resource claim : b.claims()) {
      out.add(signal(b, evidence, claim));
    }
    missingClaims(b, out);
  }

  private static Signal signal(Belongings b, Evidence evidence, Resource claim) {
    String className = claim.spec("storageClassName").text();
    Optional<Resource> storageClass = evidence.find(Kind.STORAGE_CLASS, "", className);
    boolean classesKnown = evidence.knows(Kind.STORAGE_CLASS, "");
    String phase = claim.status("phase").text("Pending");
    return Signal.of(SignalKind.CLAIM, claim.ref())
        .says("status.phase", phase)
        .at(claim.created())
        .with("namespace", claim.namespace())
        .with("name", claim.name())
        .with("phase", phase)
        .with("class", className)
        .with(
            "class-exists",
            className.isEmpty() || !classesKnown
                ? "unknown"
                : storageClass.isPresent() ? "true" : "false")
        .with(
            "class-default",
            !classesKnown
                ? "unknown"
                : evidence.all(Kind.STORAGE_CLASS).stream()
                        .anyMatch(
                            c -> c.annotation(DEFAULT_CLASS).map("true"::equals).orElse(false))
                    ? "true"
                    : "false")
        .with("provisioner", storageClass.map(c -> c.at("provisioner").text()).orElse(""))
        .with("binding-mode", storageClass.map(c -> c.at("volumeBindingMode").text()).orElse(""))
        .with("volume", claim.spec("volumeName").text())
        .with("message", newestEvent(evidence, claim))
        .with(
            "age",
            claim.created().map(t -> Times.display(Duration.between(t, b.view().now()))).orElse(""))
        .with("size", claim.spec("resources", "requests", "storage").text())
        .build();
  }

  private static String newestEvent(Evidence evidence, Resource claim) {
    return evidence.eventsAbout(claim.namespace(), claim.name()).stream()
        .filter(e -> e.at("involvedObject", "kind").text().equals("PersistentVolumeClaim"))
        .filter(e -> e.at("involvedObject", "name").text().equals(claim.name()))
        .filter(e -> e.at("type").text().equals("Warning"))
        .max(java.util.Comparator.comparing(EventSignals::timeText))
        .map(e -> e.at("message").text())
        .orElse("");
  }

  /// Pods that mount a claim which does not exist.
  private static void missingClaims(Belongings b, List<Signal> out) {
    Evidence evidence = b.evidence();
    for (Resource pod : b.pods()) {
      if (!evidence.knows(Kind.PERSISTENT_VOLUME_CLAIM, pod.namespace())) {
        continue;
      }
      for (Json volume : pod.spec("volumes").list()) {
        String name = volume.at("persistentVolumeClaim", "claimName").text();
        if (!name.isEmpty()
            && evidence.find(Kind.PERSISTENT_VOLUME_CLAIM, pod.namespace(), name).isEmpty()) {
          out.add(
              Signal.of(
                      SignalKind.CLAIM,
                      new ObjectRef("v1", "PersistentVolumeClaim", pod.namespace(), name))
                  .says("metadata.name", "not found, mounted by Pod " + pod.name())
                  .with("namespace", pod.namespace())
                  .with("name", name)
                  .with("phase", "Missing")
                  .build());
        }
      }
    }
  }
}
