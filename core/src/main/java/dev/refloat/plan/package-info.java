/// What would be done about a diagnosed release, step by step, as data: effects, what guards them,
/// what confirms them, what undoes them. Nothing here acts.
@org.jspecify.annotations.NullMarked
package dev.refloat.plan;
