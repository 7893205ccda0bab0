/// Whether a recovery holds: the runbook's step 5 as checks with a verdict.
@org.jspecify.annotations.NullMarked
package dev.refloat.validation;
