package dev.refloat.signal;

import java.util.Map;

/// Charts that are known to bring the definitions of an API group.
final class KnownDefinitions {
  private static final Map<String, String> CHARTS =
      Map.ofEntries(
          Map.entry("monitoring.coreos.com", "prometheus-operator-crds or kube-prometheus-stack"),
          Map.entry("cert-manager.io", "cert-manager"),
          Map.entry("acme.cert-manager.io", "cert-manager"),
          Map.entry("external-secrets.io", "external-secrets"),
          Map.entry("generators.external-secrets.io", "external-secrets"),
          Map.entry("bitnami.com", "sealed-secrets"),
          Map.entry("gateway.networking.k8s.io", "the Gateway API definitions"),
          Map.entry("traefik.io", "traefik"),
          Map.entry("traefik.containo.us", "traefik before version 27"),
          Map.entry("keda.sh", "keda"),
          Map.entry("kyverno.io", "kyverno"),
          Map.entry("postgresql.cnpg.io", "cloudnative-pg"),
          Map.entry("acid.zalan.do", "postgres-operator"),
          Map.entry("k8s.mariadb.com", "mariadb-operator"),
          Map.entry("psmdb.percona.com", "psmdb-operator"),
          Map.entry("mongodbcommunity.mongodb.com", "community-operator of MongoDB"),
          Map.entry("redis.redis.opstreelabs.in", "redis-operator"),
          Map.entry("kafka.strimzi.io", "strimzi-kafka-operator"),
          Map.entry("rabbitmq.com", "rabbitmq-cluster-operator"),
          Map.entry("networking.istio.io", "istio base"),
          Map.entry("security.istio.io", "istio base"),
          Map.entry("cilium.io", "cilium"),
          Map.entry("crd.projectcalico.org", "tigera-operator"),
          Map.entry("metallb.io", "metallb"),
          Map.entry("longhorn.io", "longhorn"),
          Map.entry("ceph.rook.io", "rook-ceph"),
          Map.entry("snapshot.storage.k8s.io", "the CSI snapshot controller"),
          Map.entry("velero.io", "velero"),
          Map.entry("volsync.backube", "volsync"),
          Map.entry("argoproj.io", "argo-cd, argo-rollouts or argo-workflows"),
          Map.entry("grafana.integreatly.org", "grafana-operator"),
          Map.entry("opentelemetry.io", "opentelemetry-operator"),
          Map.entry("jaegertracing.io", "jaeger-operator"),
          Map.entry("elasticsearch.k8s.elastic.co", "eck-operator"),
          Map.entry("operator.victoriametrics.com", "victoria-metrics-operator"),
          Map.entry("autoscaling.k8s.io", "the Vertical Pod Autoscaler"),
          Map.entry("karpenter.sh", "karpenter"),
          Map.entry("templates.gatekeeper.sh", "gatekeeper"),
          Map.entry("constraints.gatekeeper.sh", "gatekeeper"),
          Map.entry("projectcontour.io", "contour"),
          Map.entry("k8s.cni.cncf.io", "multus"),
          Map.entry("serving.knative.dev", "knative-serving"),
          Map.entry("linkerd.io", "linkerd-crds"));

  private KnownDefinitions() {}

  /// The chart's name, or an empty text.
  static String chartFor(String group) {
    return CHARTS.getOrDefault(group, "");
  }
}
