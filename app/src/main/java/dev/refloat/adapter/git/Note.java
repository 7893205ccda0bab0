package dev.refloat.adapter.git;

import dev.refloat.model.FieldEdit;
import java.util.List;

/// Something about a kustomization that is not as it should be, or that was not followed.
///
/// @param field of the file at `at` that it is about
record Note(Kind kind, String text, Origin at, List<FieldEdit.Step> field)
    implements Comparable<Note> {
  Note {
    field = List.copyOf(field);
  }

  /// What it means for what was built.
  enum Kind {
    /// Objects are missing: they come from another place.
    ELSEWHERE,
    /// Objects may be different or missing: this reader does not know how they are made.
    NOT_FOLLOWED,
    /// Kustomize refuses, and Flux with it.
    REFUSED,
    /// Kustomize probably refuses; it was not asked.
    DOUBTED
  }

  /// Whether kustomize refuses, as far as is known.
  boolean refused() {
    return kind == Kind.REFUSED || kind == Kind.DOUBTED;
  }

  @Override
  public int compareTo(Note other) {
    return text.compareTo(other.text);
  }
}
