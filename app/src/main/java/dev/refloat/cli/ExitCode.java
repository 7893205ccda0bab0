package dev.refloat.cli;

/// Exit codes (design, Conventions).
public final class ExitCode {
  /// Nothing found, or the work is done.
  public static final int CLEAN = 0;

  /// Failures were found.
  public static final int FINDINGS = 1;

  /// Wrong usage, unreadable input, or an error of Refloat's own.
  public static final int ERROR = 2;

  /// Refused: a guard does not hold, an approval is missing, or a person has to act first.
  public static final int REFUSED = 3;

  /// A step failed.
  public static final int STEP_FAILED = 4;

  /// Done, and not verified.
  public static final int UNVERIFIED = 5;

  private ExitCode() {}
}
