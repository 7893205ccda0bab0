package dev.refloat.adapter.catalog;

import dev.refloat.rule.Rule;
import dev.refloat.rule.RuleBook;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The known failure classes with their pages.
public final class Catalog {
  /// The rules in one file, beside this class.
  static final String INDEX = "refloat-catalog.bin";

  /// The pages, beside this class: read one at a time.
  static final String PAGES = "pages/";

  private final RuleBook rules;
  private final CatalogPages pages;

  private Catalog(RuleBook rules, CatalogPages pages) {
    this.rules = rules;
    this.pages = pages;
  }

  /// The catalog that the build compiled from `catalog/`.
  public static Catalog builtIn() {
    byte[] index =
        resource(INDEX)
            .orElseThrow(
                () -> new IllegalStateException("the built-in catalog is missing: build again"));
    List<Rule> rules = IndexFile.read(index);
    return new Catalog(
        new RuleBook(rules),
        new CatalogPages(
            titles(rules),
            id -> resource(PAGES + id + ".md").map(b -> new String(b, StandardCharsets.UTF_8))));
  }

  /// A catalog without any failure class: the ground for [#plus] in tests of catalogs.
  public static Catalog empty() {
    return new Catalog(new RuleBook(List.of()), new CatalogPages(Map.of(), _ -> Optional.empty()));
  }

  /// This catalog and an organisation's own: `--catalog DIR`. Its ids must be new; a rule with
  /// `refines` stands before the failure class that it refines.
  ///
  /// @throws CatalogException that names every problem in the folder by file, line and column
  public Catalog plus(Path directory) {
    List<CatalogFolder> folders = CatalogFolder.readAll(directory, rules::rule);
    List<Rule> all = new ArrayList<>(rules.rules());
    Map<String, String> text = new LinkedHashMap<>();
    for (CatalogFolder f : folders) {
      all.add(f.rule());
      text.put(f.rule().id(), f.page());
    }
    return new Catalog(
        new RuleBook(all),
        pages.plus(titles(folders.stream().map(CatalogFolder::rule).toList()), text));
  }

  public RuleBook rules() {
    return rules;
  }

  public CatalogPages pages() {
    return pages;
  }

  private static Map<String, String> titles(List<Rule> rules) {
    Map<String, String> titles = new LinkedHashMap<>();
    rules.forEach(r -> titles.put(r.id(), r.title()));
    return titles;
  }

  private static Optional<byte[]> resource(String name) {
    try (InputStream in = Catalog.class.getResourceAsStream(name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the built-in catalog", e);
    }
  }
}
