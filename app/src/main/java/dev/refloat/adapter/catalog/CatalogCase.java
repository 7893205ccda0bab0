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
  /// @param plan what must be planned
  public record Expectation(
      String cause,
      Optional<String> variant,
      Optional<Confidence> confidence,
      Optional<String> root,
      Optional<String> state,
      List<String> symptoms,
      Optional<String> summary,
      List<String> remedies,
      Optional<ExpectedPlan> plan) {
    public Expectation {
      symptoms = List.copyOf(symptoms);
      remedies = List.copyOf(remedies);
    }
  }

  /// What must be planned for the case, without a working tree of Git at hand.
  ///
  /// @param remedy the one that is chosen
  /// @param approvals the objects that destructive steps name, as `kind/namespace/name`
  public record ExpectedPlan(Optional<String> remedy, How how, List<String> approvals) {
    public ExpectedPlan {
      approvals = List.copyOf(approvals);
    }
  }

  /// Who carries a plan out.
  public enum How {
    /// Refloat alone.
    AUTOMATIC("automatic"),
    /// A person, in at least one step.
    BY_HAND("by-hand"),
    /// Another release has to be recovered first.
    ELSEWHERE("elsewhere"),
    /// Nobody: there is no safe plan.
    REFUSED("refused"),
    /// Nothing has to be done.
    UNNEEDED("unneeded");

    private final String word;

    How(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }
}
