package dev.refloat.render;

import dev.refloat.lint.Finding;
import dev.refloat.lint.Severity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;

/// Findings for GitHub Actions: workflow commands that become annotations of the change, and the
/// summary of a step.
public final class GitHubText {
  /// GitHub refuses a step's summary beyond 1 MiB; rows have some hundred bytes.
  private static final int MOST_ROWS = 500;

  private GitHubText() {}

  /// One workflow command a line, the worst first, because GitHub shows ten of each severity in a
  /// step (docs.github.com, workflow commands).
  static void annotations(Appendable out, Edge edge, LintView view) {
    List<Finding> findings =
        view.judged().findings().stream().sorted(Comparator.comparing(Finding::severity)).toList();
    for (Finding f : findings) {
      put(
          out,
          "::"
              + command(f.severity())
              + " file="
              + property(edge, f.place().file())
              + ",line="
              + f.place().line()
              + ",col="
              + f.place().column()
              + ",title="
              + property(edge, f.rule() + about(f))
              + "::"
              + data(edge, Words.sentence(f.message()) + "\n" + Words.sentence(f.advice()))
              + "\n");
    }
    int notChecked = view.judged().notChecked().size();
    if (notChecked > 0) {
      put(
          out,
          "::notice title=refloat::"
              + data(
                  edge,
                  Words.count(notChecked, "thing")
                      + " could not be checked, for example "
                      + view.judged().notChecked().getFirst().what()
                      + ": "
                      + view.judged().notChecked().getFirst().why())
              + "\n");
    }
  }

  private static String about(Finding f) {
    return f.object().kind().isEmpty() ? "" : ": " + f.object().display();
  }

  private static String command(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case INFO -> "notice";
    };
  }

  /// Line breaks are escaped, not dropped: an annotation shows them, and a command must not begin
  /// in the middle of a text.
  private static String data(Edge edge, String text) {
    return String.join("\n", edge.lines(text))
        .replace("%", "%25")
        .replace("\r", "%0D")
        .replace("\n", "%0A");
  }

  private static String property(Edge edge, String text) {
    return data(edge, edge.line(text)).replace(":", "%3A").replace(",", "%2C");
  }

  /// The summary, in GitHub's Markdown.
  public static void summary(Appendable out, Edge edge, LintView view) {
    String counts = view.counts();
    put(out, "## Refloat: " + (counts.isEmpty() ? "nothing found" : counts) + "\n\n");
    put(
        out,
        Words.count(view.seen().releases(), "HelmRelease")
            + " in "
            + Words.count(view.seen().clusters(), "cluster")
            + ", "
            + Words.count(view.rules().size(), "rule")
            + ".\n\n");
    List<Finding> findings =
        view.judged().findings().stream()
            .sorted(Comparator.comparing(Finding::severity))
            .limit(MOST_ROWS)
            .toList();
    if (!findings.isEmpty()) {
      put(out, "| | place | what | rule |\n| --- | --- | --- | --- |\n");
      for (Finding f : findings) {
        put(
            out,
            "| "
                + f.severity().word()
                + " | "
                + cell(edge, f.place().toString())
                + " | "
                + cell(edge, Words.sentence(f.message()) + " " + Words.sentence(f.advice()))
                + " | "
                + cell(edge, f.rule())
                + " |\n");
      }
      int more = view.judged().findings().size() - findings.size();
      if (more > 0) {
        put(out, "\nAnd " + Words.number(more) + " more.\n");
      }
    }
    int notChecked = view.judged().notChecked().size();
    if (notChecked > 0) {
      put(out, "\n<details><summary>" + Words.number(notChecked) + " not checked</summary>\n\n");
      view.judged().notChecked().stream()
          .limit(MOST_ROWS)
          .forEach(n -> put(out, "- " + cell(edge, n.what() + ": " + n.why()) + "\n"));
      put(out, "\n</details>\n");
    }
  }

  /// Text that is neither markup nor the end of a cell.
  private static String cell(Edge edge, String text) {
    StringBuilder s = new StringBuilder();
    String clean = edge.line(text);
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      switch (c) {
        case '<' -> s.append("&lt;");
        case '>' -> s.append("&gt;");
        case '&' -> s.append("&amp;");
        case '|', '*', '_', '[', ']', '\\', '#', '!' -> s.append('\\').append(c);
        // a name is not somebody's account
        case '@' -> s.append("@&#8203;");
        default -> s.append(c);
      }
    }
    return s.toString();
  }

  private static void put(Appendable out, String text) {
    try {
      out.append(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
