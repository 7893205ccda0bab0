package dev.refloat.testbed;

/// A program of the test bed cannot be had on this machine. The message says what is missing and
/// what would bring it, in one line.
public final class UnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnavailableException(String message) {
    super(message);
  }
}
