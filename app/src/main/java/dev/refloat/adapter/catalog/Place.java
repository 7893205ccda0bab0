package dev.refloat.adapter.catalog;

/// Where something stands in a file of a catalog.
///
/// @param file as it is shown to a person: `catalog/image-pull/rule.yaml`
/// @param line from 1; 0 when the whole file or folder is meant
/// @param column from 1
record Place(String file, int line, int column) {
  static Place of(String file) {
    return new Place(file, 0, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
