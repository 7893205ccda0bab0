package dev.refloat.lint;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The objects that make a cluster tell when releases fail: Flux's own notifications, and rules for
/// Prometheus. Names of alerts are public.
public final class Alerting {
  private static final String NOTIFICATION = "notification.toolkit.fluxcd.io/v1beta3";
  private static final String OBJECT = "{{ $labels.exported_namespace }}/{{ $labels.name }}";

  private Alerting() {}

  /// Who exposes the state of Flux's objects.
  public enum Metrics {
    /// kube-state-metrics with the configuration of fluxcd/flux2-monitoring-example.
    KUBE_STATE_METRICS("gotk_resource_info", "customresource_kind", "true"),
    /// flux-operator (its monitoring guide).
    FLUX_OPERATOR("flux_resource_info", "kind", "True");

    private final String metric;
    private final String kindLabel;
    private final String suspended;

    Metrics(String metric, String kindLabel, String suspended) {
      this.metric = metric;
      this.kindLabel = kindLabel;
      this.suspended = suspended;
    }

    /// Retrying releases change between False and Unknown, and each change would begin the time of
    /// an alert anew.
    private String notReady(String kinds) {
      return state(kinds, "ready!=\"True\",suspended!=\"" + suspended + "\"");
    }

    private String failed(String kinds) {
      return state(kinds, "ready=\"False\",suspended!=\"" + suspended + "\"");
    }

    private String suspended(String kinds) {
      return state(kinds, "suspended=\"" + suspended + "\"");
    }

    private String state(String kinds, String rest) {
      return "max by (exported_namespace, name, " + kindLabel + ") (" + of(kinds, rest) + " == 1)";
    }

    private String of(String kinds, String rest) {
      return metric
          + "{"
          + kindLabel
          + (kinds.contains("|") ? "=~\"" : "=\"")
          + kinds
          + "\""
          + (rest.isEmpty() ? "" : "," + rest)
          + "}";
    }

    private String silent() {
      return "absent(" + of("HelmRelease", "") + ")";
    }

    private String kind() {
      return "{{ $labels." + kindLabel + " }}";
    }
  }

  /// Where notifications go.
  ///
  /// @param name of the Provider and the Alert
  /// @param type of the Provider, as `slack`
  /// @param channel empty for none
  /// @param secret with the `address` and `token` of the receiver
  public record Receiver(
      String namespace, String name, String type, String channel, String secret) {}

  /// Flux's Provider and Alert.
  ///
  /// @param cluster whose objects are told about; an Alert names its namespaces one by one, because
  ///     Flux knows no wildcard for them
  public static List<Json.Obj> notifications(Receiver receiver, Cluster cluster) {
    Json.Builder provider = Json.builder().put("type", receiver.type());
    if (!receiver.channel().isEmpty()) {
      provider.put("channel", receiver.channel());
    }
    provider.put("secretRef", Json.builder().put("name", receiver.secret()).build());
    List<Json> sources = new ArrayList<>();
    watched(cluster, receiver.namespace())
        .forEach(
            (namespace, kinds) ->
                kinds.forEach(
                    kind ->
                        sources.add(
                            Json.builder()
                                .put("kind", kind)
                                .put("name", "*")
                                .put("namespace", namespace)
                                .build())));
    return List.of(
        object(NOTIFICATION, "Provider", receiver, Json.emptyObject(), provider.build()),
        object(
            NOTIFICATION,
            "Alert",
            receiver,
            Json.emptyObject(),
            Json.builder()
                .put("providerRef", Json.builder().put("name", receiver.name()).build())
                .put("eventSeverity", "error")
                .put("eventSources", new Json.Arr(sources))
                .build()));
  }

  /// The kinds that send events, by namespace. What Flux makes of a release (its HelmChart) lies
  /// where its source is.
  private static Map<String, Set<String>> watched(Cluster cluster, String own) {
    Map<String, Set<String>> kinds = new TreeMap<>();
    kinds.put(own, new TreeSet<>(List.of("Kustomization", "HelmRelease")));
    for (Declared d : cluster.objects()) {
      String namespace = d.object().namespace();
      if (namespace.isEmpty()) {
        continue;
      }
      Set<String> here = kinds.getOrDefault(namespace, new TreeSet<>());
      switch (d.ref().group() + "/" + d.object().kind()) {
        case "helm.toolkit.fluxcd.io/HelmRelease" -> here.add("HelmRelease");
        case "kustomize.toolkit.fluxcd.io/Kustomization" -> here.add("Kustomization");
        case "source.toolkit.fluxcd.io/HelmRepository",
            "source.toolkit.fluxcd.io/GitRepository",
            "source.toolkit.fluxcd.io/Bucket" ->
            here.addAll(List.of(d.object().kind(), "HelmChart"));
        case "source.toolkit.fluxcd.io/OCIRepository" -> here.add("OCIRepository");
        default -> {}
      }
      if (!here.isEmpty()) {
        kinds.put(namespace, here);
      }
    }
    return kinds;
  }

  /// A PrometheusRule of the Prometheus operator.
  ///
  /// @param labels by which Prometheus finds the rule
  public static Json.Obj prometheus(
      Metrics metrics, Receiver receiver, Map<String, String> labels) {
    return object(
        "monitoring.coreos.com/v1",
        "PrometheusRule",
        receiver,
        Json.from(labels),
        Json.builder()
            .put(
                "groups",
                new Json.Arr(
                    List.of(
                        Json.builder()
                            .put("name", "flux-helm-releases")
                            .put("rules", new Json.Arr(rules(metrics)))
                            .build())))
            .build());
  }

  private static List<Json> rules(Metrics m) {
    String release = "HelmRelease";
    String tries =
        "sum by (exported_namespace, name)"
            + " (increase(gotk_reconcile_duration_seconds_count{kind=\"HelmRelease\"}[1h]))";
    String same = " on (exported_namespace, name) ";
    return List.of(
        rule(
            "HelmReleaseNotReady",
            m.notReady(release),
            "30m",
            "warning",
            "HelmRelease " + OBJECT + " has not been Ready for 30 minutes",
            "Find the cause with: refloat diagnose {{ $labels.name }}"
                + " -n {{ $labels.exported_namespace }}"),
        rule(
            "HelmReleaseStalled",
            m.failed(release) + " unless" + same + "(" + tries + " > 0)",
            "1h",
            "critical",
            "HelmRelease " + OBJECT + " has failed and Flux does not try any more",
            "Its retries are used up, or there is nothing to roll back to. Mend the cause, then:"
                + " refloat plan {{ $labels.name }} -n {{ $labels.exported_namespace }}"),
        rule(
            "HelmReleaseRetryLoop",
            m.notReady(release) + " and" + same + "(" + tries + " > 10)",
            "1h",
            "warning",
            "HelmRelease " + OBJECT + " is tried again and again without success",
            "Each attempt may restart its pods. Suspend it, or mend what"
                + " refloat diagnose {{ $labels.name }} -n {{ $labels.exported_namespace }} names"),
        rule(
            "FluxObjectSuspended",
            m.suspended(
                "HelmRelease|Kustomization|HelmRepository|OCIRepository|GitRepository|Bucket"),
            "24h",
            "warning",
            m.kind() + " " + OBJECT + " has been suspended for a day",
            "Changes in Git do not arrive. Resume it, or write down why it must stay so"),
        rule(
            "ChartStale",
            m.notReady("HelmChart|HelmRepository|OCIRepository|GitRepository|Bucket"),
            "30m",
            "warning",
            m.kind() + " " + OBJECT + " has not been Ready for 30 minutes",
            "Releases that take their chart from it are Ready, on an old chart"),
        rule(
            "FluxKustomizationNotReady",
            m.notReady("Kustomization"),
            "30m",
            "warning",
            "Kustomization " + OBJECT + " has not been Ready for 30 minutes",
            "What it applies, fixes in Git included, does not arrive"),
        rule(
            "HelmControllerSilent",
            "absent(gotk_reconcile_duration_seconds_count{kind=\"HelmRelease\"})",
            "15m",
            "critical",
            "helm-controller has told nothing for 15 minutes",
            "It is down, or Prometheus does not scrape it: the alerts for releases that stalled or"
                + " loop are blind"),
        rule(
            "FluxStateUnknown",
            m.silent(),
            "15m",
            "critical",
            "No metric tells the state of HelmReleases",
            m == Metrics.KUBE_STATE_METRICS
                ? "kube-state-metrics is down, or has no customResourceState for Flux"
                : "flux-operator is down, or Prometheus does not scrape it"));
  }

  private static Json rule(
      String name, String expr, String after, String severity, String summary, String what) {
    return Json.builder()
        .put("alert", name)
        .put("expr", expr)
        .put("for", after)
        .put("labels", Json.builder().put("severity", severity).build())
        .put("annotations", Json.builder().put("summary", summary).put("description", what).build())
        .build();
  }

  private static Json.Obj object(
      String apiVersion, String kind, Receiver receiver, Json labels, Json spec) {
    Json.Builder metadata =
        Json.builder().put("name", receiver.name()).put("namespace", receiver.namespace());
    if (labels instanceof Json.Obj o && o.size() > 0) {
      metadata.put("labels", labels);
    }
    return Json.builder()
        .put("apiVersion", apiVersion)
        .put("kind", kind)
        .put("metadata", metadata.build())
        .put("spec", spec)
        .build();
  }
}
