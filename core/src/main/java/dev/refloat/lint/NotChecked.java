package dev.refloat.lint;

import java.util.Optional;

/// Something that was not looked at. It is told, because what was not checked did not pass.
///
/// @param what a file, an object or a rule, as people name it
/// @param why one sentence, with what to do about it
public record NotChecked(String what, Optional<Place> place, String why) {}
