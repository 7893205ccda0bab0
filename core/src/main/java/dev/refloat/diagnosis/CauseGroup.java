package dev.refloat.diagnosis;

import dev.refloat.model.ObjectRef;
import java.util.List;

/// Releases that one root keeps from working: "1 cause behind 37 failing releases".
///
/// @param cause the cause at the root
/// @param members the releases, the root release (when it is one) first
public record CauseGroup(String cause, ObjectRef root, String summary, List<Diagnosis> members) {
  public CauseGroup {
    members = List.copyOf(members);
  }
}
