/// Carrying a plan out, one decision at a time: what was done (the journal), what to do next, how
/// it
/// ended. Decides only; a door acts, waits and asks.
@org.jspecify.annotations.NullMarked
package dev.refloat.recovery;
