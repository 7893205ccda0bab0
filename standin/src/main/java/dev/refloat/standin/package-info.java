/// A stand-in for Flux's helm-controller and source-controller, for places where the real ones
/// cannot run: a demonstration on an embedded API server, and tests where no controllers were
/// built.
///
/// It works on a real API server with the real `helm` program: releases, their records, their
/// objects and who owns which field are real. What it decides and writes to HelmReleases and their
/// sources follows helm-controller 1.6 and source-controller 1.9. What it does not do, it refuses
/// with a condition that says so; see [StandInFlux].
@NullMarked
package dev.refloat.standin;

import org.jspecify.annotations.NullMarked;
