package dev.refloat.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What somebody probably meant who mistyped a name.
final class Nearest {
  private static final int MOST = 3;

  private Nearest() {}

  static Optional<String> to(String typed, Collection<String> known) {
    return all(typed, known).stream().findFirst();
  }

  /// The best few, nearest first: at most a third of the letters differ, or one is part of the
  /// other.
  static List<String> all(String typed, Collection<String> known) {
    String t = typed.toLowerCase(Locale.ROOT);
    record Candidate(String name, int distance) {}
    return known.stream()
        .distinct()
        .map(k -> new Candidate(k, distance(t, k.toLowerCase(Locale.ROOT))))
        .filter(
            c ->
                c.distance() <= Math.max(1, Math.max(t.length(), c.name().length()) / 3)
                    || (t.length() >= 3 && c.name().toLowerCase(Locale.ROOT).contains(t)))
        .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .limit(MOST)
        .map(Candidate::name)
        .toList();
  }

  /// Levenshtein's distance, with the exchange of neighbours as one step.
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
