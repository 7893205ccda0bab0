package dev.refloat.plan;

/// A way that was looked at and not taken.
public record Considered(String id, String title, String why) {}
