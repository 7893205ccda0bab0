package dev.refloat.model;

import java.util.Locale;

/// How sure a diagnosis is. `certain` is said only of what an object, an event or a log line
/// states.
public enum Confidence {
  CERTAIN,
  LIKELY,
  POSSIBLE;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
