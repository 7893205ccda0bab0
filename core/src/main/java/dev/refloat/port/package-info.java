/// What the core asks the outside world for; adapters answer.
@NullMarked
package dev.refloat.port;

import org.jspecify.annotations.NullMarked;
