package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import java.util.List;

/// A cluster with releases, and nothing that tells when one of them fails: neither an Alert of Flux
/// for HelmReleases nor rules on metrics of Flux.
final class AlertsMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "alerts-missing",
          "Something tells when a release fails",
          Severity.INFO,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  /// Kinds that hold rules for Prometheus, or files of them.
  private static final List<String> RULES = List.of("PrometheusRule", "VMRule", "ConfigMap");

  private static final List<String> METRICS =
      List.of(
          "gotk_resource_info", "flux_resource_info", "gotk_reconcile_condition", "gotk_suspend");

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Cluster cluster = scene.cluster();
    if (cluster.releases().isEmpty() || tells(cluster)) {
      return;
    }
    Declared first = cluster.releases().getFirst();
    if (!cluster.whole()) {
      report.notChecked(
          first, "not everything that the cluster gets is known; alerts may come from elsewhere");
      return;
    }
    report
        .at(first)
        .say(
            "Nothing in "
                + (cluster.name().isEmpty() ? "the repository" : cluster.name())
                + (cluster.releases().size() == 1
                    ? " tells when its release fails"
                    : " tells when one of its " + cluster.releases().size() + " releases fails"),
            "Write alerts: `refloat alerts "
                + (cluster.name().isEmpty() ? "." : cluster.name())
                + "`");
  }

  private static boolean tells(Cluster cluster) {
    for (Declared alert : cluster.all("notification.toolkit.fluxcd.io", "Alert")) {
      for (Json source : alert.object().spec("eventSources").list()) {
        if (List.of("HelmRelease", "*").contains(source.get("kind").text())) {
          return true;
        }
      }
    }
    return cluster.objects().stream()
        .filter(o -> RULES.contains(o.object().kind()))
        .anyMatch(o -> mentions(o.object().root()));
  }

  private static boolean mentions(Json tree) {
    return switch (tree) {
      case Json.Str(var text) -> METRICS.stream().anyMatch(text::contains);
      case Json.Arr(var items) -> items.stream().anyMatch(AlertsMissing::mentions);
      case Json.Obj o -> o.keys().stream().anyMatch(k -> mentions(o.get(k)));
      case Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> false;
    };
  }
}
