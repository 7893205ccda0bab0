package dev.refloat.signal;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Picks the lines of a log that look like the reason why a program ended or waits.
final class LogLines {

  private static final int MOST = 14;
  private static final int LONGEST = 600;

  private static final Pattern FATAL =
      Pattern.compile(
          "(?i)\\b(fatal|panic|emerg|crit(?:ical)?|abort(?:ed|ing)?|segfault|segmentation fault"
              + "|corrupt\\w*|out of memory|killed)\\b|\"s\":\"F\"|Traceback|Exception in thread");
  private static final Pattern ERROR =
      Pattern.compile(
          "(?i)error|\\bERR\\b|\"s\":\"E\"|exception|fail|denied|refused|cannot|can't|unable|invalid"
              + "|not found|no such|unauthori[sz]ed|forbidden|timed? ?out|unknown|missing|mismatch"
              + "|incompatible|unsupported|waiting|retrying|panic|not permitted|read-only|no space");

  private LogLines() {}

  /// The most telling lines, fatal ones first and newest first; the last line when none stands out.
  static List<String> telling(String log) {
    List<String> fatal = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    String last = "";
    for (String raw : log.lines().toList()) {
      String line = shorten(raw.strip());
      if (line.isEmpty()) {
        continue;
      }
      last = line;
      if (FATAL.matcher(line).find()) {
        fatal.add(line);
      } else if (ERROR.matcher(line).find()) {
        errors.add(line);
      }
    }
    Set<String> picked = new LinkedHashSet<>();
    fatal.reversed().stream().limit(MOST / 2).forEach(picked::add);
    errors.reversed().stream().limit(MOST).forEach(picked::add);
    if (!last.isEmpty()) {
      picked.add(last);
    }
    return picked.stream().limit(MOST).toList();
  }

  private static String shorten(String line) {
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
