package dev.refloat.lint;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.ObjectRef;
import java.util.List;

/// A change that is safe to make without asking: it makes the finding go away and changes nothing
/// that runs.
///
/// @param title imperative, as in `Pin the chart to 1.4.2`
/// @param object the declared object; the edit is made in the layer that sets the field
public record Fix(String title, ObjectRef object, List<FieldEdit> edits) {
  public Fix {
    edits = List.copyOf(edits);
  }
}
