package dev.refloat.cli;

import java.util.List;

/// An option of a command.
///
/// @param names short name first; the first long one is the one that [Arguments] is asked for
/// @param label of its value; empty for a flag
/// @param hidden aliases that work and complete, but are not listed
record Option(
    List<String> names,
    List<String> hidden,
    String label,
    String help,
    Completing completing,
    boolean many) {

  Option {
    names = List.copyOf(names);
    hidden = List.copyOf(hidden);
  }

  static Option flag(String help, String... names) {
    return new Option(List.of(names), List.of(), "", help, Completing.nothing(), false);
  }

  static Option value(String label, String help, Completing completing, String... names) {
    return new Option(List.of(names), List.of(), label, help, completing, false);
  }

  Option alsoAs(String... aliases) {
    return new Option(names, List.of(aliases), label, help, completing, many);
  }

  Option repeatable() {
    return new Option(names, hidden, label, help, completing, true);
  }

  boolean takesValue() {
    return !label.isEmpty();
  }

  boolean called(String name) {
    return names.contains(name) || hidden.contains(name);
  }
}
