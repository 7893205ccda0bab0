/// How often the diagnosis is right, on recorded failures with known causes.
@NullMarked
package dev.refloat.accuracy;

import org.jspecify.annotations.NullMarked;
