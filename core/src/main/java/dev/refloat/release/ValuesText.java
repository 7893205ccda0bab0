package dev.refloat.release;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a text of values sets a path, and in which line: follows the keys of block mappings by
/// their indentation, as values are written, and says that it cannot tell where the text is
/// anything else (flow mappings, anchors, merges, masked content). It does not read values.
final class ValuesText {

  /// What a text or tree says of a path.
  enum Setting {
    SETS,
    LEAVES,
    HIDDEN
  }

  /// @param line counted from 1, 0 where it is none
  record Place(Setting setting, int line) {}

  private static final Place HIDDEN = new Place(Setting.HIDDEN, 0);
  private static final int LINES = 20_000;
  private static final Pattern KEY =
      Pattern.compile(
          "(?:\"([^\"]{0,300})\"|'([^']{0,300})'|([^\\s\"'\\[\\]{}&*!|>%@`,?-][^:]{0,300}|-?[^\\s:]))"
              + "\\s{0,20}:(?:\\s+(.*))?");

  private ValuesText() {}

  static Place find(String text, List<String> path) {
    String[] lines = text.split("\\R", LINES);
    Place place = find(lines, 0, -1, path);
    boolean merges = text.contains("<<:");
    return merges && place.setting() == Setting.LEAVES ? HIDDEN : place;
  }

  private static Place find(String[] lines, int from, int parentIndent, List<String> path) {
    int indent = -1;
    boolean seen = false;
    for (int i = from; i < lines.length; i++) {
      String line = lines[i];
      String content = line.strip();
      if (content.isEmpty() || content.startsWith("#") || (indent < 0 && content.equals("---"))) {
        continue;
      }
      int here = line.length() - line.stripLeading().length();
      if (line.substring(0, here).contains("\t") || content.equals("---")) {
        return HIDDEN;
      }
      if (here <= parentIndent) {
        break;
      }
      if (indent < 0) {
        indent = here;
      }
      boolean item = seen && (content.startsWith("- ") || content.equals("-"));
      if (here > indent || item) {
        continue;
      }
      Matcher m = KEY.matcher(content);
      if (here < indent || !m.matches()) {
        return HIDDEN;
      }
      seen = true;
      String key =
          m.group(1) != null ? m.group(1) : m.group(2) != null ? m.group(2) : m.group(3).strip();
      if (key.equals(path.getFirst())) {
        return below(lines, i, indent, value(m.group(4)), path.subList(1, path.size()));
      }
    }
    return new Place(Setting.LEAVES, 0);
  }

  private static String value(String rest) {
    if (rest == null) {
      return "";
    }
    String value = rest.strip();
    return value.startsWith("#") ? "" : value;
  }

  private static Place below(String[] lines, int at, int indent, String value, List<String> rest) {
    Place sets = new Place(Setting.SETS, at + 1);
    if (rest.isEmpty()) {
      return sets;
    }
    if (value.isEmpty()) {
      int next = at + 1;
      while (next < lines.length
          && (lines[next].isBlank() || lines[next].strip().startsWith("#"))) {
        next++;
      }
      // a list or nothing at all replaces what is below
      boolean list = next < lines.length && lines[next].strip().startsWith("- ");
      boolean empty =
          next >= lines.length
              || lines[next].length() - lines[next].stripLeading().length() <= indent;
      return list || empty ? sets : find(lines, at + 1, indent, rest);
    }
    if (value.startsWith("{")) {
      return value.matches("\\{\\s*}.*") ? new Place(Setting.LEAVES, 0) : HIDDEN;
    }
    return value.startsWith("&") || value.startsWith("*") || value.startsWith("!") ? HIDDEN : sets;
  }
}
