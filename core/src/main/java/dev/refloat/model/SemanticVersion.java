package dev.refloat.model;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A chart version as Helm and Flux understand it: github.com/Masterminds/semver v3.5, which both
/// use, with its leniency (`v1`, `1.2`, leading zeros). Build metadata takes no part in the order.
///
/// @param major an unsigned number, as minor and patch are
/// @param prerelease what follows the hyphen; empty for a release
/// @param original as it was written
public record SemanticVersion(
    long major, long minor, long patch, String prerelease, String original)
    implements Comparable<SemanticVersion> {

  /// As the library's `MaxVersionLen`.
  private static final int LONGEST = 256;

  private static final String IDENTIFIERS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*+";
  private static final Pattern SYNTAX =
      Pattern.compile(
          "v?+([0-9]++)(?:\\.([0-9]++))?+(?:\\.([0-9]++))?+(?:-("
              + IDENTIFIERS
              + "))?+(?:\\+("
              + IDENTIFIERS
              + "))?+");

  /// Newest first; what is no version comes last, in alphabetical order.
  public static final Comparator<String> NEWEST_FIRST =
      Comparator.comparing(
              (String s) -> parse(s),
              (a, b) ->
                  a.isPresent() && b.isPresent()
                      ? b.get().compareTo(a.get())
                      : Boolean.compare(b.isPresent(), a.isPresent()))
          .thenComparing(Comparator.naturalOrder());

  /// The version, or nothing when the library would refuse it.
  public static Optional<SemanticVersion> parse(String text) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    Matcher m = SYNTAX.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    String prerelease = m.group(4) == null ? "" : m.group(4);
    for (String part : prerelease.split("\\.", -1)) {
      if (part.length() > 1 && part.charAt(0) == '0' && isDigits(part)) {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(
          new SemanticVersion(
              Long.parseUnsignedLong(m.group(1)),
              m.group(2) == null ? 0 : Long.parseUnsignedLong(m.group(2)),
              m.group(3) == null ? 0 : Long.parseUnsignedLong(m.group(3)),
              prerelease,
              text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  public boolean isPrerelease() {
    return !prerelease.isEmpty();
  }

  /// By precedence: 0 means equal but for build metadata and spelling.
  @Override
  public int compareTo(SemanticVersion other) {
    int order = Long.compareUnsigned(major, other.major);
    if (order == 0) {
      order = Long.compareUnsigned(minor, other.minor);
    }
    if (order == 0) {
      order = Long.compareUnsigned(patch, other.patch);
    }
    if (order != 0 || prerelease.equals(other.prerelease)) {
      return order;
    }
    if (prerelease.isEmpty() || other.prerelease.isEmpty()) {
      return prerelease.isEmpty() ? 1 : -1;
    }
    return comparePrereleases(prerelease, other.prerelease);
  }

  private static int comparePrereleases(String left, String right) {
    String[] a = left.split("\\.", -1);
    String[] b = right.split("\\.", -1);
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      int order = compareParts(a[i], b[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.length, b.length);
  }

  /// Numbers by value and before words. A number beyond 64 bits is a word, as in the library.
  private static int compareParts(String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    Optional<Long> x = number(a);
    Optional<Long> y = number(b);
    if (x.isPresent() && y.isPresent()) {
      return Long.compareUnsigned(x.get(), y.get());
    }
    if (x.isPresent() || y.isPresent()) {
      return x.isPresent() ? -1 : 1;
    }
    return a.compareTo(b) > 0 ? 1 : -1;
  }

  private static Optional<Long> number(String part) {
    if (!isDigits(part)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseUnsignedLong(part));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean isDigits(String s) {
    return !s.isEmpty() && s.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  @Override
  public String toString() {
    return original;
  }
}
