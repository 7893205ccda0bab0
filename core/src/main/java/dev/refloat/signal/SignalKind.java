package dev.refloat.signal;

import java.util.List;
import java.util.Optional;

/// The kinds of facts about a release, and the attributes each has: the vocabulary of `rule.yaml`.
///
/// Attributes are text; flags are `true`, `false` or, when it could not be seen, `unknown`.
public enum SignalKind {
  /// The release itself. Always exactly one.
  RELEASE(
      "release",
      "namespace",
      "name",
      "release-name",
      "target-namespace",
      "storage-namespace",
      "state",
      "stage",
      "suspended",
      "suspended-by",
      "suspended-since",
      "chart",
      "version",
      "timeout",
      "interval",
      "failures",
      "action",
      "retries",
      "service-account",
      "kube-config",
      "wait-strategy",
      "strategy",
      "drift-mode",
      "deployed-before",
      "generation-pending",
      "age",
      "silent-for",
      "finalizers",
      "deleting-for",
      "in-flight",
      "rolled-back",
      "exhausted",
      "took",
      "learnt-limit",
      "learnt-from",
      "history-says",
      "samples",
      "context"),
  /// The text with which Flux reports the newest failure. `from` is the condition type or `record`
  /// (Helm
  /// storage) or `log` or `event`.
  FAILURE("failure", "from", "reason", "message", "action", "stage"),
  /// The newest record in Helm storage. `others` lists older ones as `v3=superseded`.
  RECORD(
      "record",
      "name",
      "namespace",
      "version",
      "status",
      "description",
      "age",
      "chart-version",
      "others",
      "deployed-version"),
  /// An object of the source chain. `role` is `chart`, `source` (what the chart comes from) or
  /// `chart-source` (the repository behind a HelmChart).
  SOURCE(
      "source",
      "role",
      "kind",
      "namespace",
      "name",
      "exists",
      "ready",
      "reason",
      "message",
      "suspended",
      "stalled",
      "has-artifact",
      "revision",
      "url",
      "chart",
      "version",
      "secret",
      "type",
      "stale"),
  /// One entry of `spec.dependsOn`, with what was found at the end of the chain.
  DEPENDENCY(
      "dependency",
      "namespace",
      "name",
      "exists",
      "ready",
      "suspended",
      "cycle",
      "root-kind",
      "root-namespace",
      "root-name",
      "root-cause",
      "path",
      "state",
      "ready-expr"),
  /// The Kustomization (or HelmRelease, or ResourceSet) that applies the HelmRelease.
  OWNER(
      "owner",
      "kind",
      "namespace",
      "name",
      "exists",
      "ready",
      "reason",
      "message",
      "suspended",
      "blames-release",
      "source-kind",
      "source-namespace",
      "source-name",
      "source-ready",
      "source-message",
      "path",
      "fix-version",
      "fix-kind",
      "fix-namespace",
      "fix-name"),
  /// One entry of `spec.valuesFrom`.
  VALUES_REFERENCE(
      "values-reference",
      "kind",
      "name",
      "namespace",
      "key",
      "exists",
      "key-exists",
      "optional",
      "keys"),
  /// Where the value comes from that the chart refuses. `outcome` is `known`, `one-of` (a Secret,
  /// whose
  /// content is not read, may set it) or `nowhere` (the chart's default, or nothing); `says` puts
  /// it
  /// into
  /// words, `where` is the place to change. `kind` is `ConfigMap`, `Secret` or `HelmRelease`
  /// (inline
  /// values).
  VALUES_ORIGIN(
      "values-origin", "path", "outcome", "says", "where", "kind", "name", "key", "target-path"),
  /// A workload of the release: Deployment, StatefulSet, DaemonSet, Job.
  WORKLOAD(
      "workload",
      "kind",
      "namespace",
      "name",
      "healthy",
      "ready",
      "desired",
      "message",
      "reason",
      "claim-templates"),
  /// All workloads of the release together. `late` says that everything became ready, after the
  /// limit.
  CONVERGENCE("convergence", "healthy", "late", "took", "limit", "workloads", "unhealthy"),
  /// A pod of the release. `gone` pods are known from events only.
  POD(
      "pod",
      "namespace",
      "name",
      "workload",
      "phase",
      "reason",
      "message",
      "scheduled",
      "schedule-message",
      "gone",
      "hook",
      "node",
      "age",
      "service-account"),
  /// A container of a pod of the release, as it is now. `last-*` tell its previous run.
  CONTAINER(
      "container",
      "pod",
      "namespace",
      "workload",
      "name",
      "init",
      "image",
      "state",
      "reason",
      "message",
      "exit-code",
      "ready",
      "started",
      "restarts",
      "last-reason",
      "last-exit-code",
      "last-message",
      "pull-secrets",
      "missing-pull-secrets",
      "hook",
      "running-for",
      "memory-limit",
      "probe"),
  /// A line of a container's log that looks like the reason why it failed or waits.
  LOG(
      "log",
      "pod",
      "namespace",
      "workload",
      "container",
      "image",
      "line",
      "previous",
      "state",
      "exit-code",
      "hook"),
  /// A warning event about the release, its sources or anything it made. `about` is `release`,
  /// `source`,
  /// `workload`, `pod`, `claim`, `service`, `other`.
  EVENT(
      "event",
      "about",
      "kind",
      "namespace",
      "name",
      "reason",
      "message",
      "count",
      "gone",
      "component",
      "hook"),
  /// A claim of the release.
  CLAIM(
      "claim",
      "namespace",
      "name",
      "phase",
      "class",
      "class-exists",
      "class-default",
      "provisioner",
      "binding-mode",
      "volume",
      "message",
      "age",
      "size"),
  /// A Service of type LoadBalancer without an address.
  LOAD_BALANCER("load-balancer", "namespace", "name", "message", "age"),
  /// A custom resource that the release made and that is not ready.
  CUSTOM_RESOURCE(
      "custom-resource",
      "status",
      "kind",
      "api-version",
      "namespace",
      "name",
      "ready",
      "reason",
      "message",
      "condition"),
  /// Fields of a live object that a manager other than helm-controller owns.
  FOREIGN_FIELDS(
      "foreign-fields", "kind", "namespace", "name", "manager", "operation", "fields", "since"),
  /// Objects that differ from the release's manifest, as helm-controller says.
  DRIFT("drift", "objects", "message", "mode", "count"),
  /// The namespace that the release installs into.
  NAMESPACE("namespace", "name", "role", "exists", "terminating", "message"),
  /// A hook or test of the release. `kind` is the kind of the object; `when` its hook events.
  HOOK("hook", "kind", "name", "when", "phase", "message", "took"),
  /// An object of the release that is being deleted.
  TERMINATING("terminating", "kind", "namespace", "name", "finalizers", "since", "message"),
  /// A Flux controller that this release needs.
  CONTROLLER("controller", "name", "exists", "ready", "message", "version"),
  /// A name or version that a repository or registry offers. `nearest` is the best guess for what
  /// was
  /// meant, `available` a short list.
  OFFER("offer", "of", "wanted", "nearest", "available", "why"),
  /// A webhook that the API server calls. `backend` is its Service.
  WEBHOOK(
      "webhook",
      "name",
      "configuration",
      "kind",
      "backend-namespace",
      "backend-name",
      "backend-exists",
      "backend-ready",
      "failure-policy"),
  /// A custom resource definition that the failure names.
  DEFINITION(
      "definition",
      "kind",
      "api-version",
      "group",
      "exists",
      "served",
      "provider",
      "provider-state"),
  /// A ResourceQuota of a namespace of the release.
  QUOTA("quota", "namespace", "name", "hard", "used", "exhausted"),
  /// Another release that claims the same objects or the same Helm release name.
  RIVAL("rival", "namespace", "name", "what", "object");

  private final String word;
  private final List<String> attributes;

  SignalKind(String word, String... attributes) {
    this.word = word;
    this.attributes = List.of(attributes);
  }

  /// The name in `rule.yaml`.
  public String word() {
    return word;
  }

  public List<String> attributes() {
    return attributes;
  }

  public static Optional<SignalKind> of(String word) {
    for (SignalKind k : values()) {
      if (k.word.equals(word)) {
        return Optional.of(k);
      }
    }
    return Optional.empty();
  }
}
