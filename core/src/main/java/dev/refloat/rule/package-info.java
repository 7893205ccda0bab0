/// A failure class as data: when it matches, what it says, what helps.
@NullMarked
package dev.refloat.rule;

import org.jspecify.annotations.NullMarked;
