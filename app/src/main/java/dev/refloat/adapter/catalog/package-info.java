/// The catalog: failure classes written in YAML, checked and compiled to rules.
@NullMarked
package dev.refloat.adapter.catalog;

import org.jspecify.annotations.NullMarked;
