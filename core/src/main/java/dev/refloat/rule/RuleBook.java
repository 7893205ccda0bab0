package dev.refloat.rule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All known failure classes, by id.
public final class RuleBook {
  private final Map<String, Rule> byId = new LinkedHashMap<>();

  /// @throws IllegalArgumentException when two rules share an id
  public RuleBook(List<Rule> rules) {
    for (Rule rule : rules) {
      if (byId.put(rule.id(), rule) != null) {
        throw new IllegalArgumentException("two rules are called " + rule.id());
      }
    }
  }

  public List<Rule> rules() {
    return List.copyOf(byId.values());
  }

  public Optional<Rule> rule(String id) {
    return Optional.ofNullable(byId.get(id));
  }
}
