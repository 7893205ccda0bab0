package dev.refloat.diagnosis;

import java.util.Locale;

/// One question of the runbook's decision tree and its answer.
public record TraceStep(String question, Answer answer, String because) {

  public enum Answer {
    YES,
    NO,
    UNKNOWN;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
