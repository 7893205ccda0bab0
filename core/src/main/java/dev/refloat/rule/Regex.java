package dev.refloat.rule;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A regular expression that is compiled at its first use. A catalog holds hundreds; one run needs
/// few of them.
public final class Regex {
  private final String text;
  // Two threads may both compile: harmless, the results are equal.
  private volatile @Nullable Pattern compiled;

  private Regex(String text, @Nullable Pattern compiled) {
    this.text = text;
    this.compiled = compiled;
  }

  /// An expression known to be well formed.
  public static Regex of(String text) {
    return new Regex(text, null);
  }

  /// Checks the expression now.
  ///
  /// @throws java.util.regex.PatternSyntaxException when it is malformed
  public static Regex checked(String text) {
    return new Regex(text, Pattern.compile(text));
  }

  public String text() {
    return text;
  }

  public Pattern pattern() {
    Pattern known = compiled;
    if (known == null) {
      known = Pattern.compile(text);
      compiled = known;
    }
    return known;
  }

  /// The named groups.
  public Set<String> groups() {
    return pattern().namedGroups().keySet();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Regex r && r.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
