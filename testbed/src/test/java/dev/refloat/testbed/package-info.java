@NullMarked
package dev.refloat.testbed;

import org.jspecify.annotations.NullMarked;
