package dev.refloat.lint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Applies rules to what a repository declares.
public final class Linter {
  private static final Comparator<Finding> ORDER =
      Comparator.comparing(Finding::place)
          .thenComparing(Finding::severity)
          .thenComparing(Finding::rule)
          .thenComparing(Finding::object)
          .thenComparing(Finding::message);

  private Linter() {}

  /// Runs every rule over every cluster.
  ///
  /// @param scenes one for each cluster
  /// @param repository that the clusters are of
  public static LintResult run(List<Check> checks, List<Scene> scenes, Repository repository) {
    Map<Same, Finding> findings = new LinkedHashMap<>();
    Set<NotChecked> notChecked = new LinkedHashSet<>();
    repository.notChecked().stream().filter(n -> asked(n, repository)).forEach(notChecked::add);
    for (Report report : reports(checks, scenes)) {
      report.findings().stream()
          .filter(f -> repository.asks(f.place().file()))
          .forEach(f -> findings.putIfAbsent(Same.of(f), f));
      report.notChecked().stream().filter(n -> asked(n, repository)).forEach(notChecked::add);
    }
    Set<Place> objects = new HashSet<>();
    Set<Place> releases = new HashSet<>();
    for (Scene scene : scenes) {
      scene.cluster().objects().forEach(d -> objects.add(d.positions().of()));
      scene.cluster().releases().forEach(d -> releases.add(d.positions().of()));
    }
    List<Finding> sorted = new ArrayList<>(findings.values());
    sorted.sort(ORDER);
    return new LintResult(
        sorted,
        List.copyOf(notChecked),
        new LintResult.Counts(
            repository.sources().files().size(),
            scenes.size(),
            objects.size(),
            releases.size(),
            checks.size()));
  }

  /// Each rule over each cluster, side by side: they are pure.
  private static List<Report> reports(List<Check> checks, List<Scene> scenes) {
    return scenes.stream()
        .flatMap(s -> checks.stream().map(c -> new Work(c, s)))
        .toList()
        .parallelStream()
        .map(Work::done)
        .toList();
  }

  private record Work(Check check, Scene scene) {
    Report done() {
      Report report = new Report(check.info());
      check.check(scene, report);
      return report;
    }
  }

  private static boolean asked(NotChecked what, Repository repository) {
    return what.place().map(p -> repository.asks(p.file())).orElse(true);
  }

  /// What makes findings of two clusters one: a base that both use is mended once.
  private record Same(String rule, Place place, String field, String message) {
    static Same of(Finding f) {
      return new Same(f.rule(), f.place(), f.field(), f.message());
    }
  }
}
