package dev.refloat.cli;

/// A command may not do what it was asked: exit code 3.
final class Refusal extends CommandException {
  private static final long serialVersionUID = 1L;

  Refusal(String what, String because, String next) {
    super(what, because, next);
  }
}
