package dev.refloat.adapter.chart;

import dev.refloat.evidence.Observation;
import dev.refloat.lint.Rendering;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
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

  /// The files of a source that is not this repository.
  ///
  /// @param of a GitRepository, a Bucket or an ExternalArtifact; its spec when Git holds it
  /// @return nothing when it is none of those that can be had
  /// @throws IOException when it can be had in general, and now cannot; says why
  default Optional<ChartFolders> files(Resource of) throws IOException {
    return Optional.empty();
  }

  /// Whether the user named a copy of a source, which then counts, even for this repository.
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
