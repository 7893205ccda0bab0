/// Tests of the cluster that the demonstration plays.
@org.jspecify.annotations.NullMarked
package dev.refloat.adapter.demo;
