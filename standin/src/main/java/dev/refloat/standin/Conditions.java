package dev.refloat.standin;

import dev.refloat.model.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The conditions of an object while it is worked on, with the rules of Flux's runtime library:
/// Reconciling and Stalled exclude each other, and a time changes only with what a condition says.
final class Conditions {
  /// Longer messages are cut; the API server refuses them.
  private static final int LONGEST = 32768;

  private final long generation;
  private final List<Condition> all = new ArrayList<>();

  Conditions(Json object) {
    this.generation = object.at("metadata", "generation").integer(0);
    for (Json c : object.at("status", "conditions").list()) {
      all.add(Condition.of(c));
    }
  }

  Optional<Condition> get(String type) {
    return all.stream().filter(c -> c.type().equals(type)).findFirst();
  }

  boolean isTrue(String type) {
    return get(type).filter(Condition::isTrue).isPresent();
  }

  boolean hasReason(String type, String... reasons) {
    return get(type).filter(c -> List.of(reasons).contains(c.reason())).isPresent();
  }

  String message(String type) {
    return get(type).map(Condition::message).orElse("");
  }

  void set(String type, String status, String reason, String message) {
    String cut = message.length() > LONGEST ? message.substring(0, LONGEST - 3) + "..." : message;
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Condition wanted = new Condition(type, status, reason, cut, generation, now);
    for (int i = 0; i < all.size(); i++) {
      Condition old = all.get(i);
      if (old.type().equals(type)) {
        all.set(i, wanted.sameAs(old) ? old : wanted);
        return;
      }
    }
    all.add(wanted);
  }

  void remove(String type) {
    all.removeIf(c -> c.type().equals(type));
  }

  void reconciling(String reason, String message) {
    remove("Stalled");
    set("Reconciling", "True", reason, message);
  }

  void stalled(String reason, String message) {
    remove("Reconciling");
    set("Stalled", "True", reason, message);
  }

  Json json() {
    return new Json.Arr(all.stream().map(Condition::json).toList());
  }
}
