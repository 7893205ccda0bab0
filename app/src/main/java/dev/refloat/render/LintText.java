package dev.refloat.render;

import dev.refloat.lint.Finding;
import dev.refloat.lint.LintResult;
import dev.refloat.lint.NotChecked;

/// Findings of a repository, for people.
public final class LintText {
  private LintText() {}

  public static void print(Page page, LintResult result) {
    for (Finding f : result.findings()) {
      page.line(f.place() + " " + f.severity().word() + " " + f.rule() + " " + f.message());
    }
    for (NotChecked n : result.notChecked()) {
      page.line(
          n.place().map(p -> p + " ").orElse("") + "not checked: " + n.what() + ": " + n.why());
    }
  }
}
