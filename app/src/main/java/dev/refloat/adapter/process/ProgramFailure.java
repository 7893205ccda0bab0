package dev.refloat.adapter.process;

import java.io.IOException;

/// A program gave no answer. Callers know what it was for, and say what to do about it.
public final class ProgramFailure extends IOException {
  @java.io.Serial private static final long serialVersionUID = 1;

  /// What kept it from answering.
  public enum Reason {
    /// It is not there, or may not be run.
    NOT_STARTED,
    /// It was stopped after its time.
    TOO_SLOW,
    /// It was stopped because of its memory.
    TOO_LARGE,
    /// We were told to stop.
    INTERRUPTED,
    /// Its output broke off.
    UNREADABLE
  }

  private final Reason reason;

  ProgramFailure(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  ProgramFailure(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
