package dev.refloat.testbed;

/// A program of the test bed cannot be had on this machine. The message says what is missing and
/// what would bring it, in one line where it is not the output of a failed build.
public final class UnavailableException extends Exception {
  private static final long serialVersionUID = 1L;
  private final String why;

  public UnavailableException(String why) {
    super(why);
    this.why = why;
  }

  public String why() {
    return why;
  }
}
