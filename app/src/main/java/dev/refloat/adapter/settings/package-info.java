/// The files that a repository keeps for Refloat: `.refloat.yaml`, the baseline of `refloat lint`
/// and what `refloat learn` found out.
@NullMarked
package dev.refloat.adapter.settings;

import org.jspecify.annotations.NullMarked;
