package dev.refloat.cli;

/// Exit codes (design, Conventions).
public final class ExitCode {
  /// Nothing found, or the work is done.
  public static final int CLEAN = 0;

  /// Failures were found.
  public static final int FINDINGS = 1;

  /// Wrong usage, unreadable input, or an error of Refloat's own.
  public static final int ERROR = 2;

  private ExitCode() {}
}
