package dev.refloat.lint;

import java.util.List;

/// What was read of a repository.
///
/// @param clusters what each cluster would get; an object that several get is in each of them
/// @param notChecked what could not be read or followed
/// @param sources the texts of the files that were read
public record Repository(List<Cluster> clusters, List<NotChecked> notChecked, Sources sources) {
  public Repository {
    clusters = List.copyOf(clusters);
    notChecked = List.copyOf(notChecked);
  }
}
