/// Charts: what is in them, what Helm makes of them with a release's values, what post-renderers
/// make
/// of that. Rendering is Helm's own (ADR 10).
@NullMarked
package dev.refloat.adapter.chart;

import org.jspecify.annotations.NullMarked;
