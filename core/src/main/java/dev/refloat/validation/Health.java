package dev.refloat.validation;

import dev.refloat.model.Condition;
import dev.refloat.model.Resource;
import dev.refloat.release.Workloads;
import java.util.Optional;

/// Whether an object is what its spec wants, by the rules of kstatus (the library by which Flux
/// waits): deletion, generation, the conditions `Reconciling`, `Stalled` and `Ready`, and what is
/// known of single kinds.
final class Health {

  private Health() {}

  /// What is wrong with it.
  ///
  /// @return nothing when it is current
  static Optional<String> problem(Resource object) {
    if (object.deleted().isPresent()) {
      return Optional.of("is being deleted");
    }
    if (object.status("observedGeneration").integer(object.generation()) < object.generation()) {
      return Optional.of("its newest generation was not looked at yet");
    }
    Optional<Condition> stalled = object.condition("Stalled").filter(Condition::isTrue);
    if (stalled.isPresent()) {
      return Optional.of("stalled: " + stalled.get().message());
    }
    Optional<Condition> reconciling = object.condition("Reconciling").filter(Condition::isTrue);
    if (reconciling.isPresent()) {
      return Optional.of("still reconciling: " + reconciling.get().message());
    }
    if (Workloads.KINDS.contains(object.kind())) {
      if (Workloads.failed(object)) {
        return Optional.of("failed");
      }
      return Workloads.healthy(object)
          ? Optional.empty()
          : Optional.of(
              "has " + Workloads.ready(object) + " of " + Workloads.desired(object) + " ready");
    }
    return switch (object.kind()) {
      case "PersistentVolumeClaim" ->
          unless(object.status("phase").text().equals("Bound"), "is not bound");
      case "Service" ->
          unless(
              !object.spec("type").text().equals("LoadBalancer")
                  || !object.status("loadBalancer", "ingress").list().isEmpty(),
              "has no address of a load balancer yet");
      case "CustomResourceDefinition" ->
          unless(
              object.condition("Established").map(Condition::isTrue).orElse(true),
              "is not established");
      default ->
          object
              .condition("Ready")
              .filter(c -> !c.isTrue())
              .map(c -> "not Ready" + (c.message().isEmpty() ? "" : ": " + c.message()));
    };
  }

  private static Optional<String> unless(boolean good, String problem) {
    return good ? Optional.empty() : Optional.of(problem);
  }
}
