package dev.refloat.render;

import dev.refloat.lint.Finding;
import dev.refloat.lint.Judged;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;

/// Findings as GitLab's code quality report: an array, each with `description`, `check_name`,
/// `fingerprint`, `severity` and `location` (docs.gitlab.com, Code Quality).
final class GitLabTree {
  private GitLabTree() {}

  static Json.Arr of(LintView view) {
    Judged judged = view.judged();
    List<Json> issues = new ArrayList<>();
    for (int i = 0; i < judged.findings().size(); i++) {
      Finding f = judged.findings().get(i);
      issues.add(
          Json.builder()
              .put("type", "issue")
              .put("description", Words.sentence(f.message()) + " " + Words.sentence(f.advice()))
              .put("check_name", f.rule())
              .put("fingerprint", judged.fingerprints().get(i))
              .put("severity", severity(f.severity()))
              .put(
                  "location",
                  Json.builder()
                      .put("path", f.place().file())
                      .put("lines", Json.builder().put("begin", f.place().line()).build())
                      .build())
              .build());
    }
    return new Json.Arr(issues);
  }

  private static String severity(Severity severity) {
    return switch (severity) {
      case ERROR -> "critical";
      case WARNING -> "minor";
      case INFO -> "info";
    };
  }
}
