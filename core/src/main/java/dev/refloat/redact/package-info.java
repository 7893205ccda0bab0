/// Keeps secrets out of everything that leaves Refloat: output, logs, errors, snapshots.
@NullMarked
package dev.refloat.redact;

import org.jspecify.annotations.NullMarked;
