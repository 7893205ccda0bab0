package dev.refloat.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a HelmRelease's or OCIRepository's `version` or `semver` asks for, judged as Flux judges
/// it:
/// github.com/Masterminds/semver v3.5 (`constraints.go`). `1.x`, `^1.2`, `~1.2.3`, `>=1.0 <2`,
/// `1.2 - 1.4`, alternatives with `||`. Prereleases match only where the range names one (`-0`).
public final class VersionRange {
  /// As the library's `MaxConstraintLen` and `MaxConstraintGroups`.
  private static final int LONGEST = 512;

  private static final int MOST_ALTERNATIVES = 32;

  private static final String IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*+";
  private static final String VERSION =
      "v?+([0-9|xX*]++)(?:\\.([0-9|xX*]++))?+(?:\\.([0-9|xX*]++))?+(-"
          + IDENTIFIERS
          + ")?+(?:\\+"
          + IDENTIFIERS
          + ")?+";
  // One term at a time and possessive: a hostile range must not make the expression backtrack.
  private static final Pattern TERM =
      Pattern.compile("(!=|>=|=>|<=|=<|~>|[=><~^]|)[ \\t\\n\\f\\r]*+" + VERSION);
  private static final Pattern SEPARATOR =
      Pattern.compile("[ \\t\\n\\f\\r]*+,[ \\t\\n\\f\\r]*+|[ \\t\\n\\f\\r]++");
  private static final Pattern HYPHEN =
      Pattern.compile(
          "[ \\t\\n\\f\\r]*+("
              + VERSION
              + ")[ \\t\\n\\f\\r]++-[ \\t\\n\\f\\r]++("
              + VERSION
              + ")[ \\t\\n\\f\\r]*+");

  private final String original;
  private final List<Alternative> alternatives;

  private VersionRange(String original, List<Alternative> alternatives) {
    this.original = original;
    this.alternatives = alternatives;
  }

  /// The range, or nothing when Flux would call it improper. Empty text asks for the newest
  /// release,
  /// as `*` does.
  public static Optional<VersionRange> parse(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    String rewritten = text.isEmpty() ? "*" : HYPHEN.matcher(text).replaceAll(VersionRange::bounds);
    String[] parts = rewritten.split("\\|\\|", -1);
    if (parts.length > MOST_ALTERNATIVES) {
      return Optional.empty();
    }
    List<Alternative> alternatives = new ArrayList<>();
    for (String part : parts) {
      Optional<Alternative> one = alternative(part);
      if (one.isEmpty()) {
        return Optional.empty();
      }
      alternatives.add(one.get());
    }
    return Optional.of(new VersionRange(text, List.copyOf(alternatives)));
  }

  private static String bounds(java.util.regex.MatchResult m) {
    return Matcher.quoteReplacement(">= " + m.group(1) + ", <= " + m.group(6) + " ");
  }

  private static Optional<Alternative> alternative(String text) {
    String rest = trim(text);
    List<Term> terms = new ArrayList<>();
    Matcher term = TERM.matcher(rest);
    Matcher separator = SEPARATOR.matcher(rest);
    int at = 0;
    while (true) {
      if (!term.region(at, rest.length()).lookingAt()) {
        return Optional.empty();
      }
      Optional<Term> parsed = term(term);
      if (parsed.isEmpty()) {
        return Optional.empty();
      }
      terms.add(parsed.get());
      at = term.end();
      if (at == rest.length()) {
        return Optional.of(new Alternative(List.copyOf(terms)));
      }
      if (!separator.region(at, rest.length()).lookingAt()) {
        return Optional.empty();
      }
      at = separator.end();
    }
  }

  /// Without the blanks that the library knows; others make a range improper.
  private static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && " \t\n\f\r".indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (to > from && " \t\n\f\r".indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  private static Optional<Term> term(Matcher m) {
    String pre = m.group(5) == null ? "" : m.group(5);
    Open open;
    String floor;
    if (isOpen(m.group(2))) {
      open = Open.ALL;
      floor = "0.0.0" + pre;
    } else if (isOpen(m.group(3))) {
      open = Open.MINOR;
      floor = m.group(2) + ".0.0" + pre;
    } else if (isOpen(m.group(4))) {
      open = Open.PATCH;
      floor = m.group(2) + "." + m.group(3) + ".0" + pre;
    } else {
      open = Open.NOTHING;
      floor = m.group(2) + "." + m.group(3) + "." + m.group(4) + pre;
    }
    String operator = m.group(1);
    return SemanticVersion.parse(floor)
        .map(
            v ->
                new Term(
                    switch (operator) {
                      case "!=" -> Operator.NOT;
                      case ">" -> Operator.ABOVE;
                      case "<" -> Operator.BELOW;
                      case ">=", "=>" -> Operator.AT_LEAST;
                      case "<=", "=<" -> Operator.AT_MOST;
                      case "~", "~>" -> Operator.TILDE;
                      case "^" -> Operator.CARET;
                      default -> Operator.EQUAL;
                    },
                    v,
                    open));
  }

  private static boolean isOpen(@org.jspecify.annotations.Nullable String part) {
    return part == null || part.equals("x") || part.equals("X") || part.equals("*");
  }

  /// Whether this version satisfies the range.
  public boolean matches(SemanticVersion version) {
    return alternatives.stream().anyMatch(a -> a.matches(version));
  }

  /// The version that Flux would take of those that a repository offers: the exact text where there
  /// is one, else the newest that matches. Versions need three parts here (source-controller,
  /// `getChartVersion` and `getLastMatchingVersionOrConstraint`).
  public Optional<String> newestOf(Collection<String> offered) {
    if (!original.isEmpty() && offered.contains(original)) {
      return Optional.of(original);
    }
    return offered.stream()
        .filter(v -> v.split("\\.", 3).length == 3)
        .flatMap(v -> SemanticVersion.parse(v).stream())
        .filter(this::matches)
        .max(Comparator.naturalOrder())
        .map(SemanticVersion::original);
  }

  @Override
  public String toString() {
    return original;
  }

  private enum Operator {
    EQUAL,
    NOT,
    ABOVE,
    BELOW,
    AT_LEAST,
    AT_MOST,
    TILDE,
    CARET
  }

  /// Which parts of the version were left out or written as `x`, `X` or `*`.
  private enum Open {
    NOTHING,
    PATCH,
    MINOR,
    ALL
  }

  private record Alternative(List<Term> terms) {
    boolean matches(SemanticVersion v) {
      boolean prereleases = terms.stream().anyMatch(t -> t.bound.isPrerelease());
      return (prereleases || !v.isPrerelease()) && terms.stream().allMatch(t -> t.matches(v));
    }
  }

  private record Term(Operator operator, SemanticVersion bound, Open open) {

    boolean matches(SemanticVersion v) {
      return switch (operator) {
        case EQUAL -> open == Open.NOTHING ? v.compareTo(bound) == 0 : tilde(v);
        case NOT -> not(v);
        case ABOVE -> above(v);
        case BELOW -> v.compareTo(bound) < 0;
        case AT_LEAST -> v.compareTo(bound) >= 0;
        case AT_MOST -> atMost(v);
        case TILDE -> tilde(v);
        case CARET -> caret(v);
      };
    }

    private boolean not(SemanticVersion v) {
      if (open == Open.NOTHING) {
        return v.compareTo(bound) != 0;
      }
      if (v.major() != bound.major()) {
        return true;
      }
      if (open == Open.MINOR) {
        return false;
      }
      if (v.minor() != bound.minor()) {
        return true;
      }
      if (open == Open.PATCH) {
        return !v.prerelease().equals(bound.prerelease());
      }
      return v.compareTo(bound) != 0;
    }

    private boolean above(SemanticVersion v) {
      if (open == Open.NOTHING || (open == Open.ALL && v.major() == bound.major())) {
        return v.compareTo(bound) > 0;
      }
      if (v.major() != bound.major()) {
        return Long.compareUnsigned(v.major(), bound.major()) > 0;
      }
      return open == Open.PATCH && Long.compareUnsigned(v.minor(), bound.minor()) > 0;
    }

    private boolean atMost(SemanticVersion v) {
      if (open == Open.NOTHING) {
        return v.compareTo(bound) <= 0;
      }
      if (v.major() != bound.major()) {
        return Long.compareUnsigned(v.major(), bound.major()) < 0;
      }
      return open == Open.MINOR || Long.compareUnsigned(v.minor(), bound.minor()) <= 0;
    }

    private boolean tilde(SemanticVersion v) {
      if (v.compareTo(bound) < 0) {
        return false;
      }
      boolean zero = bound.major() == 0 && bound.minor() == 0 && bound.patch() == 0;
      if (zero && open != Open.MINOR && open != Open.PATCH) {
        return true;
      }
      return v.major() == bound.major() && (open == Open.MINOR || v.minor() == bound.minor());
    }

    private boolean caret(SemanticVersion v) {
      if (v.compareTo(bound) < 0) {
        return false;
      }
      if (bound.major() != 0 || open == Open.MINOR) {
        return v.major() == bound.major();
      }
      if (v.major() != 0) {
        return false;
      }
      if (bound.minor() != 0 || open == Open.PATCH) {
        return v.minor() == bound.minor();
      }
      return v.minor() == 0 && v.patch() == bound.patch();
    }
  }
}
