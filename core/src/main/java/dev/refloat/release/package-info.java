/// One HelmRelease and what belongs to it: its sources, owner, Helm storage, workloads.
@NullMarked
package dev.refloat.release;

import org.jspecify.annotations.NullMarked;
