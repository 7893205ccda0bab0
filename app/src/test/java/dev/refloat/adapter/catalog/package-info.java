@NullMarked
package dev.refloat.adapter.catalog;

import org.jspecify.annotations.NullMarked;
