@NullMarked
package dev.refloat.adapter.registry;

import org.jspecify.annotations.NullMarked;
