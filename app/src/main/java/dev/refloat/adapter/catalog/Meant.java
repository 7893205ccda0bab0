package dev.refloat.adapter.catalog;

import dev.refloat.model.Nearest;
import java.util.Collection;
import java.util.Comparator;

/// Finds what was meant by a mistyped word. More is near than on a command line: a field of a rule
/// is one of a few.
final class Meant {
  private Meant() {}

  /// `, did you mean 'x'?`, or an empty text when nothing is near.
  static String hint(String word, Collection<String> known) {
    return known.stream()
        .filter(k -> Nearest.distance(word, k) <= Math.max(2, word.length() / 3))
        .min(Comparator.comparingInt(k -> Nearest.distance(word, k)))
        .map(k -> ", did you mean '" + k + "'?")
        .orElse("");
  }
}
