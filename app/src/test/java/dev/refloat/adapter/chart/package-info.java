@NullMarked
package dev.refloat.adapter.chart;

import org.jspecify.annotations.NullMarked;
