package dev.refloat.lint;

import dev.refloat.model.FieldEdit;
import java.util.List;

/// Where the fields of a declared object are written: in its own document, or in the patch that set
/// the field last.
@FunctionalInterface
public interface Positions {
  /// The place of a field's key (or of a list's item); of the nearest field above it that is
  /// written
  /// somewhere when the field is not. An empty path gives the place of the document.
  Place of(List<FieldEdit.Step> path);

  /// The place of a field below object fields only.
  default Place of(String... path) {
    return of(
        List.<FieldEdit.Step>copyOf(
            java.util.Arrays.stream(path).map(FieldEdit.Key::new).toList()));
  }
}
