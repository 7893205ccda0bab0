package dev.refloat.redact;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Values that are secrets because a Secret holds them: found verbatim wherever they appear, also
/// in
/// base64. One pass over a text, however many values there are.
final class KnownSecrets {

  /// Shorter values appear by chance.
  static final int SHORTEST = 6;

  /// A longer value is recognised by its beginning.
  private static final int LONGEST = 4096;

  private static final Pattern JSON_VALUE =
      Pattern.compile("\"\\s{0,4}:\\s{0,4}\"((?:[^\"\\\\]++|\\\\.)*+)\"");
  private static final Pattern USER_INFO = Pattern.compile("://([^\\s/@]{1,512})@");

  /// Words that people put into Secrets and that say nothing.
  private static final Set<String> NO_SECRETS =
      Set.of(
          "default",
          "localhost",
          "production",
          "development",
          "staging",
          "postgres",
          "postgresql",
          "mongodb",
          "mariadb",
          "rabbitmq",
          "opensearch",
          "elasticsearch",
          "kubernetes",
          "cluster.local",
          "username",
          "password",
          "secret",
          "latest",
          "enabled",
          "disabled",
          "helm-controller",
          "source-controller",
          "https://",
          "http://",
          "opaque",
          "string",
          "public",
          "internal");

  /// Words of Refloat's own sentences that a weak password may be. Between two words they are
  /// language; after a colon, an equals sign, a quote or a slash they stay a secret.
  private static final Set<String> LANGUAGE =
      Set.of(
          "abandoned",
          "action",
          "another",
          "answer",
          "backup",
          "because",
          "before",
          "change",
          "changed",
          "cluster",
          "container",
          "controller",
          "counters",
          "database",
          "failed",
          "failure",
          "fields",
          "manager",
          "namespace",
          "nothing",
          "object",
          "objects",
          "person",
          "reconcile",
          "recovery",
          "release",
          "repository",
          "request",
          "restart",
          "resumed",
          "revision",
          "rollback",
          "running",
          "second",
          "service",
          "snapshot",
          "source",
          "status",
          "suspended",
          "timeout",
          "upgrade",
          "values",
          "version",
          "volume",
          "waiting",
          "workload");

  private final Map<String, List<String>> byStart = new HashMap<>();
  private final boolean[] starts = new boolean[1 << 16];

  KnownSecrets(Collection<String> values, Set<String> publicWords) {
    Set<String> all = new LinkedHashSet<>();
    values.forEach(v -> collect(v, all));
    Set<String> forms = new HashSet<>();
    for (String value : all) {
      String cut = value.length() > LONGEST ? value.substring(0, LONGEST) : value;
      if (cut.length() < SHORTEST
          || publicWords.contains(cut)
          || NO_SECRETS.contains(cut.toLowerCase(Locale.ROOT))) {
        continue;
      }
      forms.add(cut);
      forms.add(
          Base64.getEncoder()
              .withoutPadding()
              .encodeToString(value.getBytes(StandardCharsets.UTF_8)));
    }
    for (String form : forms) {
      String start = form.substring(0, SHORTEST);
      byStart.computeIfAbsent(start, _ -> new ArrayList<>()).add(form);
      starts[hash(start, 0)] = true;
    }
    // the longest first, so that no tail of it stays
    byStart.values().forEach(l -> l.sort((a, b) -> b.length() - a.length()));
  }

  boolean isEmpty() {
    return byStart.isEmpty();
  }

  /// The value, and what is in it when it is a file of its own: the lines of a values file, the
  /// password of a URL, the entries of a Docker configuration.
  private static void collect(String value, Set<String> into) {
    String whole = value.strip();
    into.add(whole);
    USER_INFO
        .matcher(whole)
        .results()
        .forEach(
            m -> {
              into.add(m.group(1));
              into.addAll(List.of(m.group(1).split(":", 2)));
            });
    if (whole.startsWith("{") || whole.startsWith("[")) {
      Matcher m = JSON_VALUE.matcher(whole);
      while (m.find()) {
        into.add(m.group(1));
      }
      return;
    }
    if (whole.indexOf('\n') < 0 && whole.indexOf(": ") < 0) {
      return;
    }
    whole
        .lines()
        .limit(5000)
        .forEach(
            line -> {
              String text = line.strip();
              int colon = text.indexOf(": ");
              int equals = text.indexOf('=');
              int from = colon >= 0 ? colon + 2 : equals > 0 && equals < 60 ? equals + 1 : 0;
              String part = text.substring(from).strip().replaceAll("^['\"]|['\"]$", "");
              if (part.startsWith("- ")) {
                part = part.substring(2).strip();
              }
              if (!part.endsWith(":") && !part.startsWith("#") && !part.startsWith("-----")) {
                into.add(part);
              }
            });
  }

  String mask(String text, Runnable masked) {
    if (byStart.isEmpty() || text.length() < SHORTEST) {
      return text;
    }
    StringBuilder out = null;
    int copied = 0;
    int last = text.length() - SHORTEST;
    for (int i = 0; i <= last; i++) {
      if (!starts[hash(text, i)]) {
        continue;
      }
      List<String> candidates = byStart.get(text.substring(i, i + SHORTEST));
      if (candidates == null) {
        continue;
      }
      for (String secret : candidates) {
        if (text.startsWith(secret, i) && !language(text, i, secret)) {
          out = out == null ? new StringBuilder(text.length()) : out;
          out.append(text, copied, i).append(Redactor.MASK);
          copied = i + secret.length();
          i = copied - 1;
          masked.run();
          break;
        }
      }
    }
    return out == null ? text : out.append(text, copied, text.length()).toString();
  }

  /// Whether an occurrence is a word of a sentence: a letter and a space before it, and behind it a
  /// space and a letter, or the end of a clause.
  private static boolean language(String text, int at, String word) {
    if (!LANGUAGE.contains(word)) {
      return false;
    }
    int end = at + word.length();
    int before = text.lastIndexOf(' ', at - 2) + 1;
    boolean begins =
        at >= 2
            && text.charAt(at - 1) == ' '
            && letter(text, at - 2)
            && !SecretNames.isSecret(text.substring(before, at - 1));
    boolean ends =
        end == text.length()
            || (text.charAt(end) == ' ' && letter(text, end + 1))
            || text.startsWith(", ", end)
            || text.startsWith("; ", end)
            || text.startsWith(". ", end);
    // in front of a sentence there is nothing that could name a secret
    boolean first = at == 0 && end < text.length() && text.charAt(end) == ' ';
    return (begins && ends) || first;
  }

  private static boolean letter(String text, int at) {
    return at < text.length() && Character.isLetter(text.charAt(at));
  }

  private static int hash(String text, int from) {
    int h = 0;
    for (int i = from; i < from + SHORTEST; i++) {
      h = h * 31 + text.charAt(i);
    }
    return (h ^ (h >>> 16)) & 0xffff;
  }
}
