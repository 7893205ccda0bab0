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

  static Unanswered rateLimited(Web.Reply reply) {
    String after =
        reply
            .header("Retry-After")
            .filter(a -> a.length() < 10 && a.chars().allMatch(Character::isDigit))
            .map(a -> ", for " + a + "s")
            .orElse("");
    return because("rate limited by " + Web.host(reply.from()) + after);
  }

  boolean isAbsent() {
    return absent;
  }

  String why() {
    String message = getMessage();
    return message == null ? "no answer" : message;
  }
}
