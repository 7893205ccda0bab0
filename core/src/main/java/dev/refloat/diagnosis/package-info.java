/// From signals and rules to the one cause, its proof and the levers that help.
@NullMarked
package dev.refloat.diagnosis;

import org.jspecify.annotations.NullMarked;
