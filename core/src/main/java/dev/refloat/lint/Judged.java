package dev.refloat.lint;

import java.util.List;

/// What is left of the findings after settings, suppressions and baseline, with what they took.
///
/// @param findings in the order of their places
/// @param fingerprints of the findings, in their order
/// @param silenced what a comment or the baseline took
/// @param gone entries of the baseline that no finding matches any more
public record Judged(
    List<Finding> findings,
    List<String> fingerprints,
    List<Silenced> silenced,
    List<NotChecked> notChecked,
    List<Baseline.Entry> gone) {

  public Judged {
    findings = List.copyOf(findings);
    fingerprints = List.copyOf(fingerprints);
    silenced = List.copyOf(silenced);
    notChecked = List.copyOf(notChecked);
    gone = List.copyOf(gone);
    if (findings.size() != fingerprints.size()) {
      throw new IllegalArgumentException("every finding has a fingerprint");
    }
  }

  /// A finding that does not count.
  ///
  /// @param reason as the comment has it; empty for the baseline
  public record Silenced(Finding finding, String fingerprint, By by, String reason) {}

  /// What silenced a finding.
  public enum By {
    COMMENT,
    BASELINE
  }

  public long count(Severity severity) {
    return findings.stream().filter(f -> f.severity() == severity).count();
  }

  /// Whether there is a finding of this severity or a worse one.
  public boolean anyFrom(Severity least) {
    return findings.stream().anyMatch(f -> f.severity().compareTo(least) <= 0);
  }
}
