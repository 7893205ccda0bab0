package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A chart renders an object of an API version that Kubernetes removed. A chart that asks
/// `.Capabilities` may render another one in the cluster, so the version it was told matters.
final class RenderedApiRemoved implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "rendered-api-removed",
          "Charts render API versions that Kubernetes still has",
          Severity.WARNING,
          List.of("removed-api"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.each(
        scene,
        (release, r) -> {
          TreeMap<String, Resource> found = new TreeMap<>();
          Renderings.objects(r)
              .filter(o -> RemovedApis.of(o.ref().apiVersion(), o.kind()).isPresent())
              .forEach(o -> found.putIfAbsent(o.ref().apiVersion() + " " + o.kind(), o));
          found.forEach(
              (api, object) -> {
                RemovedApis.Removed removed =
                    RemovedApis.of(object.ref().apiVersion(), object.kind()).orElseThrow();
                Optional<String> instead = Optional.of(removed.instead()).filter(i -> !i.isEmpty());
                Renderings.chart(report, release)
                    .say(
                        Renderings.theChart(r.chart())
                            + " renders "
                            + object.ref().display()
                            + " of "
                            + object.ref().apiVersion()
                            + ", which Kubernetes "
                            + removed.since()
                            + " removed: the release fails there",
                        instead
                            .map(i -> "Take a version of the chart that renders " + i)
                            .orElse("Switch the object off in the values"));
              });
        });
  }
}
