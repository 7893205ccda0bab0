package dev.refloat.standin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// Chart archives by their digest.
final class ChartStore {
  private final Path folder;

  ChartStore(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + folder, e);
    }
  }

  /// Keeps an archive; answers its digest.
  String keep(byte[] archive) throws IOException {
    String digest = Digests.of(archive);
    Path half = Files.createTempFile(folder, "chart-", ".half");
    Files.write(half, archive);
    Files.move(half, path(digest), StandardCopyOption.ATOMIC_MOVE);
    return digest;
  }

  Optional<Path> find(String digest) {
    return Optional.of(path(digest)).filter(Files::isRegularFile);
  }

  /// A folder for work on a chart.
  Path scratch() throws IOException {
    return Files.createTempDirectory(folder, "work-");
  }

  private Path path(String digest) {
    return folder.resolve(digest.replaceAll("[^0-9a-f]", "") + ".tgz");
  }

  static void delete(Path folder) {
    try (var all = Files.walk(folder)) {
      for (Path p : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(p);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
