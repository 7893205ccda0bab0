package dev.refloat.lint;

import java.util.ArrayList;
import java.util.List;

/// Findings that were there when a repository began to be checked: they are known, and do not fail
/// a run.
public record Baseline(List<Entry> entries) {

  public static final Baseline EMPTY = new Baseline(List.of());

  public Baseline {
    entries = List.copyOf(entries);
  }

  /// One known finding. All but the fingerprint is there for people who read the file.
  ///
  /// @param fingerprint of [Fingerprints]
  public record Entry(String fingerprint, String rule, String file, String object, String field) {}

  /// What a file for these findings holds.
  ///
  /// @param findings in the order of their places
  public static Baseline of(List<Finding> findings) {
    List<String> fingerprints = Fingerprints.of(findings);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < findings.size(); i++) {
      Finding f = findings.get(i);
      entries.add(
          new Entry(
              fingerprints.get(i),
              f.rule(),
              f.place().file(),
              f.object().kind().isEmpty() ? "" : f.object().display(),
              f.field()));
    }
    return new Baseline(entries);
  }
}
