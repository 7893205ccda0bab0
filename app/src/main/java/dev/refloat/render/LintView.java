package dev.refloat.render;

import dev.refloat.lint.Judged;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Severity;
import dev.refloat.lint.Sources;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What the outputs of `refloat lint` show.
///
/// @param rules those that ran
/// @param pages the page of a rule, in Markdown
/// @param version of this program
/// @param failFrom the least severity that fails the run; nothing when none does
public record LintView(
    Judged judged,
    Sources sources,
    List<RuleInfo> rules,
    Function<String, Optional<String>> pages,
    Seen seen,
    String version,
    Optional<Severity> failFrom) {

  public LintView {
    rules = List.copyOf(rules);
  }

  /// How much was looked at.
  public record Seen(int files, int clusters, int objects, int releases) {}

  boolean fails(Severity severity) {
    return failFrom.map(least -> severity.compareTo(least) <= 0).orElse(false);
  }

  /// As in `3 errors, 1 warning`; empty when there is nothing.
  String counts() {
    List<String> parts = new java.util.ArrayList<>();
    for (Severity s : Severity.values()) {
      long n = judged.count(s);
      if (n > 0) {
        parts.add(s == Severity.INFO ? Words.count(n, "note") : Words.count(n, s.word()));
      }
    }
    return String.join(", ", parts);
  }
}
