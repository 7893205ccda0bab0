package dev.refloat.lint;

import java.util.Comparator;

/// A place in a file of the repository.
///
/// @param file relative to the root of the repository, with `/`
/// @param line from 1
/// @param column in code points, from 1
public record Place(String file, int line, int column) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::file)
          .thenComparingInt(Place::line)
          .thenComparingInt(Place::column);

  public Place {
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("lines and columns count from 1");
    }
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  /// `file:line:column`, which editors and terminals make a link.
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
