package dev.refloat.adapter.git;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A working tree on disk.
final class Folder implements SourceTree.Store {
  static final int MAX_FILES = 50_000;
  private static final int MAX_VISITED = 2_000_000;
  private static final int MAX_DEPTH = 40;

  private final Path root;
  private volatile @Nullable List<String> yaml;

  /// A folder and what is below it.
  ///
  /// @param root a real path
  Folder(Path root) {
    this.root = root;
  }

  @Override
  public boolean isFolder(String path) {
    return inside(path).filter(Files::isDirectory).isPresent();
  }

  @Override
  public Optional<Path> onDisk(String folder) {
    return inside(folder).filter(Files::isDirectory);
  }

  @Override
  public boolean isFile(String path) {
    return inside(path).filter(Files::isRegularFile).isPresent();
  }

  @Override
  public Optional<byte[]> bytes(String path, int most) throws IOException {
    Optional<Path> file = inside(path).filter(Files::isRegularFile);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file.get())) {
      return Optional.of(in.readNBytes(most));
    }
  }

  private Optional<Path> inside(String path) {
    try {
      Path real = root.resolve(path).toRealPath();
      boolean git = real.startsWith(root.resolve(".git"));
      return real.startsWith(root) && !git ? Optional.of(real) : Optional.empty();
    } catch (IOException | InvalidPathException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<String> yaml() {
    List<String> known = yaml;
    if (known == null) {
      known = walk();
      yaml = known;
    }
    return known;
  }

  @Override
  public List<String> below(String folder, int most) {
    return inside(folder).map(f -> walk(f, _ -> true, most)).orElse(List.of());
  }

  private List<String> walk() {
    return walk(root, n -> n.endsWith(".yaml") || n.endsWith(".yml"), MAX_FILES);
  }

  private List<String> walk(Path start, Predicate<String> wanted, int most) {
    List<String> out = new ArrayList<>();
    int[] visited = {0};
    try {
      Files.walkFileTree(
          start,
          Set.of(),
          MAX_DEPTH,
          new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) {
              return dir.endsWith(".git") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
              String name = root.relativize(file).toString().replace('\\', '/');
              if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && wanted.test(name)) {
                out.add(name);
              }
              return out.size() > most || ++visited[0] > MAX_VISITED
                  ? FileVisitResult.TERMINATE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Collections.sort(out);
    return List.copyOf(out);
  }
}
