/// Words everything else is written in: immutable JSON trees, Kubernetes objects, references,
/// durations, versions.
@NullMarked
package dev.refloat.model;

import org.jspecify.annotations.NullMarked;
