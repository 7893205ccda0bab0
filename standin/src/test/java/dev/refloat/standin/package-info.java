@NullMarked
package dev.refloat.standin;

import org.jspecify.annotations.NullMarked;
