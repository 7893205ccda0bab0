/// What the rules of `refloat lint` need from the jar: their pages, and schemas of Flux's kinds.
@NullMarked
package dev.refloat.adapter.rules;

import org.jspecify.annotations.NullMarked;
