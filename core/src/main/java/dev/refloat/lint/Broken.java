package dev.refloat.lint;

/// A place of the repository for which kustomize refuses to build what contains it.
///
/// @param text what is wrong, after the name of the file
/// @param certain whether Flux applies it, and kustomize is known to refuse
public record Broken(Place place, String text, boolean certain) {}
