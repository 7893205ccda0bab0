package dev.refloat.adapter.catalog;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Confidence;
import dev.refloat.model.Resource;
import dev.refloat.release.ReleaseRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One case of a failure class: evidence in, expected diagnosis out.
///
/// @param file where it was read
/// @param about what it shows, in one sentence
/// @param snapshot a folder with the evidence; else the evidence is inline
/// @param logs by `namespace/pod/container`, or `namespace/pod/container/previous`
/// @param chartVersions what a source offers, by `Kind namespace/name chart`
/// @param imageTags what a registry offers, by image
/// @param takenAt when the cluster was looked at; absent: any day, or the time of the snapshot
/// @param release the release asked about; absent: the only one
public record CatalogCase(
    String file,
    String about,
    Optional<String> snapshot,
    List<Resource> objects,
    Map<String, String> logs,
    List<HelmRecord> records,
    Map<String, List<String>> chartVersions,
    Map<String, List<String>> imageTags,
    Optional<Instant> takenAt,
    Optional<ReleaseRef> release,
    Expectation expect) {

  public CatalogCase {
    objects = List.copyOf(objects);
    logs = Map.copyOf(logs);
    records = List.copyOf(records);
    chartVersions = Map.copyOf(chartVersions);
    imageTags = Map.copyOf(imageTags);
  }

  /// What the diagnosis must say. What is absent is not compared.
  ///
  /// @param root as people write it: `HelmRelease data/db`
  /// @param symptoms that must be among the symptoms
  /// @param summary a text that the summary must contain
  /// @param remedies ids that must be among the remedies
  public record Expectation(
      String cause,
      Optional<String> variant,
      Optional<Confidence> confidence,
      Optional<String> root,
      Optional<String> state,
      List<String> symptoms,
      Optional<String> summary,
      List<String> remedies) {
    public Expectation {
      symptoms = List.copyOf(symptoms);
      remedies = List.copyOf(remedies);
    }
  }
}
