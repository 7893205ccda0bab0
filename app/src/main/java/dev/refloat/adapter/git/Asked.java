package dev.refloat.adapter.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Files and folders of one repository that are asked for.
///
/// @param root up to the folder that has `.git`; without one, the folder that was asked for
/// @param paths relative to the root, with `/`; empty for the root itself
record Asked(Path root, List<String> paths) {
  Asked {
    paths = List.copyOf(paths);
  }

  /// By repository.
  ///
  /// @throws IOException when one is not there
  static List<Asked> of(List<Path> paths) throws IOException {
    Map<Path, List<String>> byRoot = new LinkedHashMap<>();
    for (Path path : paths) {
      Path real = path.toRealPath();
      Path folder = Files.isDirectory(real) ? real : real.resolveSibling(".").normalize();
      Path root = top(folder).orElse(folder);
      byRoot
          .computeIfAbsent(root, _ -> new ArrayList<>())
          .add(root.relativize(real).toString().replace('\\', '/'));
    }
    return byRoot.entrySet().stream().map(e -> new Asked(e.getKey(), e.getValue())).toList();
  }

  private static Optional<Path> top(Path folder) {
    for (Path at = folder; at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(".git"))) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }
}
