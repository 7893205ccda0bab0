package dev.refloat.model;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times and durations as Kubernetes and Go write them.
public final class Times {
  private static final Pattern UNIT = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h|d)");

  private Times() {}

  /// An RFC 3339 time, or nothing when it is none.
  public static Optional<Instant> parse(Json value) {
    return value.scalar().flatMap(Times::parse);
  }

  /// An RFC 3339 time, or nothing when it is none.
  public static Optional<Instant> parse(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> usual = usual(text);
    if (usual.isPresent()) {
      return usual;
    }
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      try {
        return Optional.of(OffsetDateTime.parse(text).toInstant());
      } catch (DateTimeParseException e2) {
        return Optional.empty();
      }
    }
  }

  /// `2026-01-31T12:00:00Z`, as Kubernetes writes nearly all times: a cluster's lists have tens of
  /// thousands, and the JDK's parser takes twenty times as long. Nothing for every other form.
  private static Optional<Instant> usual(String t) {
    if (t.length() != 20
        || t.charAt(4) != '-'
        || t.charAt(7) != '-'
        || t.charAt(10) != 'T'
        || t.charAt(13) != ':'
        || t.charAt(16) != ':'
        || t.charAt(19) != 'Z') {
      return Optional.empty();
    }
    int year = number(t, 0, 4);
    int month = number(t, 5, 7);
    int day = number(t, 8, 10);
    int hour = number(t, 11, 13);
    int minute = number(t, 14, 16);
    int second = number(t, 17, 19);
    if (year < 0
        || month < 1
        || month > 12
        || day < 1
        || day > YearMonth.of(year, month).lengthOfMonth()
        || hour < 0
        || hour > 23
        || minute < 0
        || minute > 59
        || second < 0
        || second > 59) {
      return Optional.empty();
    }
    long days = LocalDate.of(year, month, day).toEpochDay();
    return Optional.of(Instant.ofEpochSecond(days * 86_400 + hour * 3600L + minute * 60L + second));
  }

  /// The digits from here to there, or -1 when there is something else.
  private static int number(String text, int from, int to) {
    int n = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      n = n * 10 + digit;
    }
    return n;
  }

  /// A Go duration such as `1h30m` or `20s`, or nothing when it is none. Days (`d`) are understood
  /// too.
  public static Optional<Duration> duration(String text) {
    // most are `5m` or `30s`, and are asked for once per release
    int last = text.length() - 1;
    int whole = last < 1 || last > 4 ? -1 : number(text, 0, last);
    if (whole >= 0) {
      switch (text.charAt(last)) {
        case 's' -> {
          return Optional.of(Duration.ofSeconds(whole));
        }
        case 'm' -> {
          return Optional.of(Duration.ofMinutes(whole));
        }
        case 'h' -> {
          return Optional.of(Duration.ofHours(whole));
        }
        default -> {}
      }
    }
    Matcher m = UNIT.matcher(text);
    double nanos = 0;
    int end = 0;
    while (m.find()) {
      if (m.start() != end) {
        return Optional.empty();
      }
      end = m.end();
      nanos +=
          Double.parseDouble(m.group(1))
              * switch (m.group(2)) {
                case "ns" -> 1;
                case "us", "µs" -> 1e3;
                case "ms" -> 1e6;
                case "s" -> 1e9;
                case "m" -> 60e9;
                case "h" -> 3600e9;
                default -> 86400e9;
              };
    }
    if (end == 0 || end != text.length() || nanos > Long.MAX_VALUE) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos((long) nanos));
  }

  /// As people say it: `35s`, `4m`, `3h20m`, `12d`.
  public static String display(Duration d) {
    long s = Math.max(0, d.toSeconds());
    if (s < 120) {
      return s + "s";
    }
    if (s < 3600) {
      return s / 60 + "m" + (s % 60 == 0 || s > 600 ? "" : s % 60 + "s");
    }
    if (s < 86400) {
      return s / 3600 + "h" + (s % 3600 < 60 ? "" : s % 3600 / 60 + "m");
    }
    return s / 86400 + "d" + (s > 864000 || s % 86400 < 3600 ? "" : s % 86400 / 3600 + "h");
  }
}
