package dev.refloat.lint;

import java.util.List;

/// What came of a run of the rules.
///
/// @param findings by place, each once even if several clusters have it
/// @param counts what was looked at
public record LintResult(List<Finding> findings, List<NotChecked> notChecked, Counts counts) {
  public LintResult {
    findings = List.copyOf(findings);
    notChecked = List.copyOf(notChecked);
  }

  /// How much was looked at.
  public record Counts(int files, int clusters, int objects, int releases, int rules) {}

  /// How many findings have a severity, or a worse one.
  public long atLeast(Severity severity) {
    return findings.stream().filter(f -> f.severity().compareTo(severity) <= 0).count();
  }
}
