/// What is wrong with a GitOps repository before it is deployed: rules over the objects that Flux
/// would apply, each finding at the place that a person would edit.
@NullMarked
package dev.refloat.lint;

import org.jspecify.annotations.NullMarked;
