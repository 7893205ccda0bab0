/// A stand-in for a cluster with Flux, for the demonstration: objects of a snapshot behind an API
/// server on loopback, and something that reacts to changes as Flux was recorded to. It is no
/// Kubernetes and runs no Helm (ADR 9). Nothing of it is loaded by other commands.
@org.jspecify.annotations.NullMarked
package dev.refloat.adapter.demo;
