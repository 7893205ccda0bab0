package dev.refloat.lint;

import java.util.Locale;

/// How bad a finding is.
public enum Severity {
  /// It will fail, or lose data.
  ERROR,
  /// It fails sooner or later, or makes a failure worse.
  WARNING,
  /// Worth knowing.
  INFO;

  /// As in files and outputs.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
