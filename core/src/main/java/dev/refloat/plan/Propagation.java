package dev.refloat.plan;

/// What becomes of the objects that a deleted object owns (Kubernetes `propagationPolicy`).
public enum Propagation {
  BACKGROUND("Background"),
  FOREGROUND("Foreground"),
  ORPHAN("Orphan");

  private final String policy;

  Propagation(String policy) {
    this.policy = policy;
  }

  /// The value of `propagationPolicy`.
  public String policy() {
    return policy;
  }
}
