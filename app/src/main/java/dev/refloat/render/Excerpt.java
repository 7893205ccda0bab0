package dev.refloat.render;

import dev.refloat.lint.Finding;
import dev.refloat.lint.Sources;
import dev.refloat.redact.Redactor;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The line of source that a finding is about. Values of Secrets, and what the rule about plain
/// secrets found, are masked whatever they look like.
///
/// @param line without line break
/// @param column of the key, in code points, from 1
/// @param length of the key, in code points
record Excerpt(String line, int column, int length) {
  private static final Pattern SECRET_KIND =
      Pattern.compile("kind:\\s*[\"']?Secret[\"']?\\s*(#.*)?");
  private static final Pattern FIELD =
      Pattern.compile("(\\s*(?:- )*\\s*(?:\"[^\"]*\"|'[^']*'|[^\\s:#\"'][^:#]*):)(\\s+\\S.*)?");
  private static final int LONGEST = 400;

  /// The rule that finds secrets outside of Secrets.
  private static final String PLAIN_SECRET = "plain-secret";

  static Optional<Excerpt> of(Sources sources, Finding finding) {
    List<String> lines = sources.lines(finding.place().file());
    int at = finding.place().line() - 1;
    if (at >= lines.size()) {
      return Optional.empty();
    }
    String line = lines.get(at);
    if (line.isBlank()) {
      return Optional.empty();
    }
    if (finding.rule().equals(PLAIN_SECRET) || inSecret(lines, at)) {
      line = masked(line);
    }
    int count = line.codePointCount(0, line.length());
    if (count > LONGEST) {
      line = line.substring(0, line.offsetByCodePoints(0, LONGEST));
    }
    int column = finding.place().column();
    return Optional.of(new Excerpt(line, column, length(line, column)));
  }

  /// The document around a line is a Secret when its `kind` says so, wherever that stands.
  private static boolean inSecret(List<String> lines, int at) {
    for (int i = at; i >= 0 && !(i < at && separator(lines.get(i))); i--) {
      if (SECRET_KIND.matcher(lines.get(i)).matches()) {
        return true;
      }
    }
    for (int i = at + 1; i < lines.size() && !separator(lines.get(i)); i++) {
      if (SECRET_KIND.matcher(lines.get(i)).matches()) {
        return true;
      }
    }
    return false;
  }

  private static boolean separator(String line) {
    return line.startsWith("---");
  }

  private static String masked(String line) {
    Matcher m = FIELD.matcher(line);
    if (m.matches()) {
      return m.group(2) == null ? line : m.group(1) + " " + Redactor.MASK;
    }
    int indent = line.length() - line.stripLeading().length();
    return line.substring(0, indent) + Redactor.MASK;
  }

  /// A key, or what else stands there up to a space.
  private static int length(String line, int column) {
    if (line.codePointCount(0, line.length()) < column) {
      return 0;
    }
    int from = line.offsetByCodePoints(0, column - 1);
    int to = from;
    while (to < line.length() && ": \t#".indexOf(line.charAt(to)) < 0) {
      to++;
    }
    return Math.max(1, line.codePointCount(from, to));
  }
}
