package dev.refloat.lint;

import java.util.Collection;
import java.util.List;

/// The text of the files that were read, for what a person wrote around the objects: comments, and
/// the lines that a finding shows.
public interface Sources {

  /// The files that were read, relative to the root of the repository, with `/`.
  Collection<String> files();

  /// The lines of a file without their line breaks; none when it was not read.
  List<String> lines(String file);

  /// Several as one; of files that are in more than one, the first counts.
  static Sources of(List<Sources> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    return new Sources() {
      @Override
      public Collection<String> files() {
        return parts.stream().flatMap(p -> p.files().stream()).distinct().toList();
      }

      @Override
      public List<String> lines(String file) {
        return parts.stream()
            .map(p -> p.lines(file))
            .filter(l -> !l.isEmpty())
            .findFirst()
            .orElse(List.of());
      }
    };
  }
}
