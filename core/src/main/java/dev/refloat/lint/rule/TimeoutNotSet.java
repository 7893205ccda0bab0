package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// A release that waits as long as Flux does by default.
final class TimeoutNotSet implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "timeout-not-set",
          "Releases that run a database or many pods have a timeout of their own",
          Severity.INFO,
          List.of("timeout"),
          RuleInfo.Needs.REPOSITORY);

  /// Charts, or words in their names, of software that often takes longer than Flux's 5 minutes.
  private static final Pattern SLOW =
      Pattern.compile(
          "(mongodb|postgres|mysql|mariadb|cassandra|elasticsearch|opensearch|kafka|clickhouse"
              + "|gitlab|nextcloud|sonarqube|airflow|keycloak|rook-ceph|longhorn"
              + "|kube-prometheus-stack|vault|harbor|minio|rabbitmq)");

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      String chart =
          release.spec("chart", "spec", "chart").text(release.spec("chartRef", "name").text());
      if (!release.spec("timeout").exists()
          && !release.spec("install", "timeout").exists()
          && !learnt(scene, d)
          && SLOW.matcher(chart.toLowerCase(Locale.ROOT)).find()) {
        report
            .at(d, "spec")
            .say(
                "HelmRelease "
                    + release.path()
                    + " has no timeout: chart "
                    + chart
                    + " often needs more than Flux's 5m",
                "Set spec.timeout to the longest action seen and half again; refloat learn"
                    + " measures it");
      }
    }
  }

  /// What was measured is judged by a rule of its own.
  private static boolean learnt(Scene scene, Declared release) {
    return scene
        .past()
        .here()
        .flatMap(e -> e.find(release.object().namespace(), release.object().name()))
        .isPresent();
  }
}
