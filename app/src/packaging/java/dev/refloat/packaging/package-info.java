/// Puts the distribution together when the project is packaged. None of it is shipped.
@NullMarked
package dev.refloat.packaging;

import org.jspecify.annotations.NullMarked;
