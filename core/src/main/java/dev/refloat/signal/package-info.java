/// Typed facts about one release, drawn from the evidence; the vocabulary that rules match on.
@NullMarked
package dev.refloat.signal;

import org.jspecify.annotations.NullMarked;
