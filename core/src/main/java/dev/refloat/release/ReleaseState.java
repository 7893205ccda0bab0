package dev.refloat.release;

/// Where a release stands, in one word. The words are public API (design, Diagnosis JSON).
public enum ReleaseState {
  READY("ready"),
  FAILING("failing"),
  RETRYING("retrying"),
  STALLED("stalled"),
  ROLLED_BACK("rolled-back"),
  IN_FLIGHT("in-flight"),
  SUSPENDED("suspended"),
  WAITING("waiting"),
  NOT_RECONCILED("not-reconciled"),
  DELETING("deleting");

  private final String word;

  ReleaseState(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }
}
