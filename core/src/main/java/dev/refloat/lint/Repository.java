package dev.refloat.lint;

import java.util.List;

/// What was read of a repository.
///
/// @param clusters what each cluster would get; an object that several get is in each of them
/// @param notChecked what could not be read or followed
/// @param sources the texts of the files that were read
/// @param asked files and folders that are to be judged; empty for all. What lies outside of them
///     was read because they depend on it.
public record Repository(
    List<Cluster> clusters, List<NotChecked> notChecked, Sources sources, List<String> asked) {
  public Repository {
    clusters = List.copyOf(clusters);
    notChecked = List.copyOf(notChecked);
    asked = List.copyOf(asked);
  }

  /// Whether a file is to be judged.
  public boolean asks(String file) {
    return asked.isEmpty()
        || asked.stream().anyMatch(a -> a.isEmpty() || a.equals(file) || file.startsWith(a + "/"));
  }
}
