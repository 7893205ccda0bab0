package dev.refloat.cli;

import java.util.List;

/// What the shell may offer at some place.
///
/// @param words the fixed ones, for [What#WORDS]
record Completing(What what, List<String> words) {
  enum What {
    NOTHING,
    WORDS,
    FILES,
    DIRECTORIES,
    NAMESPACES,
    RELEASES,
    CONTEXTS,
    CAUSES,
    COMMANDS
  }

  Completing {
    words = List.copyOf(words);
  }

  static Completing nothing() {
    return new Completing(What.NOTHING, List.of());
  }

  static Completing of(What what) {
    return new Completing(what, List.of());
  }

  static Completing words(List<String> words) {
    return new Completing(What.WORDS, words);
  }
}
