package dev.refloat.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlertingTest {
  private static final Alerting.Receiver RECEIVER =
      new Alerting.Receiver("flux-system", "flux-alerts", "slack", "ops", "flux-alerts");

  /// Names of metrics that Flux, kube-state-metrics and flux-operator expose.
  private static final List<String> METRICS =
      List.of("gotk_resource_info", "flux_resource_info", "gotk_reconcile_duration_seconds_count");

  private static final Pattern METRIC = Pattern.compile("([a-z_]+)\\{");

  private static Declared declared(String apiVersion, String kind, String namespace) {
    Json object =
        Json.from(
            Map.of(
                "apiVersion",
                apiVersion,
                "kind",
                kind,
                "metadata",
                Map.of("name", "x", "namespace", namespace)));
    return new Declared(
        Resource.of(object), _ -> new Place("x.yaml", 1, 1), Optional.empty(), false);
  }

  @Test
  void watchesTheNamespacesOfTheRepository() {
    Cluster cluster =
        new Cluster(
            "",
            List.of(
                declared("helm.toolkit.fluxcd.io/v2", "HelmRelease", "shop"),
                declared("source.toolkit.fluxcd.io/v1", "HelmRepository", "charts"),
                declared("v1", "ConfigMap", "other")),
            true);
    Json.Obj alert = Alerting.notifications(RECEIVER, cluster).getLast();
    assertThat(alert.at("spec", "eventSources").list())
        .extracting(s -> s.get("namespace").text() + "/" + s.get("kind").text())
        .containsExactly(
            "charts/HelmChart",
            "charts/HelmRepository",
            "flux-system/HelmRelease",
            "flux-system/Kustomization",
            "shop/HelmRelease");
    assertThat(alert.at("spec", "providerRef", "name").text()).isEqualTo("flux-alerts");
  }

  @ParameterizedTest
  @EnumSource(Alerting.Metrics.class)
  void asksForMetricsThatExist(Alerting.Metrics metrics) {
    Json.Obj rule = Alerting.prometheus(metrics, RECEIVER, Map.of("release", "prometheus"));
    assertThat(rule.at("metadata", "labels", "release").text()).isEqualTo("prometheus");
    List<Json> rules = rule.at("spec", "groups").list().getFirst().get("rules").list();
    assertThat(rules).extracting(r -> r.get("alert").text()).doesNotHaveDuplicates();
    for (Json r : rules) {
      String expr = r.get("expr").text();
      assertThat(expr.chars().filter(c -> c == '(').count())
          .as(expr)
          .isEqualTo(expr.chars().filter(c -> c == ')').count());
      Matcher m = METRIC.matcher(expr);
      int found = 0;
      while (m.find()) {
        assertThat(METRICS).contains(m.group(1));
        found++;
      }
      assertThat(found).as(expr).isPositive();
      assertThat(Times.duration(r.get("for").text())).isPresent();
      assertThat(r.at("labels", "severity").text()).isIn("warning", "critical");
      assertThat(r.at("annotations", "summary").text()).isNotBlank();
    }
  }

  @Test
  void speaksTheLanguageOfEachSource() {
    assertThat(Alerting.prometheus(Alerting.Metrics.FLUX_OPERATOR, RECEIVER, Map.of()).toString())
        .contains("suspended!=\"True\"")
        .contains("flux_resource_info{kind=")
        .doesNotContain("gotk_resource_info");
    assertThat(
            Alerting.prometheus(Alerting.Metrics.KUBE_STATE_METRICS, RECEIVER, Map.of()).toString())
        .contains("suspended!=\"true\"")
        .contains("gotk_resource_info{customresource_kind=");
  }
}
