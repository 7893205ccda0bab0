/// The helm binary, for the two actions that Flux cannot do.
@NullMarked
package dev.refloat.adapter.helmcli;

import org.jspecify.annotations.NullMarked;
