@NullMarked
package dev.refloat.wiring;

import org.jspecify.annotations.NullMarked;
