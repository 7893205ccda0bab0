package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One cluster with every recorded failure in it, shared by the classes that only read it. It ends
/// with the JVM.
final class BrokenCluster {
  private static @Nullable TestCluster cluster;

  private BrokenCluster() {}

  static synchronized TestCluster get() throws UnavailableException {
    if (cluster == null) {
      TestCluster started = TestCluster.start(TestCluster.Part.FLUX);
      for (String id : ids()) {
        Recordings.of(id).load(started);
      }
      cluster = started;
    }
    return cluster;
  }

  /// The recordings with a known truth.
  static List<String> ids() {
    Path folder = Recordings.folder(".");
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString())
          .filter(n -> n.endsWith(".truth.yaml"))
          .map(n -> n.substring(0, n.length() - ".truth.yaml".length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the recordings in " + folder, e);
    }
  }

  /// A field of the truth of a recording.
  static String truth(String id, String field) {
    try {
      return Manifests.read(Files.readString(Recordings.folder(".").resolve(id + ".truth.yaml")))
          .getFirst()
          .path(field)
          .asString("");
    } catch (IOException e) {
      throw new UncheckedIOException("no truth for " + id, e);
    }
  }
}
