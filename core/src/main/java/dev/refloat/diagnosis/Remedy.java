package dev.refloat.diagnosis;

import dev.refloat.model.Risk;
import dev.refloat.rule.Move;
import java.util.List;

/// Something that a person could do now, and whether it will work for this release.
///
/// @param works false for levers that look right and would not help; `because` tells why
/// @param commands the equivalent kubectl, flux, helm or git commands, ready to be pasted
/// @param lever true for the general levers (reconcile, reset, force, …), false for the fix of a
///     cause
/// @param moves what Refloat can do of it by itself; empty: a person does it
public record Remedy(
    String id,
    String title,
    Risk risk,
    boolean works,
    String because,
    List<String> commands,
    boolean lever,
    List<Move> moves) {
  public Remedy {
    commands = List.copyOf(commands);
    moves = List.copyOf(moves);
  }
}
