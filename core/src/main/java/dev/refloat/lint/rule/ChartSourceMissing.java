package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.List;
import java.util.Optional;

/// The source of a release's chart is not declared: misspelt, of another kind, or in another
/// namespace. Helm-controller says ArtifactFailed, source-controller SourceUnavailable, for ever.
final class ChartSourceMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "chart-source-missing",
          "The source of every chart is declared, with that kind, name and namespace",
          Severity.ERROR,
          List.of("source-missing"),
          RuleInfo.Needs.REPOSITORY);

  private static final List<String> KINDS =
      List.of("HelmRepository", "GitRepository", "Bucket", "OCIRepository", "HelmChart");

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      release
          .source()
          .filter(s -> s.complete() && KINDS.contains(s.kind()))
          .filter(s -> find(scene.cluster(), s).isEmpty())
          .filter(s -> !Absence.somewhere(scene.cluster(), Release.SOURCES, s))
          .filter(s -> !Absence.rendered(scene, Release.SOURCES, s) && !bootstrapped(s))
          .ifPresent(s -> missing(scene.cluster(), release, s, report));
    }
  }

  /// Bootstrapping with Terraform or the Flux Operator makes the source of the repository itself.
  private static boolean bootstrapped(Release.Reference source) {
    return source.name().equals("flux-system");
  }

  private static Optional<Declared> find(Cluster cluster, Release.Reference source) {
    return cluster.find(Release.SOURCES, source.kind(), source.namespace(), source.name());
  }

  private static void missing(
      Cluster cluster, Release release, Release.Reference source, Report report) {
    Optional<String> open = Absence.openEndedForFlux(cluster, release.declared());
    if (open.isPresent()) {
      report.notChecked(release.declared(), source.display() + " " + open.get());
      return;
    }
    Optional<Declared> otherKind =
        KINDS.stream()
            .flatMap(
                k -> cluster.find(Release.SOURCES, k, source.namespace(), source.name()).stream())
            .findFirst();
    List<Declared> elsewhere =
        cluster.all(Release.SOURCES, source.kind()).stream()
            .filter(d -> d.ref().name().equals(source.name()))
            .toList();
    Optional<String> meant =
        Absence.meant(
            source.name(), cluster.all(Release.SOURCES, source.kind()), source.namespace());
    Report.Draft draft =
        report
            .at(release.declared(), source.path("name"))
            .as(
                otherKind.isPresent()
                    ? Severity.ERROR
                    : Absence.ofFluxObject(cluster, release.declared(), source.namespace()));
    String advice;
    if (otherKind.isPresent()) {
      draft.related(otherKind.get().positions().of(), "a source of this name and another kind");
      advice = "Write kind: " + otherKind.get().ref().kind() + ", if that source was meant";
    } else if (!elsewhere.isEmpty()) {
      Declared there = elsewhere.getFirst();
      draft.related(there.positions().of(), "a source of this name, in " + there.ref().namespace());
      advice = "Write namespace: " + there.ref().namespace() + " in the reference";
      if (elsewhere.size() == 1) {
        draft.fix(
            "Take the chart from " + there.ref().display(),
            new FieldEdit(source.path("namespace"), new Json.Str(there.ref().namespace())));
      }
    } else {
      advice =
          meant
              .map(m -> "Write name: " + m + ", if that was meant")
              .orElse("Declare " + source.display() + ", or correct the reference");
    }
    draft.say(
        source.display()
            + " is not declared in the repository: HelmRelease "
            + release.path()
            + " gets no chart",
        advice);
  }
}
