package dev.refloat.adapter.kubernetes;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A read that did not succeed, after all attempts. The message is short and fit to be shown.
final class ApiFailure extends Exception {
  @Serial private static final long serialVersionUID = 1;

  enum Type {
    /// 401, also with renewed credentials.
    UNAUTHORIZED,
    /// 403.
    FORBIDDEN,
    /// 404.
    NOT_FOUND,
    /// 410: a continue token or resource version that the server no longer knows.
    EXPIRED,
    /// Another 4xx: the server understood and does not want to.
    REFUSED,
    /// No connection, or none that can be trusted.
    UNREACHABLE,
    /// Overload, server errors, lost connections, timeouts, answers that are none.
    FAILED
  }

  private final Type type;
  private final int status;

  ApiFailure(Type type, int status, String why, @Nullable Throwable cause) {
    super(why, cause);
    this.type = type;
    this.status = status;
  }

  Type type() {
    return type;
  }

  /// Of HTTP; 0 when there was no answer.
  int status() {
    return status;
  }

  String why() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
