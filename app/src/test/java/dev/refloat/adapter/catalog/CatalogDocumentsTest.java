package dev.refloat.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Keeps generated files equal to what they are generated from. Run it with `-Drefloat.write=true`
/// to write them.
class CatalogDocumentsTest {

  @TestFactory
  Stream<DynamicTest> generatedFilesAreCurrent() throws IOException {
    Map<Path, String> files =
        CatalogDocuments.all(CatalogFolder.readAll(Path.of("../catalog"), _ -> Optional.empty()));
    return files.entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey().getFileName().toString(), () -> current(e.getKey(), e.getValue())));
  }

  private static void current(Path file, String expected) throws IOException {
    if (Boolean.getBoolean("refloat.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    // While several people add classes, the list of classes would be wrong all the time.
    assumeTrue(CatalogTest.COMPLETE || !file.endsWith("failures.md"));
    assertThat(file)
        .as("write it again with -Dtest=CatalogDocumentsTest -Drefloat.write=true")
        .hasContent(expected);
  }
}
