package dev.refloat.port;

import java.io.Serial;

/// Git, or a file of the repository, refused. The message says what, why and what to do next.
public final class GitFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final String next;

  /// @param problem what was tried and why it failed, without secrets
  /// @param next what the user can do
  public GitFailure(String problem, String next) {
    super(problem + ". " + next);
    this.next = next;
  }

  /// What the user can do.
  public String next() {
    return next;
  }
}
