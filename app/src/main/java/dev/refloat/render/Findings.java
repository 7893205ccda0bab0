package dev.refloat.render;

import dev.refloat.diagnosis.CauseGroup;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.BlindSpot;
import dev.refloat.release.ReleaseState;
import java.util.ArrayList;
import java.util.List;

/// What a run of `diagnose` found, ready to be shown.
///
/// @param diagnoses of every release looked at, healthy ones included
/// @param groups the releases that are not healthy, by root, worst first
/// @param where whose releases: `in namespace ai`, `in the cluster`, …
/// @param blindSpots what could not be read at all
public record Findings(
    List<Diagnosis> diagnoses, List<CauseGroup> groups, String where, List<BlindSpot> blindSpots) {

  public Findings {
    diagnoses = List.copyOf(diagnoses);
    groups = List.copyOf(groups);
    blindSpots = List.copyOf(blindSpots);
  }

  public boolean clean() {
    return groups.isEmpty();
  }

  List<Diagnosis> healthy() {
    return diagnoses.stream().filter(Diagnosis::healthy).toList();
  }

  /// One line: `3 causes behind 37 failing releases (1,000 checked)`.
  String headline() {
    if (diagnoses.isEmpty()) {
      return "No HelmReleases " + where + ".";
    }
    if (clean()) {
      return diagnoses.size() == 1
          ? "The only release " + where + " is healthy."
          : "All " + Words.count(diagnoses.size(), "release") + " " + where + " are healthy.";
    }
    int sick = groups.stream().mapToInt(g -> g.members().size()).sum();
    return Words.count(groups.size(), "cause")
        + " behind "
        + Words.count(sick, "failing release")
        + " ("
        + Words.number(diagnoses.size())
        + " checked)";
  }

  /// How the releases with a cause stand: `2 stalled, 1 waiting, 1 ready but broken`; empty when
  /// all of them are plainly failing.
  String states() {
    List<String> parts = new ArrayList<>();
    boolean plain = true;
    List<ReleaseState> worstFirst = new ArrayList<>(List.of(ReleaseState.values()));
    worstFirst.remove(ReleaseState.READY);
    worstFirst.addLast(ReleaseState.READY);
    for (ReleaseState state : worstFirst) {
      long n =
          groups.stream()
              .flatMap(g -> g.members().stream())
              .filter(d -> d.state() == state)
              .count();
      if (n > 0) {
        plain &= state == ReleaseState.FAILING;
        parts.add(
            Words.number(n)
                + " "
                + (state == ReleaseState.READY ? "ready but not well" : state.word()));
      }
    }
    return plain ? "" : String.join(", ", parts);
  }
}
