package dev.refloat.adapter.registry;

import java.io.Serial;

/// Why there is no answer, in words for a blind spot: short, honest, without secrets.
final class Unanswered extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final boolean absent;

  private Unanswered(String why, boolean absent) {
    super(why, null, false, false);
    this.absent = absent;
  }

  static Unanswered because(String why) {
    return new Unanswered(why, false);
  }

  /// The server answered that there is no such thing, which is an answer.
  static Unanswered absent(String what) {
    return new Unanswered(what, true);
  }

  boolean isAbsent() {
    return absent;
  }

  String why() {
    String message = getMessage();
    return message == null ? "no answer" : message;
  }
}
