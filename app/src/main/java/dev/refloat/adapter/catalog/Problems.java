package dev.refloat.adapter.catalog;

import java.util.ArrayList;
import java.util.List;

/// Collects what is wrong with a catalog, so that an author sees all of it at once.
final class Problems {
  private final List<String> found = new ArrayList<>();

  void add(Place place, String message) {
    found.add(place + " " + message);
  }

  boolean none() {
    return found.isEmpty();
  }

  int count() {
    return found.size();
  }

  /// @throws CatalogException when anything was added
  void raise() {
    if (!found.isEmpty()) {
      throw new CatalogException(found);
    }
  }
}
