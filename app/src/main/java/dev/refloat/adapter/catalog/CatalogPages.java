package dev.refloat.adapter.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The pages of the catalog: what `refloat explain` prints.
public final class CatalogPages {
  private final Map<String, String> titles;
  private final Function<String, Optional<String>> text;

  /// @param titles by id
  /// @param text fetches a page when it is wanted
  CatalogPages(Map<String, String> titles, Function<String, Optional<String>> text) {
    this.titles = new LinkedHashMap<>(titles);
    this.text = text;
  }

  /// One line of the list of pages.
  ///
  /// @param id the cause
  /// @param title one line, without a period
  public record Entry(String id, String title) {}

  /// All failure classes, by id.
  public List<Entry> entries() {
    return titles.entrySet().stream()
        .map(e -> new Entry(e.getKey(), e.getValue()))
        .sorted(java.util.Comparator.comparing(Entry::id))
        .toList();
  }

  public Optional<String> title(String id) {
    return Optional.ofNullable(titles.get(id));
  }

  /// The page as Markdown; nothing for an unknown id.
  public Optional<String> markdown(String id) {
    return titles.containsKey(id) ? text.apply(id) : Optional.empty();
  }

  CatalogPages plus(Map<String, String> moreTitles, Map<String, String> moreText) {
    Map<String, String> all = new LinkedHashMap<>(titles);
    all.putAll(moreTitles);
    return new CatalogPages(
        all, id -> Optional.ofNullable(moreText.get(id)).or(() -> text.apply(id)));
  }
}
