package dev.refloat.diagnosis;

import dev.refloat.release.Stage;
import dev.refloat.rule.Rule;
import dev.refloat.rule.RuleBook;
import dev.refloat.rule.When;
import dev.refloat.signal.Signal;
import dev.refloat.signal.Signals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Tries every rule on the signals of one release and ranks what matched: the deepest first.
final class Matching {

  private Matching() {}

  /// What matched at the stage the release is at, deepest first.
  static List<Finding> causes(RuleBook book, Signals signals, Stage stage) {
    List<Finding> found = new ArrayList<>();
    for (Rule rule : book.rules()) {
      if (rule.stages().contains(stage)) {
        match(rule, signals).ifPresent(found::add);
      }
    }
    found.sort(
        Comparator.comparingInt(Finding::depth)
            .reversed()
            .thenComparing(Finding::confidence)
            .thenComparing(f -> f.rule().id()));
    return found;
  }

  private static Optional<Finding> match(Rule rule, Signals signals) {
    Optional<When.Held> held = rule.when().holds(signals);
    if (held.isEmpty()) {
      return Optional.empty();
    }
    for (Rule.Variant variant : rule.variants()) {
      if (variant.when().isEmpty()) {
        return Optional.of(finding(rule, variant, held.get(), Optional.empty(), signals));
      }
      Optional<When.Held> more = variant.when().get().holds(signals);
      if (more.isPresent()) {
        return Optional.of(finding(rule, variant, held.get(), more, signals));
      }
    }
    return Optional.empty();
  }

  private static Finding finding(
      Rule rule, Rule.Variant variant, When.Held held, Optional<When.Held> more, Signals signals) {
    Map<String, String> bindings = new LinkedHashMap<>();
    signals.release().attributes().forEach((k, v) -> bindings.put("release." + k, v));
    bindings.putAll(held.bindings());
    more.ifPresent(m -> bindings.putAll(m.bindings()));
    Set<Signal> proofs = new LinkedHashSet<>();
    more.ifPresent(m -> proofs.addAll(m.proofs()));
    proofs.addAll(held.proofs());
    return new Finding(rule, variant, List.copyOf(proofs), bindings);
  }
}
