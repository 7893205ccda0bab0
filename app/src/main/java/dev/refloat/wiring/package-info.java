/// The composition root: the only place that sees all rooms.
@NullMarked
package dev.refloat.wiring;

import org.jspecify.annotations.NullMarked;
