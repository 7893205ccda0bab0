package dev.refloat.adapter.catalog;

import dev.refloat.rule.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compiles `catalog/` to the index and the pages that [Catalog#builtIn] reads. The build runs it;
/// it fails with every problem of the catalog, by file and line.
public final class CatalogCompiler {
  private CatalogCompiler() {}

  /// What the build calls.
  ///
  /// @param args the catalog folder and the folder of compiled classes
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("usage: CatalogCompiler CATALOG CLASSES");
    }
    compile(Path.of(args[0]), Path.of(args[1]));
  }

  static void compile(Path catalog, Path classes) throws IOException {
    List<CatalogFolder> folders = CatalogFolder.readAll(catalog, _ -> Optional.empty());
    Path out = classes.resolve(CatalogCompiler.class.getPackageName().replace('.', '/'));
    Path pages = out.resolve(Catalog.PAGES);
    Files.createDirectories(pages);
    List<Rule> rules = new ArrayList<>();
    for (CatalogFolder f : folders) {
      rules.add(f.rule());
      Files.writeString(pages.resolve(f.rule().id() + ".md"), f.page());
    }
    Files.write(out.resolve(Catalog.INDEX), IndexFile.write(rules));
  }
}
