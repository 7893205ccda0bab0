package dev.refloat.adapter.git;

import dev.refloat.model.FieldEdit;
import java.util.ArrayList;
import java.util.List;

/// Where an object or a patch stands.
///
/// @param file empty when it stands in no file of this repository
/// @param document which of the file's documents, from 0
/// @param line at which the document begins, from 1
/// @param texts fields that hold YAML as text, from the outside in: a patch that is written inside
/// of
///     a kustomization, or inside of a patch
/// @param item the field of the innermost document that is the object: an item of a `List`, or of a
///     generator; empty when it is the document itself
record Origin(
    String file,
    int document,
    int line,
    List<List<FieldEdit.Step>> texts,
    List<FieldEdit.Step> item) {
  static final Origin NOWHERE = new Origin("", 0, 0);

  Origin {
    texts = List.copyOf(texts);
    item = List.copyOf(item);
  }

  Origin(String file, int document, int line) {
    this(file, document, line, List.of(), List.of());
  }

  /// A text in a field of this object.
  Origin text(List<FieldEdit.Step> field) {
    if (file.isEmpty()) {
      return this;
    }
    List<FieldEdit.Step> path = new ArrayList<>(item);
    path.addAll(field);
    List<List<FieldEdit.Step>> all = new ArrayList<>(texts);
    all.add(path);
    return new Origin(file, document, line, all, List.of());
  }

  /// A part of this object.
  Origin part(FieldEdit.Step... field) {
    List<FieldEdit.Step> path = new ArrayList<>(item);
    path.addAll(List.of(field));
    return new Origin(file, document, line, texts, path);
  }

  /// `file:line`.
  String place() {
    return file + ":" + line;
  }
}
