/// Asks chart repositories and image registries what they have, read-only and within narrow bounds
/// (docs/adr/0004-registry-lookups.md).
@NullMarked
package dev.refloat.adapter.registry;

import org.jspecify.annotations.NullMarked;
