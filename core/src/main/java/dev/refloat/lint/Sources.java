package dev.refloat.lint;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The text of the files that were read, for what a person wrote around the objects: comments, and
/// the lines that a finding shows.
public interface Sources {

  /// The files that were read, relative to the root of the repository, with `/`.
  Collection<String> files();

  /// The lines of a file without their line breaks; none when it was not read.
  List<String> lines(String file);

  /// All files below a folder, whatever they are, by their path relative to it: a chart that lies
  /// in
  /// the repository. Nothing when there is no such folder, or it is too large for a chart.
  default Optional<Map<String, byte[]>> folder(String folder) {
    return Optional.empty();
  }

  /// One file, whatever it is, from where [#folder] starts; nothing when there is none.
  default Optional<byte[]> file(String path) {
    return Optional.empty();
  }

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

      @Override
      public Optional<Map<String, byte[]>> folder(String folder) {
        return parts.stream().flatMap(p -> p.folder(folder).stream()).findFirst();
      }

      @Override
      public Optional<byte[]> file(String path) {
        return parts.stream().flatMap(p -> p.file(path).stream()).findFirst();
      }
    };
  }
}
