package dev.refloat.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Finds what was probably meant: for "did you mean", never for acting on its own.
public final class Nearest {
  /// Names longer than this are no typing mistakes, and the work grows with the square.
  private static final int LONGEST = 128;

  private Nearest() {}

  /// The candidates that a slip of the keyboard apart are the wanted name, nearest first, at most
  /// `limit`. Empty when none is near: a far-fetched suggestion is worse than none.
  ///
  /// Near means at most a third of the characters changed, inserted, removed or swapped with their
  /// neighbour (and one in names of two or three), or one name that begins with the other.
  public static List<String> of(String wanted, Collection<String> candidates, int limit) {
    if (wanted.isEmpty() || wanted.length() > LONGEST || limit <= 0) {
      return List.of();
    }
    String want = wanted.toLowerCase(Locale.ROOT);
    return candidates.stream()
        .distinct()
        .filter(c -> !c.isEmpty() && c.length() <= LONGEST && !c.equals(wanted))
        .map(c -> new Candidate(c, score(want, c.toLowerCase(Locale.ROOT))))
        .filter(c -> c.score <= tolerance(want))
        .sorted(Comparator.comparingInt(Candidate::score).thenComparing(Candidate::name))
        .limit(limit)
        .map(Candidate::name)
        .toList();
  }

  private record Candidate(String name, int score) {}

  private static int tolerance(String want) {
    return want.length() == 1 ? 0 : Math.max(1, want.length() / 3);
  }

  private static int score(String want, String have) {
    int tolerance = tolerance(want);
    boolean beginsAlike =
        want.length() >= 3
            && (have.startsWith(want) || (have.length() >= 3 && want.startsWith(have)));
    if (Math.abs(want.length() - have.length()) > tolerance) {
      return beginsAlike ? tolerance : Integer.MAX_VALUE;
    }
    return distance(want, have);
  }

  /// Edit distance with swaps of neighbours (optimal string alignment).
  public static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          best = Math.min(best, beforeLast[j - 2] + 1);
        }
        row[j] = best;
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
