package dev.refloat.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Compares output with a file of `src/test/resources/golden`. `-Dgolden=update` rewrites the
/// files,
/// except in CI, where a change nobody looked at must not pass.
public final class Golden {
  private static final Path FOLDER = Path.of("src/test/resources/golden");

  private Golden() {}

  public static void matches(String file, String actual) {
    Path path = FOLDER.resolve(file);
    try {
      if ("update".equals(System.getProperty("golden"))) {
        if ("true".equals(System.getenv("CI"))) {
          throw new IllegalStateException("golden files are not rewritten in CI");
        }
        Files.createDirectories(FOLDER);
        Files.writeString(path, actual);
        return;
      }
      assertThat(path).as("golden file; write it with -Dgolden=update").exists();
      assertThat(actual).as("output differs from %s", path).isEqualTo(Files.readString(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
