package dev.refloat.adapter.catalog;

import dev.refloat.rule.Matcher;
import dev.refloat.rule.When;
import dev.refloat.signal.SignalKind;
import java.util.LinkedHashSet;
import java.util.Set;

/// The names that a condition gives to templates when it holds.
final class Names {
  private Names() {}

  /// What every release has.
  static Set<String> ofRelease() {
    Set<String> names = new LinkedHashSet<>();
    attributes(SignalKind.RELEASE, names);
    return names;
  }

  /// Named groups, and `kind.attribute` of every kind that may become a proof. What stands under
  /// `not` proves nothing and names nothing.
  static Set<String> of(When when) {
    Set<String> names = new LinkedHashSet<>();
    collect(when, names);
    return names;
  }

  private static void collect(When when, Set<String> names) {
    switch (when) {
      case When.All(var parts) -> parts.forEach(p -> collect(p, names));
      case When.Any(var parts) -> parts.forEach(p -> collect(p, names));
      case When.Not _ -> {}
      case When.Pattern(var kind, var tests) -> {
        attributes(kind, names);
        tests.values().forEach(m -> groups(m, names));
      }
    }
  }

  private static void groups(Matcher matcher, Set<String> names) {
    if (matcher instanceof Matcher.Matches(var regex)) {
      names.addAll(regex.groups());
    }
  }

  private static void attributes(SignalKind kind, Set<String> names) {
    kind.attributes().forEach(a -> names.add(kind.word() + "." + a));
  }
}
