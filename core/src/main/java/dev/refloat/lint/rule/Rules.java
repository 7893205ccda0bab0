package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import java.util.List;
import java.util.function.Supplier;

/// All rules. A rule without a place here does not exist: its page, cases and documentation are
/// checked against this list.
public final class Rules {
  private Rules() {}

  /// The rules in the order of their ids.
  ///
  /// @param definitions schemas of Flux's own kinds, for repositories that do not hold them
  /// @param kubernetes schemas of Kubernetes' own kinds, asked for when they are needed
  public static List<Check> all(Definitions definitions, Supplier<Definitions> kubernetes) {
    return List.of(
        new AlertsMissing(),
        new AppliedTwice(),
        new ChartFails(),
        new ChartMissing(),
        new ChartSourceMissing(),
        new ChartVersionNotPinned(),
        new ClusterRefuses(),
        new CrdsNotUpgraded(),
        new CrossNamespaceRefused(),
        new DeclaredObjectImmutable(),
        new DeclaredObjectInvalid(kubernetes),
        new DefinitionMissing(),
        new DefinitionOrder(),
        new DependencyCycle(),
        new DependencyMissing(),
        new DriftDetectionOff(),
        new FieldWithoutEffect(),
        new FluxApiRemoved(definitions),
        new FluxObjectInvalid(definitions),
        new HistoryKeptWithoutReplace(),
        new ImageMissing(),
        new ImageMoving(),
        new ImageRefused(),
        new ImmutableFieldChanged(),
        new IntervalTooShort(),
        new KubeconfigMissing(),
        new KubernetesApiRemoved(),
        new KustomizationRefused(),
        new MovedBetweenKustomizations(),
        new ObjectOwnedTwice(),
        new PlainSecret(),
        new PodSecurityViolated(),
        new PolicyDenies(),
        new PostRendererFails(),
        new QuotaTooSmall(),
        new ReleaseMoved(),
        new ReleaseNameTaken(),
        new ReleaseRemoved(),
        new RenderedApiRemoved(),
        new RenderedObjectInvalid(kubernetes),
        new RepositoryTypeMismatch(),
        new RetriesMissing(),
        new RetriesUnlimited(),
        new RightsMissing(),
        new RollbackOff(),
        new SourceRefuses(),
        new SourceSecretMissing(),
        new StorageClassUnknown(),
        new SuspendedInGit(),
        new TargetNamespaceMissing(),
        new TimeoutBelowLearnt(),
        new TimeoutNotSet(),
        new TimeoutTooShort(),
        new ValueUnused(),
        new ValuesFromMissing(),
        new ValuesKeyMissing(),
        new ValuesRefused(),
        new VersionNotProven(),
        new WaitShorterThanRelease());
  }
}
