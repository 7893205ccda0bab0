package dev.refloat.rule;

import dev.refloat.signal.Signal;
import dev.refloat.signal.SignalKind;
import dev.refloat.signal.Signals;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The condition of a rule: an expression over the signals of one release.
public sealed interface When {

  record All(List<When> parts) implements When {
    public All {
      parts = List.copyOf(parts);
    }
  }

  record Any(List<When> parts) implements When {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /// Holds when the part does not; it proves nothing and binds nothing.
  record Not(When part) implements When {}

  /// Holds when at least one signal of the kind passes every test. Those that search a text come
  /// last: most signals fail a cheaper one.
  record Pattern(SignalKind kind, Map<String, Matcher> tests) implements When {
    public Pattern {
      Map<String, Matcher> ordered = new LinkedHashMap<>();
      tests.forEach(
          (name, test) -> {
            if (!test.searches()) {
              ordered.put(name, test);
            }
          });
      tests.forEach(ordered::putIfAbsent);
      tests = Collections.unmodifiableMap(ordered);
    }
  }

  /// A held condition.
  ///
  /// @param proofs the signals that made it hold, the first one first
  /// @param bindings `group` for named groups, `kind.attribute` for the attributes of the first
  ///     signal
  ///     of each kind
  record Held(List<Signal> proofs, Map<String, String> bindings) {
    public Held {
      proofs = List.copyOf(proofs);
      bindings = Map.copyOf(bindings);
    }
  }

  /// How many signals one pattern keeps as proof.
  int MAX_PROOFS = 5;

  default Optional<Held> holds(Signals signals) {
    return switch (this) {
      case All(var parts) -> {
        List<Signal> proofs = new ArrayList<>();
        Map<String, String> bindings = new LinkedHashMap<>();
        for (When part : parts) {
          Optional<Held> held = part.holds(signals);
          if (held.isEmpty()) {
            yield Optional.empty();
          }
          proofs.addAll(held.get().proofs());
          held.get().bindings().forEach(bindings::putIfAbsent);
        }
        yield Optional.of(new Held(proofs, bindings));
      }
      case Any(var parts) -> {
        for (When part : parts) {
          Optional<Held> held = part.holds(signals);
          if (held.isPresent()) {
            yield held;
          }
        }
        yield Optional.empty();
      }
      case Not(var part) ->
          part.holds(signals).isPresent()
              ? Optional.empty()
              : Optional.of(new Held(List.of(), Map.of()));
      case Pattern p -> find(p, signals);
    };
  }

  /// Every signal kind this condition looks at.
  default List<SignalKind> kinds() {
    return switch (this) {
      case All(var parts) -> parts.stream().flatMap(p -> p.kinds().stream()).distinct().toList();
      case Any(var parts) -> parts.stream().flatMap(p -> p.kinds().stream()).distinct().toList();
      case Not(var part) -> part.kinds();
      case Pattern(var kind, _) -> List.of(kind);
    };
  }

  private static Optional<Held> find(Pattern p, Signals signals) {
    List<Signal> candidates = signals.of(p.kind());
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    List<Signal> proofs = new ArrayList<>();
    Map<String, String> bindings = new LinkedHashMap<>();
    for (Signal s : candidates) {
      Optional<Map<String, String>> bound = tests(p, s);
      if (bound.isPresent()) {
        if (proofs.isEmpty()) {
          bindings.putAll(bound.get());
          s.attributes().forEach((k, v) -> bindings.put(p.kind().word() + "." + k, v));
        }
        if (proofs.size() < MAX_PROOFS) {
          proofs.add(s);
        }
      }
    }
    return proofs.isEmpty() ? Optional.empty() : Optional.of(new Held(proofs, bindings));
  }

  private static Optional<Map<String, String>> tests(Pattern p, Signal s) {
    Map<String, String> bound = new LinkedHashMap<>();
    for (Map.Entry<String, Matcher> test : p.tests().entrySet()) {
      Optional<Map<String, String>> groups = test.getValue().test(s.get(test.getKey()));
      if (groups.isEmpty()) {
        return Optional.empty();
      }
      bound.putAll(groups.get());
    }
    return Optional.of(bound);
  }
}
