package dev.refloat.validation;

import java.util.Locale;

/// One thing that must be so after a recovery.
///
/// @param id kebab-case, stable: `release-ready`
/// @param because what was seen
public record Check(String id, String title, Outcome outcome, String because) {

  /// What was found.
  public enum Outcome {
    PASSED,
    FAILED,
    /// It could not be seen.
    UNKNOWN,
    /// It does not apply here.
    SKIPPED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Check passed(String id, String title, String because) {
    return new Check(id, title, Outcome.PASSED, because);
  }

  static Check failed(String id, String title, String because) {
    return new Check(id, title, Outcome.FAILED, because);
  }

  static Check unknown(String id, String title, String because) {
    return new Check(id, title, Outcome.UNKNOWN, because);
  }

  static Check skipped(String id, String title, String because) {
    return new Check(id, title, Outcome.SKIPPED, because);
  }
}
