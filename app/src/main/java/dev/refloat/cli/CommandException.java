package dev.refloat.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A command cannot do what it was asked: what, because of what, and what to do next.
public class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String because;
  private final @Nullable String next;

  public CommandException(String what, @Nullable String because, @Nullable String next) {
    this(what, because, next, null);
  }

  public CommandException(
      String what, @Nullable String because, @Nullable String next, @Nullable Throwable cause) {
    super(what, cause);
    this.because = because;
    this.next = next;
  }

  /// What went wrong, without a full stop.
  public String what() {
    return String.valueOf(getMessage());
  }

  public Optional<String> because() {
    return Optional.ofNullable(because);
  }

  public Optional<String> next() {
    return Optional.ofNullable(next);
  }
}
