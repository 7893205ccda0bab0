package dev.refloat.adapter.chart;

import java.util.Map;
import java.util.Optional;

/// Charts that lie in the repository itself.
@FunctionalInterface
public interface ChartFolders {
  /// Nothing lies there.
  ChartFolders NONE = folder -> Optional.empty();

  /// The files below a folder, by their path relative to it; nothing when there is no such folder,
  /// or it is too large for a chart.
  Optional<Map<String, byte[]>> files(String folder);

  /// One file.
  default Optional<byte[]> file(String path) {
    int slash = path.lastIndexOf('/');
    return files(slash < 0 ? "" : path.substring(0, slash))
        .flatMap(files -> Optional.ofNullable(files.get(path.substring(slash + 1))));
  }
}
