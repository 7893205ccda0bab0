package dev.refloat.evidence;

/// Something that could not be looked at, so that silence about it proves nothing.
///
/// @param what in plain words: `Secrets in namespace ai`
/// @param why `forbidden`, `timed out`, …
public record BlindSpot(String what, String why) {}
