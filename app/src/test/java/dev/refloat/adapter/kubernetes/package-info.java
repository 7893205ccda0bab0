@NullMarked
package dev.refloat.adapter.kubernetes;

import org.jspecify.annotations.NullMarked;
