package dev.refloat.standin;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go writes them: `5m0s`, `12s`, `1h30m0s`.
final class GoDuration {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|m|s)");

  private GoDuration() {}

  /// The duration, or `otherwise` for a text that is none.
  static Duration parse(String text, Duration otherwise) {
    if (!text.matches("(?:\\d+(?:\\.\\d+)?(?:h|ms|m|s))+")) {
      return otherwise;
    }
    double seconds = 0;
    Matcher m = PART.matcher(text);
    while (m.find()) {
      double n = Double.parseDouble(m.group(1));
      seconds +=
          switch (m.group(2)) {
            case "h" -> n * 3600;
            case "m" -> n * 60;
            case "ms" -> n / 1000;
            default -> n;
          };
    }
    return Duration.ofMillis(Math.round(seconds * 1000));
  }

  static String text(Duration d) {
    long s = d.toSeconds();
    String fraction = d.toMillisPart() == 0 ? "" : ".%03d".formatted(d.toMillisPart());
    if (s < 60) {
      return s + fraction + "s";
    }
    String minutes = (s / 60 % 60) + "m" + (s % 60) + fraction + "s";
    return s < 3600 ? minutes : (s / 3600) + "h" + minutes;
  }
}
