package dev.refloat.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A release that is broken for real, and how its recovery goes: what has to be approved, and what
/// a
/// person has to do on the way.
enum RecoveryCase {
  IMAGE(Breakage.IMAGE, Hand.GIT),
  CRASH(Breakage.CRASH, Hand.NOTHING),
  MEMORY(Breakage.MEMORY, Hand.NOTHING),
  PROBE(Breakage.PROBE, Hand.NOTHING),
  CONTAINER_CONFIG(Breakage.CONTAINER_CONFIG, Hand.GIT),
  NO_ROOM(Breakage.NO_ROOM, Hand.GIT),
  SLOW(Breakage.SLOW, Hand.PATIENCE),
  CLAIM(Breakage.CLAIM, Hand.GIT),
  CHART_VERSION(Breakage.CHART_VERSION, Hand.GIT),
  CHART_NAME(Breakage.CHART_NAME, Hand.GIT),
  SOURCE(Breakage.SOURCE, Hand.GIT),
  VALUES(Breakage.VALUES, Hand.GIT),
  REFUSED(Breakage.REFUSED, Hand.GIT),
  VALUES_SOURCE(Breakage.VALUES_SOURCE, Hand.OUTSIDE),
  TEMPLATE(Breakage.TEMPLATE, Hand.GIT),
  CRD(Breakage.CRD, Hand.OUTSIDE),
  DEPENDENCY(Breakage.DEPENDENCY, Hand.OUTSIDE),
  MANIFEST(Breakage.MANIFEST, Hand.GIT),
  RIGHTS(Breakage.RIGHTS, Hand.OUTSIDE),
  QUOTA(Breakage.QUOTA, Hand.OUTSIDE),
  ADMISSION(Breakage.ADMISSION, Hand.OUTSIDE),
  WEBHOOK(Breakage.WEBHOOK, Hand.OUTSIDE),
  OWNER(Breakage.OWNER, Hand.OUTSIDE),
  IMMUTABLE(Breakage.IMMUTABLE, Hand.NOTHING, "--approve=deployment/NS/app"),
  HOOK(Breakage.HOOK, Hand.NOTHING),
  TEST(Breakage.TEST, Hand.NOTHING),
  KUBERNETES(Breakage.KUBERNETES, Hand.GIT),
  POST_RENDER(Breakage.POST_RENDER, Hand.GIT),
  /// Helm's own rollback: a Kustomization owns the release, and no working tree is at hand.
  MANAGED("image-pull", Hand.GIT, "--option=rollback") {
    @Override
    void inflict(Playground p, Release r) {
      owned(p, r);
      Breakage.IMAGE.inflict(p, r);
      p.awaitFailed(r);
    }
  },
  /// The same where the bad version added a field, which only Flux can remove.
  MANAGED_CRASH("workload-crash", Hand.GIT) {
    @Override
    void inflict(Playground p, Release r) {
      owned(p, r);
      Breakage.CRASH.inflict(p, r);
      p.awaitFailed(r);
    }
  },
  /// A ConfigMap that says of itself that it cannot be changed.
  IMMUTABLE_CONFIG("immutable-field", Hand.NOTHING, "--approve=configmap/NS/app") {
    @Override
    void inflict(Playground p, Release r) {
      p.api()
          .mergePatch(
              object(r, "v1", "ConfigMap", r.name()) + "?fieldManager=helm-controller",
              json("{\"immutable\":true}"));
      p.apply(r.with("values: {message: changed}"));
      p.awaitFailed(r);
    }
  },
  /// `kubectl edit` left a field that the release does not declare.
  EDITED("foreign-fields", Hand.NOTHING) {
    @Override
    void inflict(Playground p, Release r) {
      p.api()
          .mergePatch(
              object(r, "apps/v1", "Deployment", r.name()) + "?fieldManager=kubectl-edit",
              json("{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"disk\":\"ssd\"}}}}}"));
    }
  },
  /// An engineer's `helm upgrade` was killed while the release was suspended.
  LOCKED("release-locked", Hand.NOTHING) {
    @Override
    void inflict(Playground p, Release r) throws UnavailableException {
      p.suspend(r);
      p.interruptHelm(
          r,
          "pending-upgrade",
          "upgrade",
          r.name(),
          p.archive("webapp", "1.0.0").toString(),
          "--namespace=" + r.namespace(),
          "--set=tag=does-not-exist",
          "--force-conflicts",
          "--wait");
    }
  },
  /// An engineer's `helm uninstall` was killed while it waited.
  UNINSTALLING("release-uninstalling", Hand.NOTHING, "--approve=hr/NS/app") {
    @Override
    void inflict(Playground p, Release r) throws UnavailableException {
      p.suspend(r);
      hold(p, r, "[\"example.io/hold\"]");
      p.interruptHelm(
          r, "uninstalling", "uninstall", r.name(), "--namespace=" + r.namespace(), "--wait");
      hold(p, r, "null");
      p.resume(r);
      p.awaitFailed(r);
    }

    private static void hold(Playground p, Release r, String finalizers) {
      p.api()
          .mergePatch(
              object(r, "apps/v1", "Deployment", r.name()) + "?fieldManager=hold",
              json("{\"metadata\":{\"finalizers\":" + finalizers + "}}"));
    }
  },
  /// Drift detection only warns of what somebody changed.
  DRIFT("drift", Hand.NOTHING) {
    @Override
    Release release() {
      return super.release().with("driftDetection: {mode: warn}");
    }

    @Override
    void inflict(Playground p, Release r) {
      p.api()
          .mergePatch(
              object(r, "v1", "ConfigMap", r.name()) + "?fieldManager=kubectl-edit",
              json("{\"data\":{\"message\":\"changed by hand\"}}"));
      p.request(r);
      p.await(r, "drifted", s -> s.brief("Drifted").startsWith("True"));
    }

    @Override
    boolean needsRealFlux() {
      return true; // the stand-in does not detect drift
    }
  },
  /// Somebody suspended the release and forgot it.
  SUSPENDED("suspended", Hand.NOTHING) {
    @Override
    void inflict(Playground p, Release r) {
      p.suspend(r);
    }
  },
  /// Other claim templates, which a StatefulSet does not take.
  STATEFUL_SET("immutable-field", Hand.NOTHING, "--approve=statefulset/NS/app") {
    @Override
    Release release() {
      return Release.database(namespace(), "app");
    }

    @Override
    void inflict(Playground p, Release r) {
      p.apply(r.with("values: {storage: {size: 2Gi}}"));
      p.awaitFailed(r);
    }
  },
  /// The data on a volume is lost, and nothing can take a snapshot of it.
  VOLUME(
      "volume",
      Hand.NOTHING,
      "--option=volume",
      "--approve=pvc/NS/data-app-0",
      "--accept-loss=pvc/NS/data-app-0") {
    @Override
    Release release() {
      return Release.database(namespace(), "app");
    }

    @Override
    void inflict(Playground p, Release r) {
      String claim = object(r, "v1", "PersistentVolumeClaim", "data-app-0");
      fate(p, r, "\"crash\"");
      p.api().delete(object(r, "v1", "Pod", "app-0"));
      p.await("the pod crashes", () -> pod(p, r).contains("CrashLoopBackOff"));
      // with another volume the database starts
      Thread.ofVirtual()
          .start(
              () -> {
                p.await(
                    "the claim goes",
                    () ->
                        !p.exists(claim)
                            || p.api().get(claim).path("metadata").has("deletionTimestamp"));
                fate(p, r, "null");
              });
    }

    private static String pod(Playground p, Release r) {
      String path = object(r, "v1", "Pod", "app-0");
      return p.exists(path) ? p.api().get(path).toString() : "";
    }

    // as Helm would: no other manager is to own it
    private static void fate(Playground p, Release r, String sim) {
      p.api()
          .mergePatch(
              object(r, "apps/v1", "StatefulSet", r.name()) + "?fieldManager=helm-controller",
              json(
                  "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"sim\":"
                      + sim
                      + "}}}}}"));
    }
  },
  /// The HelmRelease itself is made anew; its objects stay.
  RECREATE("none", Hand.NOTHING, "--option=recreate", "--approve=hr/NS/app") {
    @Override
    void inflict(Playground p, Release r) {
      p.apply(r.with("values: {message: again}"));
      p.awaitReady(r);
    }
  };

  /// What a person does when the recovery hands over.
  enum Hand {
    NOTHING,
    /// Takes the change back in Git.
    GIT,
    /// Repairs what the release needs; Git stays.
    OUTSIDE,
    /// Waits.
    PATIENCE
  }

  private final Optional<Breakage> breakage;
  private final String cause;
  private final Hand hand;
  private final List<String> options;

  RecoveryCase(Breakage breakage, Hand hand, String... options) {
    this.breakage = Optional.of(breakage);
    this.cause = breakage.cause();
    this.hand = hand;
    this.options = List.of(options);
  }

  RecoveryCase(String cause, Hand hand, String... options) {
    this.breakage = Optional.empty();
    this.cause = cause;
    this.hand = hand;
    this.options = List.of(options);
  }

  String cause() {
    return cause;
  }

  Hand hand() {
    return hand;
  }

  /// How many revisions its recovery makes.
  int revisions() {
    return switch (this) {
      case MANAGED -> 2; // the rollback, and Flux's upgrade to what Git says
      case UNINSTALLING -> 0; // the record that was left goes, and an install comes
      case VOLUME -> 0;
      default -> 1;
    };
  }

  /// The identity of what must outlive the recovery.
  Map<String, String> kept(Playground p, Release r) {
    Map<String, String> kept = new TreeMap<>();
    List<String> paths =
        switch (this) {
          case STATEFUL_SET ->
              List.of(
                  object(r, "v1", "Pod", "app-0"),
                  object(r, "v1", "PersistentVolumeClaim", "data-app-0"));
          case RECREATE, CRASH, EDITED, MANAGED ->
              List.of(object(r, "apps/v1", "Deployment", "app"), object(r, "v1", "Service", "app"));
          default -> List.of(object(r, "v1", "Secret", "none"));
        };
    for (String path : paths) {
      if (p.exists(path)) {
        kept.put(path, p.api().get(path).path("metadata").path("uid").asString());
      }
    }
    return kept;
  }

  /// Whether the release is suspended while the person acts, so that the recovery waits for Git.
  boolean held() {
    return this == MANAGED;
  }

  /// Who owns fields beside Flux when the recovery is over, and did so before.
  Set<String> leaves() {
    return this == LOCKED ? Set.of("helm") : Set.of();
  }

  boolean needsRealFlux() {
    return breakage.map(Breakage::needsRealFlux).orElse(false);
  }

  String namespace() {
    return "recover-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The arguments after `recover NAME`.
  List<String> arguments(Release r) {
    List<String> all = new ArrayList<>(List.of("-n", r.namespace(), r.name(), "--yes"));
    options.forEach(o -> all.add(o.replace("NS", r.namespace())));
    return all;
  }

  /// The release while it is well.
  Release release() {
    return Release.webapp(namespace(), "app");
  }

  /// The same in another namespace, for tests that play a case more than once.
  Release release(String suffix) {
    Release r = release();
    return new Release(r.namespace() + "-" + suffix, r.name(), r.spec());
  }

  /// Breaks the installed release, and waits until it shows.
  void inflict(Playground p, Release r) throws UnavailableException {
    breakage.orElseThrow().inflict(p, r);
    p.awaitFailed(r);
  }

  /// What the person does.
  void repair(Playground p, Release r) {
    switch (hand) {
      case NOTHING -> throw new IllegalStateException(this + " needs no hands");
      case GIT -> {
        p.apply(r);
        if (this == CLAIM) {
          // Helm leaves what a failed revision made
          p.api().delete(object(r, "v1", "PersistentVolumeClaim", "data"));
        }
      }
      case OUTSIDE -> outside(p, r);
      case PATIENCE ->
          p.await(
              r.name() + " has started",
              () ->
                  p.api()
                          .get(object(r, "apps/v1", "Deployment", r.name()))
                          .path("status")
                          .path("unavailableReplicas")
                          .asInt(0)
                      == 0);
    }
  }

  private void outside(Playground p, Release r) {
    String missing =
        switch (breakage.orElseThrow()) {
          case VALUES_SOURCE ->
              """
              apiVersion: v1
              kind: ConfigMap
              metadata: {namespace: NS, name: no-such-values}
              data: {values.yaml: "message: found"}
              """;
          case RIGHTS ->
              """
              apiVersion: rbac.authorization.k8s.io/v1
              kind: RoleBinding
              metadata: {namespace: NS, name: powerful}
              roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
              subjects: [{kind: ServiceAccount, namespace: NS, name: powerless}]
              """;
          case CRD ->
              """
              apiVersion: apiextensions.k8s.io/v1
              kind: CustomResourceDefinition
              metadata: {name: widgets.example.io}
              spec:
                group: example.io
                scope: Namespaced
                names: {kind: Widget, listKind: WidgetList, plural: widgets, singular: widget}
                versions:
                - name: v1
                  served: true
                  storage: true
                  schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
              """;
          default -> "";
        };
    if (breakage.orElseThrow() == Breakage.DEPENDENCY) {
      p.install(Release.webapp(r.namespace(), "no-such-release"));
    } else if (missing.isEmpty()) {
      breakage.orElseThrow().relent(p, r);
    } else {
      p.cluster().apply(missing.replace("NS", r.namespace()));
    }
  }

  /// Declares that a Kustomization applies the release, as kustomize-controller does.
  private static void owned(Playground p, Release r) {
    p.api()
        .mergePatch(
            Playground.path(r) + "?fieldManager=kustomize-controller",
            json(
                "{\"metadata\":{\"labels\":{\"kustomize.toolkit.fluxcd.io/name\":\"apps\","
                    + "\"kustomize.toolkit.fluxcd.io/namespace\":\"flux-system\"}}}"));
  }

  private static String object(Release r, String apiVersion, String kind, String name) {
    ObjectNode o = ApiClient.JSON.createObjectNode();
    o.put("apiVersion", apiVersion).put("kind", kind);
    String base = apiVersion.contains("/") ? "/apis/" + apiVersion : "/api/" + apiVersion;
    return base
        + "/namespaces/"
        + r.namespace()
        + "/"
        + kind.toLowerCase(Locale.ROOT)
        + "s/"
        + name;
  }

  private static JsonNode json(String text) {
    return ApiClient.JSON.readTree(text);
  }
}
