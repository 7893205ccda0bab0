/// The command line: a door. It translates arguments into questions to the core, and answers into
/// text and exit codes. The only place that writes to the standard streams.
@NullMarked
package dev.refloat.cli;

import org.jspecify.annotations.NullMarked;
