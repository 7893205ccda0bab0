package dev.refloat.adapter.catalog;

import java.util.Collection;
import java.util.Optional;

/// Finds what was meant by a mistyped word.
final class Nearest {
  private Nearest() {}

  /// ` did you mean 'x'?` with its comma, or an empty text when nothing is near.
  static String hint(String word, Collection<String> known) {
    return find(word, known).map(k -> ", did you mean '" + k + "'?").orElse("");
  }

  private static Optional<String> find(String word, Collection<String> known) {
    int best = Math.max(2, word.length() / 3) + 1;
    Optional<String> nearest = Optional.empty();
    for (String k : known) {
      int distance = distance(word, k);
      if (distance < best) {
        best = distance;
        nearest = Optional.of(k);
      }
    }
    return nearest;
  }

  /// Levenshtein's edit distance.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
