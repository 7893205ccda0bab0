package dev.refloat.standin;

import java.nio.file.Path;

/// What a pass over a release works with.
record Tools(
    Formats formats,
    ApiServer api,
    Storage storage,
    HelmProgram helm,
    Events events,
    Path folder) {}
