/// What was seen of a cluster, and what could not be seen.
@NullMarked
package dev.refloat.evidence;

import org.jspecify.annotations.NullMarked;
