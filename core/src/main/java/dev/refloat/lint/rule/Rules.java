package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import java.util.List;

/// All rules. A rule without a place here does not exist: its page, cases and documentation are
/// checked against this list.
public final class Rules {
  private Rules() {}

  /// The rules in the order of their ids.
  ///
  /// @param definitions schemas of Flux's own kinds, for repositories that do not hold them
  public static List<Check> all(Definitions definitions) {
    return List.of(
        new AlertsMissing(),
        new ChartFails(),
        new ChartMissing(),
        new ChartVersionNotPinned(),
        new DefinitionMissing(),
        new ImageRefused(),
        new ImageTagMissing(),
        new ImmutableFieldChanged(),
        new NamespaceMissing(),
        new OwnedTwice(),
        new PodSecurityViolated(),
        new PostRendererFails(),
        new QuotaTooSmall(),
        new RightsMissing(),
        new SourceRefuses(),
        new StorageClassUnknown(),
        new TimeoutBelowLearnt(),
        new ValueUnused(),
        new ValuesFromMissing(),
        new ValuesRefused(),
        new VersionNotProven());
  }
}
