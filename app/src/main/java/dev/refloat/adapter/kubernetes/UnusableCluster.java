package dev.refloat.adapter.kubernetes;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// The cluster cannot be used at all: no or a wrong kubeconfig, credentials that cannot be had or
/// that are refused, a server that does not answer. Nothing can be said about any release then.
///
/// No part of it ever holds a token, a key or a password.
public final class UnusableCluster extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final String what;
  private final String why;
  private final String next;

  /// @param what failed, with real names
  /// @param why it failed
  /// @param next what the user can do about it
  UnusableCluster(String what, String why, String next) {
    this(what, why, next, null);
  }

  UnusableCluster(String what, String why, String next, @Nullable Throwable cause) {
    super(what + ": " + why, cause);
    this.what = what;
    this.why = why;
    this.next = next;
  }

  public String what() {
    return what;
  }

  public String why() {
    return why;
  }

  /// What to do next, as a sentence.
  public String next() {
    return next;
  }
}
