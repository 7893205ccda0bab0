package dev.refloat.wiring;

import dev.refloat.adapter.chart.ChartFolders;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Charts in a working tree. Links are passed over: they could lead anywhere.
final class FolderCharts implements ChartFolders {
  private static final long MOST_BYTES = 50L << 20;
  private static final int MOST_FILES = 5000;

  private final Path root;

  FolderCharts(Path root) {
    this.root = root;
  }

  @Override
  public Optional<Map<String, byte[]>> files(String folder) throws IOException {
    Path real;
    try {
      real = root.resolve(folder).toRealPath();
    } catch (IOException | java.nio.file.InvalidPathException e) {
      return Optional.empty();
    }
    if (!real.startsWith(root.toRealPath()) || !Files.isDirectory(real)) {
      return Optional.empty();
    }
    Map<String, byte[]> files = new TreeMap<>();
    long[] bytes = {0};
    Files.walkFileTree(
        real,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return dir.endsWith(".git") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              bytes[0] += attributes.size();
              if (bytes[0] > MOST_BYTES || files.size() >= MOST_FILES) {
                throw new IOException("too large for a chart");
              }
              files.put(
                  real.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return Optional.of(files);
  }
}
