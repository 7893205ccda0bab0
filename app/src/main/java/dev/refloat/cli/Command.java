package dev.refloat.cli;

/// One command.
interface Command {
  CommandInfo info();

  /// Runs it.
  ///
  /// @return its exit code
  /// @throws CommandException when it cannot
  int run(Arguments arguments, Session session);
}
