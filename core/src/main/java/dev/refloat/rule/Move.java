package dev.refloat.rule;

import java.util.LinkedHashMap;
import java.util.Map;

/// One move of a playbook, before or after its names are filled in.
public record Move(MoveKind kind, Map<String, String> arguments) {
  public Move {
    arguments = Map.copyOf(arguments);
  }

  /// An argument, or nothing.
  public String get(String name) {
    return arguments.getOrDefault(name, "");
  }

  /// This move with its templates filled in.
  public Move fill(Map<String, String> bindings) {
    Map<String, String> filled = new LinkedHashMap<>();
    arguments.forEach((k, v) -> filled.put(k, new Template(v).fill(bindings)));
    return new Move(kind, filled);
  }
}
