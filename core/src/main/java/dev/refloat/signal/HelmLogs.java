package dev.refloat.signal;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// helm-controller appends Helm's last log lines to the messages of its events, and before 0.37 to
/// those of conditions too (flux-facts §4). Most of them tell of what went well.
final class HelmLogs {
  private static final String HEADING = "Last Helm logs:";
  private static final int MOST = 3;

  private static final Pattern TELLING =
      Pattern.compile("(?i)error|warning|fail|denied|forbidden|timed? ?out|cannot|unable");

  /// Helm reports these, and goes on: a hook that is not there yet cannot be deleted, an error
  /// without words, and what the message itself has said.
  private static final Pattern NOISE =
      Pattern.compile(
          "ignoring delete failure|\"error\":(?:\\{}|null)|beginning wait|(?:upgrade|install) failed: \\{");

  private HelmLogs() {}

  /// The message with those lines of the log that speak of a failure.
  static String trim(String message) {
    int at = message.indexOf(HEADING);
    if (at < 0) {
      return message;
    }
    String head = message.substring(0, at).strip();
    List<String> lines =
        message
            .substring(at + HEADING.length())
            .lines()
            .map(String::strip)
            .filter(l -> TELLING.matcher(l).find() && !NOISE.matcher(l).find())
            .toList();
    String tail =
        lines.stream().skip(Math.max(0, lines.size() - MOST)).collect(Collectors.joining("\n"));
    return tail.isEmpty() ? head : head + "\n" + tail;
  }
}
