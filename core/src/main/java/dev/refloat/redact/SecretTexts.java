package dev.refloat.redact;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds secrets in text by their look: credentials in URLs, `password=…`, bearer tokens, private
/// keys, tokens of well-known makers. All patterns are linear in the length of the text.
final class SecretTexts {

  private record Shape(Pattern pattern, Function<MatchResult, String> replacement) {}

  private static final String MASK = Redactor.MASK;

  /// What follows a name without being a value of it.
  private static final Set<String> NO_VALUES =
      Set.of(
          "true",
          "false",
          "null",
          "nil",
          "none",
          "key",
          "not",
          "is",
          "was",
          "are",
          "must",
          "has",
          "invalid",
          "missing",
          "required",
          "cannot",
          "can't",
          "expired",
          "wrong",
          "incorrect",
          "authentication",
          "failed",
          "failure",
          "error",
          "unable",
          "empty",
          "no",
          "the",
          "a",
          "an",
          "secret",
          "secrets",
          "password",
          "token",
          "unauthorized",
          "forbidden",
          "denied",
          "basic",
          "bearer",
          "string",
          "object",
          "could",
          "does",
          "should",
          "get",
          "unknown",
          "undefined",
          "access",
          "permission",
          "expected",
          "(string)",
          "<nil>",
          "<no",
          "${",
          "***",
          "[redacted]",
          "<redacted>",
          "<masked>",
          "Kioq");

  private static final List<Shape> SHAPES =
      List.of(
          // keys in PEM, also cut off
          shape(
              "-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----"
                  + "(?:(?!-----END)[\\s\\S])*+(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY-----)?",
              _ -> "-----BEGIN PRIVATE KEY-----" + MASK),
          // scheme://user:password@host; the path must not begin before the @
          shape(
              "(\\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://)[^\\s/@'\"<>]{1,512}@",
              m -> m.group(1) + MASK + "@"),
          shape("\\beyJ[\\w-]{6,}+\\.[\\w-]{4,}+(?:\\.[\\w-]*+)?", _ -> MASK),
          shape(
              "(?i)\\b(bearer|basic|negotiate|digest|ApiKey)(\\s+)([A-Za-z0-9._~+/=-]{8,}+)",
              m -> looksRandom(m.group(3)) ? m.group(1) + m.group(2) + MASK : m.group()),
          shape("\\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\\b", _ -> MASK),
          shape("\\bgh[pousr]_[A-Za-z0-9]{20,}+", _ -> MASK),
          shape("\\bgithub_pat_\\w{20,}+", _ -> MASK),
          shape("\\bglpat-[\\w-]{16,}+", _ -> MASK),
          shape("\\bxox[abeoprs]-[\\w-]{8,}+", _ -> MASK),
          shape("\\bAIza[\\w-]{35}", _ -> MASK),
          shape("\\b[sr]k_(?:live|test)_\\w{10,}+", _ -> MASK),
          shape("\\bsk-[A-Za-z0-9_-]{20,}+", _ -> MASK),
          shape("\\b(?:npm|dckr_pat|hvs|dop_v1|pypi)[_.-][\\w-]{20,}+", _ -> MASK),
          shape("\\bSG\\.[\\w-]{16,}+\\.[\\w-]{16,}+", _ -> MASK),
          // "password": "x", and the same inside a JSON text
          shape(
              "\"([^\"\\\\\\n]{1,80}+)\"(\\s{0,4}:\\s{0,4})\"((?:[^\"\\\\]++|\\\\.)*+)\"",
              m ->
                  SecretNames.isSecret(m.group(1)) && isValue(m.group(3))
                      ? "\"" + m.group(1) + "\"" + m.group(2) + "\"" + MASK + "\""
                      : m.group()),
          shape(
              "\\\\\"([\\w. -]{1,80}+)\\\\\"(\\s{0,4}:\\s{0,4})\\\\\"([^\"\\\\]*+)",
              m ->
                  SecretNames.isSecret(m.group(1)) && isValue(m.group(3))
                      ? "\\\"" + m.group(1) + "\\\"" + m.group(2) + "\\\"" + MASK
                      : m.group()),
          // --password x
          shape(
              "(?<![\\w-])(--?[\\w-]{2,60}+)([ \\t]++)(\"[^\"\\n]*+\"|'[^'\\n]*+'|[^\\s\"',;}\\]]++)",
              m ->
                  SecretNames.isSecret(m.group(1)) && isValue(m.group(3))
                      ? m.group(1) + m.group(2) + MASK
                      : m.group()),
          // password=x
          shape(
              "([A-Za-z][\\w.-]{1,80}+)(\\s?=\\s?)(\"[^\"\\n]*+\"|'[^'\\n]*+'|[^\\s\"'&;,)}\\]]++)",
              m ->
                  SecretNames.isSecret(m.group(1)) && isValue(m.group(3))
                      ? m.group(1) + m.group(2) + MASK
                      : m.group()),
          // password: x
          shape(
              "(['\"]?)([A-Za-z][\\w.-]{1,80}+)\\1(:[ \\t]++)"
                  + "(\"[^\"\\n]*+\"|'[^'\\n]*+'|[^\\s\"',;}\\]]++)",
              m -> afterColon(m)),
          // password 'x', password for user is "x"
          shape(
              "(?i)\\b(pass(?:word|wd|phrase))((?: for \\S{1,60}+)?(?: is| was)?:? )(['\"])([^'\"\\n]{3,200}+)\\3",
              m -> m.group(1) + m.group(2) + m.group(3) + MASK + m.group(3)),
          // lines of a key whose first line is cut off
          shape("(?m)^[A-Za-z0-9+/]{60,76}={0,2}$", _ -> MASK));

  private SecretTexts() {}

  private static Shape shape(String pattern, Function<MatchResult, String> replacement) {
    return new Shape(Pattern.compile(pattern), replacement);
  }

  /// @param masked is told of each replacement
  static String mask(String text, Runnable masked) {
    String now = text;
    for (Shape shape : SHAPES) {
      Matcher m = shape.pattern().matcher(now);
      if (!m.find()) {
        continue;
      }
      StringBuilder out = new StringBuilder(now.length());
      do {
        String replacement = shape.replacement().apply(m.toMatchResult());
        if (!replacement.equals(m.group())) {
          masked.run();
        }
        m.appendReplacement(out, Matcher.quoteReplacement(replacement));
      } while (m.find());
      now = m.appendTail(out).toString();
    }
    return now;
  }

  /// Whether a text may hold a secret at all; most do not, and there are millions.
  static boolean worthALook(String text) {
    if (text.length() < 8) {
      return text.indexOf('=') >= 0 || text.indexOf(':') >= 0;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '=' || c == ':' || c == '_' || c == ' ' || c == '.') {
        return true;
      }
    }
    return text.startsWith("AKIA")
        || text.startsWith("ASIA")
        || text.startsWith("AIza")
        || text.indexOf('-') >= 0
        || text.length() >= 60;
  }

  private static String afterColon(MatchResult m) {
    String name = m.group(2);
    String value = m.group(4);
    boolean quotedName = !m.group(1).isEmpty();
    boolean quotedValue = value.startsWith("\"") || value.startsWith("'");
    boolean secret =
        SecretNames.isSecret(name)
            && isValue(value)
            && (quotedValue
                || (!quotedName && SecretNames.isPassword(name) && value.length() >= 4)
                || looksRandom(value));
    return secret ? m.group(1) + name + m.group(1) + m.group(3) + MASK : m.group();
  }

  private static boolean isValue(String value) {
    String bare = value.replaceAll("^['\"]|['\"]$", "");
    return !bare.isEmpty()
        && !bare.startsWith("$(")
        && !bare.startsWith("{{")
        && !NO_VALUES.contains(bare.toLowerCase(java.util.Locale.ROOT))
        && !NO_VALUES.contains(bare.replaceAll("[,;:.]+$", "").toLowerCase(java.util.Locale.ROOT));
  }

  /// Not a word of a sentence: long enough, and with digits, or with capitals inside.
  private static boolean looksRandom(String value) {
    if (value.length() < 8) {
      return false;
    }
    boolean digit = false;
    boolean innerCapital = false;
    boolean lower = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      digit |= Character.isDigit(c);
      lower |= Character.isLowerCase(c);
      innerCapital |= i > 0 && Character.isUpperCase(c);
    }
    return digit || (lower && innerCapital) || value.endsWith("=");
  }
}
