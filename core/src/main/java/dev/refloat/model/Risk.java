package dev.refloat.model;

import java.util.Locale;

/// What a remedy may cost (design, Safety 2).
public enum Risk {
  /// Nothing is lost or interrupted.
  SAFE,
  /// Pods restart or a version changes.
  DISRUPTIVE,
  /// An object or data is removed.
  DESTRUCTIVE;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
