package dev.refloat.render;

/// The outputs of `refloat lint`.
public enum LintFormat {
  TEXT,
  JSON,
  YAML,
  SARIF,
  JUNIT,
  GITHUB,
  GITLAB,
  CHECKSTYLE,
  MARKDOWN;

  /// Writes a result.
  ///
  /// @param asciiOnly whether everything else is escaped in formats for programs
  /// @param program how the user calls this program
  public void write(
      Appendable out, Edge edge, Look look, boolean asciiOnly, LintView view, String program) {
    switch (this) {
      case TEXT -> LintText.print(new Page(out, look, edge), view, program);
      case JSON -> new JsonText(out, edge, asciiOnly).document(LintTree.of(view));
      case YAML -> new YamlText(out, edge, asciiOnly).document(LintTree.of(view));
      case SARIF -> new JsonText(out, edge, asciiOnly).document(SarifTree.of(view));
      case GITLAB -> new JsonText(out, edge, asciiOnly).document(GitLabTree.of(view));
      case JUNIT -> LintXml.junit(out, edge, view);
      case CHECKSTYLE -> LintXml.checkstyle(out, edge, view);
      case GITHUB -> GitHubText.annotations(out, edge, view);
      case MARKDOWN -> GitHubText.summary(out, edge, view);
    }
  }
}
