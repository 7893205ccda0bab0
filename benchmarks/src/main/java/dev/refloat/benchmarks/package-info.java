/// Programs that measure the packaged Refloat as a whole process, beside its peers on the same
/// data.
@NullMarked
package dev.refloat.benchmarks;

import org.jspecify.annotations.NullMarked;
