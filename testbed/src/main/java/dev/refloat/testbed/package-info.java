/// A real control plane on loopback for end-to-end tests: binaries built from Go modules, a cluster
/// that starts and stops with the test, recordings loaded into it, and faults put in its way.
@NullMarked
package dev.refloat.testbed;

import org.jspecify.annotations.NullMarked;
