package dev.refloat.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.rule.RuleBook;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The worked example of an organisation's own catalog, used as `--catalog` uses it: beside the
/// built-in classes.
class ExampleCatalogTest {
  private static final Path EXAMPLE = Path.of("../examples/catalog");

  @Test
  void addsItsClassesAndPagesToTheBuiltInOnes() {
    Catalog builtIn = Catalog.builtIn();
    Catalog both = builtIn.plus(EXAMPLE);
    assertThat(both.rules().rules()).containsAll(builtIn.rules().rules());
    assertThat(both.rules().rule("librechat-mongodb-corrupt")).isPresent();
    assertThat(both.pages().markdown("librechat-mongodb-corrupt").orElseThrow())
        .contains("## How to fix it");
    assertThat(both.pages().markdown("image-pull"))
        .isEqualTo(builtIn.pages().markdown("image-pull"));
  }

  @TestFactory
  Stream<DynamicTest> everyCaseComesOutAsExpectedBesideTheBuiltInClasses() {
    Catalog builtIn = Catalog.builtIn();
    List<CatalogFolder> folders = CatalogFolder.readAll(EXAMPLE, builtIn.rules()::rule);
    RuleBook rules = builtIn.plus(EXAMPLE).rules();
    return folders.stream()
        .flatMap(f -> f.cases().stream())
        .map(c -> DynamicTest.dynamicTest(c.file(), () -> CatalogTest.run(c, rules)));
  }
}
