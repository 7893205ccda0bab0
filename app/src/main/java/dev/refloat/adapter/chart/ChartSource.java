package dev.refloat.adapter.chart;

import dev.refloat.evidence.Observation;
import dev.refloat.lint.Rendering;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Where charts come from that do not lie in the repository. Several threads may ask.
@FunctionalInterface
public interface ChartSource {

  /// The chart that Flux would take now.
  ///
  /// @param source a HelmRepository or an OCIRepository
  /// @param chart its name; not looked at for an OCIRepository
  /// @param range of versions, as in `spec.chart.spec.version`
  /// @param secrets those that the source names
  Fetched fetch(
      Resource source,
      String chart,
      String range,
      Function<ObjectRef, Observation<Resource>> secrets);

  /// A copy of the files of a source, as the user has it on disk.
  ///
  /// @param of a GitRepository, a Bucket or an ExternalArtifact
  default Optional<ChartFolders> copy(ObjectRef of) {
    return Optional.empty();
  }

  /// What came of it.
  sealed interface Fetched {}

  /// The packed chart.
  final class Packed implements Fetched {
    private final byte[] content;

    /// @param content not to be changed any more
    public Packed(byte[] content) {
      this.content = content;
    }

    byte[] content() {
      return content;
    }
  }

  /// The source answered, and not with the chart.
  ///
  /// @param offered names or versions that there are instead, newest first
  record Refused(Rendering.Failed.At at, String why, List<String> offered) implements Fetched {
    public Refused {
      offered = List.copyOf(offered);
    }
  }

  /// It was not asked.
  record NotAsked(String why) implements Fetched {}
}
