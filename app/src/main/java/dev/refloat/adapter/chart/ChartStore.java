package dev.refloat.adapter.chart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Charts and renderings on disk, each under the digest of what it is or of what made it. Whoever
/// deletes it loses only time. Names in it are digests, so nothing that is read decides where
/// something is written.
final class ChartStore {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private final Path root;

  ChartStore(Path root) {
    this.root = root;
  }

  static String digest(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String digest(String... parts) {
    return digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
  }

  /// Keeps a packed chart.
  ///
  /// @return its file
  Path putChart(byte[] packed) throws IOException {
    Path file = folder("charts").resolve(digest(packed) + ".tgz");
    if (!Files.exists(file) || Files.size(file) != packed.length) {
      write(file, packed);
    }
    return file;
  }

  /// Remembers which chart a question was answered with.
  void putAnswer(String question, String chartDigest) throws IOException {
    write(
        folder("answers").resolve(digest(question)), chartDigest.getBytes(StandardCharsets.UTF_8));
  }

  /// The chart that a question was answered with last time, when it is still here and whole.
  Optional<byte[]> answer(String question) {
    try {
      Path file = root.resolve("answers").resolve(digest(question));
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      String digest = Files.readString(file).strip();
      Path chart = root.resolve("charts").resolve(digest + ".tgz");
      if (!DIGEST.matcher(digest).matches() || !Files.isRegularFile(chart)) {
        return Optional.empty();
      }
      byte[] content = Files.readAllBytes(chart);
      return digest(content).equals(digest) ? Optional.of(content) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  Optional<String> rendering(String key) {
    try {
      Path file = root.resolve("renderings").resolve(key);
      return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void putRendering(String key, String text) throws IOException {
    write(folder("renderings").resolve(key), text.getBytes(StandardCharsets.UTF_8));
  }

  /// A folder for files that live only during a run. It is the caller's to delete.
  Path scratch() throws IOException {
    return Files.createTempDirectory(folder("scratch"), "run");
  }

  private Path folder(String name) throws IOException {
    Path folder = root.resolve(name);
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      try {
        Files.setPosixFilePermissions(root, PRIVATE);
        Files.setPosixFilePermissions(folder, PRIVATE);
      } catch (UnsupportedOperationException e) {
        // Windows: the user's own folder is closed to others already.
      }
    }
    return folder;
  }

  private static void write(Path file, byte[] content) throws IOException {
    Path part = Files.createTempFile(file.getParent(), "part", "");
    try {
      Files.write(part, content);
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
