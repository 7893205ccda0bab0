package dev.refloat.diagnosis;

import dev.refloat.model.ObjectRef;
import java.util.List;

/// One link of the chain HelmRelease -> HelmChart -> source -> Helm storage -> workloads -> pods.
///
/// @param role `release`, `chart`, `source`, `owner`, `dependency`, `storage`, `workload`, `pod`,
///     `claim`
/// @param details the lines that matter: conditions, events, log lines
public record ChainLink(
    String role, ObjectRef object, Health health, String text, List<String> details) {

  public ChainLink {
    details = List.copyOf(details);
  }

  public enum Health {
    GOOD,
    BAD,
    WAITING,
    UNKNOWN
  }
}
