package dev.refloat.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The comments of one file that silence findings: `# refloat:ignore RULE[,RULE] reason`.
///
/// A comment at the end of a line stands for that line and what is indented below it; on a line of
/// its own it stands for the next line that is no comment, likewise. Before the first field of a
/// document it stands for the whole document, and `refloat:ignore-file` for the whole file.
public final class Suppressions {
  private static final String MARK = "refloat:ignore";
  private static final Pattern COMMENT =
      Pattern.compile(
          "(?:^|\\s)#\\s{0,8}refloat:ignore(-file)?(?=\\s|$)\\s{0,8}"
              + "([a-z0-9-]{1,80}(?:\\s{0,2},\\s{0,2}[a-z0-9-]{1,80}){0,20})?(?:\\s+(.*))?$");

  private final List<Suppression> all;

  private Suppressions(List<Suppression> all) {
    this.all = List.copyOf(all);
  }

  /// One comment.
  ///
  /// @param rules that it names; empty when it names none
  /// @param reason empty when there is none: then it silences nothing
  /// @param from first line that it stands for
  /// @param to last line that it stands for
  public record Suppression(Place place, List<String> rules, String reason, int from, int to) {
    public Suppression {
      rules = List.copyOf(rules);
    }

    boolean silences(Finding f) {
      return !reason.isEmpty()
          && rules.contains(f.rule())
          && f.place().line() >= from
          && f.place().line() <= to;
    }
  }

  public List<Suppression> all() {
    return all;
  }

  /// Reads the comments of a file.
  public static Suppressions in(String file, List<String> lines) {
    List<Suppression> found = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int mark = line.indexOf(MARK);
      if (mark < 0) {
        continue;
      }
      Matcher m = COMMENT.matcher(line);
      if (!m.find()) {
        continue;
      }
      int hash = line.indexOf('#', m.start());
      Place place = new Place(file, i + 1, line.codePointCount(0, hash) + 1);
      String named = m.group(2) == null ? "" : m.group(2);
      List<String> rules = named.isEmpty() ? List.of() : List.of(named.split("\\s*,\\s*", -1));
      String reason = m.group(3) == null ? "" : m.group(3).strip();
      boolean alone = line.substring(0, hash).isBlank();
      int[] scope = m.group(1) != null ? new int[] {1, lines.size()} : scope(lines, i, alone);
      found.add(new Suppression(place, rules, reason, scope[0], scope[1]));
    }
    return new Suppressions(found);
  }

  /// The first and the last line that a comment in this line stands for.
  private static int[] scope(List<String> lines, int at, boolean alone) {
    int first = at;
    if (alone) {
      while (first < lines.size() && (nothing(lines.get(first)) || separator(lines.get(first)))) {
        first++;
      }
      if (first == lines.size()) {
        return new int[] {at + 1, at + 1};
      }
      if (beginsDocument(lines, at)) {
        int last = first;
        while (last + 1 < lines.size() && !separator(lines.get(last + 1))) {
          last++;
        }
        return new int[] {at + 1, last + 1};
      }
    }
    int indent = indent(lines.get(first));
    boolean item = lines.get(first).stripLeading().startsWith("- ");
    int last = first;
    for (int i = first + 1; i < lines.size(); i++) {
      String line = lines.get(i);
      if (nothing(line)) {
        continue;
      }
      boolean listOfKey =
          !item
              && indent(line) == indent
              && line.stripLeading().startsWith("-")
              && !separator(line);
      if (indent(line) <= indent && !listOfKey) {
        break;
      }
      last = i;
    }
    return new int[] {at + 1, last + 1};
  }

  private static boolean beginsDocument(List<String> lines, int at) {
    for (int i = at - 1; i >= 0; i--) {
      if (separator(lines.get(i))) {
        return true;
      }
      if (!nothing(lines.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean separator(String line) {
    return line.startsWith("---");
  }

  private static boolean nothing(String line) {
    String plain = line.strip();
    return plain.isEmpty() || plain.startsWith("#");
  }

  private static int indent(String line) {
    int i = 0;
    while (i < line.length() && line.charAt(i) == ' ') {
      i++;
    }
    return i;
  }
}
