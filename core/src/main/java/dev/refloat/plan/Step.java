package dev.refloat.plan;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Risk;
import java.time.Duration;
import java.util.List;

/// One step of a plan.
///
/// @param id unique in its plan, stable from one planning to the next: `delete-deployment-web`
/// @param title what is done, with real names
/// @param purpose why
/// @param guards what must hold right before it acts
/// @param expectation what shows that it worked
/// @param limit how long that may take
/// @param commands the equivalent kubectl, flux, helm or git commands
public record Step(
    String id,
    String title,
    String purpose,
    Risk risk,
    Effect effect,
    List<Guard> guards,
    Expectation expectation,
    Duration limit,
    Undo undo,
    List<String> commands) {

  public Step {
    guards = List.copyOf(guards);
    commands = List.copyOf(commands);
    if (undo instanceof Undo.Impossible && risk != Risk.DESTRUCTIVE) {
      throw new IllegalArgumentException(
          "step " + id + " cannot be undone and is not called destructive");
    }
  }

  public ObjectRef object() {
    return effect.object();
  }

  /// Whether it needs an approval that names its object (design, Safety 2).
  public boolean needsApproval() {
    return risk == Risk.DESTRUCTIVE;
  }

  /// The same step with one more thing that must hold before it acts.
  Step guarded(Guard guard) {
    List<Guard> more = new java.util.ArrayList<>(guards);
    more.add(guard);
    return new Step(id, title, purpose, risk, effect, more, expectation, limit, undo, commands);
  }

  public boolean byHand() {
    return effect instanceof Effect.ByHand;
  }
}
