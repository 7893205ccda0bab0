package dev.refloat.testbed;

import dev.refloat.wiring.Program;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
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
  SUBSTITUTED(Breakage.SUBSTITUTED, Hand.GIT),
  INIT(Breakage.INIT, Hand.GIT),
  REMOVED(Breakage.REMOVED, Hand.GIT),
  VALUES_FILE(Breakage.VALUES_FILE, Hand.GIT),
  KUBECONFIG(Breakage.KUBECONFIG, Hand.GIT),
  CLUSTER(Breakage.CLUSTER, Hand.GIT),
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
  /// A release with a claim, whose new version crashes: an older one on newer data needs an
  /// approval by name.
  DATA_CRASH("workload-crash", Hand.NOTHING, "--approve=hr/NS/app") {
    @Override
    Release release() {
      return super.release().with("values: {claim: data}");
    }

    @Override
    void inflict(Playground p, Release r) {
      p.apply(r.with("values: {sim: crash}"));
      p.awaitFailed(r);
      Program.Result unapproved =
          Refloat.as(p.cluster(), p.cluster().admin())
              .run("recover", "-n", r.namespace(), r.name(), "--yes");
      if (unapproved.code() != 3 || !unapproved.err().contains("hr/" + r.namespace() + "/app")) {
        throw new AssertionError("--yes covered a return on data: " + unapproved);
      }
    }
  },
  /// The data on a volume is lost, and nothing can take a snapshot of it.
  VOLUME(
      "workload-crash",
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
  /// A repository that answers 503.
  SOURCE_DOWN("source-not-ready", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      p.charts().turn(r.namespace(), ChartServer.Mood.UNAVAILABLE);
      mirror(p, r, p.charts().url(r.namespace()), "");
    }

    @Override
    void repair(Playground p, Release r) {
      p.charts().turn(r.namespace(), ChartServer.Mood.WELL);
    }
  },
  /// A repository that the release has its chart from fails: what runs goes on.
  SOURCE_FAILS_LATER("stale-chart", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      p.charts().turn(r.namespace(), ChartServer.Mood.UNAVAILABLE);
      String path = repository(r, "charts");
      p.api()
          .mergePatch(
              path,
              json(
                  "{\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":\"now\"}}}"));
      p.await("the repository fails", () -> condition(p, path, "Ready").equals("False"));
    }

    @Override
    void repair(Playground p, Release r) {
      p.charts().turn(r.namespace(), ChartServer.Mood.WELL);
    }
  },
  /// A wrong password.
  SOURCE_PASSWORD("source-auth", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      p.charts().turn(r.namespace(), ChartServer.Mood.LOCKED);
      login(p, r, "wrong");
      mirror(p, r, p.charts().url(r.namespace()), "secretRef: {name: login}");
    }

    @Override
    void repair(Playground p, Release r) {
      login(p, r, ChartServer.PASSWORD);
    }
  },
  /// The Secret with the password is missing.
  SOURCE_SECRET("source-auth", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      p.charts().turn(r.namespace(), ChartServer.Mood.LOCKED);
      mirror(p, r, p.charts().url(r.namespace()), "secretRef: {name: login}");
    }

    @Override
    void repair(Playground p, Release r) {
      login(p, r, ChartServer.PASSWORD);
    }
  },
  /// A certificate of an authority that nobody knows.
  SOURCE_CERTIFICATE("source-tls", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      mirror(p, r, p.charts().secureUrl(r.namespace()), "");
    }

    @Override
    void repair(Playground p, Release r) {
      String pem = p.cluster().certificates().authority().certificatePem();
      p.cluster()
          .apply(
              """
              apiVersion: v1
              kind: Secret
              metadata: {namespace: %s, name: authority}
              stringData:
                ca.crt: |
              %s
              """
                  .formatted(r.namespace(), pem.indent(6)));
      repositoryOf(p, r, p.charts().secureUrl(r.namespace()), "certSecretRef: {name: authority}");
    }
  },
  /// The source is suspended and has nothing to give.
  SOURCE_SUSPENDED("suspended", Hand.NOTHING) {
    @Override
    void inflict(Playground p, Release r) {
      repositoryOf(p, r, p.charts().url(r.namespace()), "suspend: true");
      p.apply(r.with(MIRROR));
      p.awaitFailed(r);
    }
  },
  /// A chart that nobody signed.
  SIGNATURE("source-verification", Hand.GIT) {
    @Override
    void inflict(Playground p, Release r) throws UnavailableException {
      String key = Certificates.pem("PUBLIC KEY", Certificates.newKeys().getPublic().getEncoded());
      p.cluster()
          .apply(
              """
              apiVersion: v1
              kind: Secret
              metadata: {namespace: %1$s, name: publisher}
              stringData:
                cosign.pub: |
              %3$s
              ---
              apiVersion: source.toolkit.fluxcd.io/v1
              kind: OCIRepository
              metadata: {namespace: %1$s, name: webapp}
              spec:
                interval: 10m
                insecure: true
                url: oci://%2$s/charts/webapp
                ref: {tag: 1.1.0}
                layerSelector:
                  mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip
                  operation: copy
                verify: {provider: cosign, secretRef: {name: publisher}}
              """
                  .formatted(r.namespace(), p.registry().host(), key.indent(6)));
      String path = "/apis/source.toolkit.fluxcd.io/v1/namespaces/" + r.namespace();
      p.await(
          "the signature is not found",
          () -> condition(p, path + "/ocirepositories/webapp", "Ready").equals("False"));
      p.apply(r.with("{chart: null, chartRef: {kind: OCIRepository, name: webapp}}"));
      p.awaitFailed(r);
    }
  },
  /// The Kustomization that brings the fix is suspended.
  GITOPS_SUSPENDED("gitops-blocked", Hand.NOTHING) {
    @Override
    void inflict(Playground p, Release r) {
      String path = kustomization(p, r, "suspend: true");
      Breakage.IMAGE.inflict(p, r);
      p.awaitFailed(r);
      // what kustomize-controller does as soon as it may
      Thread.ofVirtual()
          .start(
              () -> {
                p.await(
                    "the Kustomization is resumed",
                    () -> !p.api().get(path).path("spec").path("suspend").asBoolean(false));
                applies(p, r, path);
              });
    }
  },
  /// The Kustomization that brings the fix does not build.
  GITOPS_FAILS("gitops-blocked", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      String path = kustomization(p, r, "");
      Breakage.IMAGE.inflict(p, r);
      p.awaitFailed(r);
      kustomized(
          p,
          path,
          "False",
          "BuildFailed",
          "kustomize build failed: unknown field patchesStrategic");
    }

    @Override
    void repair(Playground p, Release r) {
      applies(p, r, KUSTOMIZATIONS.formatted(r.namespace()));
    }
  },
  /// The target namespace, which keeps the Helm records too, is missing.
  NAMESPACE("namespace-missing", Hand.NOTHING) {
    @Override
    void inflict(Playground p, Release r) {
      anew(p, r, "{targetNamespace: NS-target, storageNamespace: NS-target}");
    }
  },
  /// The target namespace is missing, and the Helm records are elsewhere.
  TARGET_NAMESPACE("namespace-missing", Hand.NOTHING) {
    @Override
    void inflict(Playground p, Release r) {
      anew(p, r, "targetNamespace: NS-target");
    }

    @Override
    boolean needsRealFlux() {
      return true; // the stand-in keeps records where the objects are
    }
  },
  /// An uninstalled release whose history was kept has the name.
  NAME("name-in-use", Hand.GIT) {
    @Override
    void inflict(Playground p, Release r) {
      p.apply(r.with("uninstall: {keepHistory: true}"));
      p.awaitReady(r);
      anew(p, r, "{}");
      p.await(r, "refused", s -> s.message("Ready").contains("name"));
    }

    @Override
    void repair(Playground p, Release r) {
      p.apply(r.with("install: {replace: true}"));
    }
  },
  /// Only pods of level restricted are let in.
  POD_SECURITY("pod-security", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      level(p, r, "\"restricted\"");
      p.apply(r.with("values: {cpu: 60m}"));
      p.awaitFailed(r);
    }

    @Override
    void repair(Playground p, Release r) {
      level(p, r, "null");
    }

    private static void level(Playground p, Release r, String level) {
      p.api()
          .mergePatch(
              "/api/v1/namespaces/" + r.namespace(),
              json(
                  "{\"metadata\":{\"labels\":{\"pod-security.kubernetes.io/enforce\":"
                      + level
                      + "}}}"));
    }
  },
  /// Values that no Secret can hold.
  TOO_LARGE("release-too-large", Hand.GIT) {
    @Override
    void inflict(Playground p, Release r) {
      byte[] noise = new byte[600_000];
      new java.util.Random(4).nextBytes(noise);
      String message = java.util.Base64.getEncoder().encodeToString(noise);
      p.apply(r.with("values: {message: \"" + message + "\"}"));
      p.awaitFailed(r);
    }
  },
  /// A custom resource whose operator says that it lacks something.
  CUSTOM_RESOURCE("custom-resource-not-ready", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      p.cluster()
          .installCrds(
              Manifests.read(
                  """
                  apiVersion: apiextensions.k8s.io/v1
                  kind: CustomResourceDefinition
                  metadata: {name: gadgets.example.io}
                  spec:
                    group: example.io
                    scope: Namespaced
                    names: {kind: Gadget, listKind: GadgetList, plural: gadgets, singular: gadget}
                    versions:
                    - name: v1
                      served: true
                      storage: true
                      subresources: {status: {}}
                      schema:
                        openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
                  """));
      p.cluster()
          .apply(
              "{apiVersion: example.io/v1, kind: Gadget, metadata: {namespace: %s, name: %s}}"
                  .formatted(r.namespace(), r.name()));
      ready(p, r, "False", "NoBackend");
      p.apply(r.with("values: {gadget: true}"));
      p.awaitFailed(r);
    }

    @Override
    void repair(Playground p, Release r) {
      ready(p, r, "True", "Working");
    }

    private static void ready(Playground p, Release r, String status, String reason) {
      status(
          p,
          object(r, "example.io/v1", "Gadget", r.name()),
          "conditions: [{type: Ready, status: \"%s\", reason: %s, message: backend gadget-db}]"
              .formatted(status, reason));
    }

    @Override
    Set<String> leaves() {
      return Set.of("testbed"); // the custom resource was there before
    }
  },
  /// A Service that no load balancer serves: Flux does not wait for it.
  LOAD_BALANCER("load-balancer-pending", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      p.apply(r.with("values: {type: LoadBalancer}"));
      p.await(r, "upgraded", s -> s.ready() && s.history().getFirst().startsWith("v2 deployed"));
      p.cluster()
          .apply(
              """
              apiVersion: v1
              kind: Event
              metadata: {namespace: %1$s, name: app.balancer}
              involvedObject: {apiVersion: v1, kind: Service, namespace: %1$s, name: app, uid: %2$s}
              type: Warning
              reason: SyncLoadBalancerFailed
              message: 'Error syncing load balancer: no free address in pool edge'
              source: {component: service-controller}
              count: 1
              firstTimestamp: %3$s
              lastTimestamp: %3$s
              """
                  .formatted(
                      r.namespace(),
                      p.api()
                          .get(object(r, "v1", "Service", "app"))
                          .path("metadata")
                          .path("uid")
                          .asString(),
                      Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    }

    @Override
    void repair(Playground p, Release r) {
      status(
          p, object(r, "v1", "Service", r.name()), "loadBalancer: {ingress: [{ip: 192.0.2.10}]}");
    }

    @Override
    Set<String> leaves() {
      return Set.of("testbed"); // in place of a load balancer
    }
  },
  /// A hook's object has a field of another manager.
  CONFLICT("apply-conflict", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      p.cluster()
          .apply(
              "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: %s, name: shared}, data: {message: mine}}"
                  .formatted(r.namespace()));
      p.apply(r.with("values: {shared: shared}"));
      p.awaitFailed(r);
    }

    @Override
    void repair(Playground p, Release r) {
      p.api().delete(object(r, "v1", "ConfigMap", "shared"));
    }
  },
  /// The data on a volume is damaged; a person decides to do without it.
  CORRUPT("volume-corrupt", Hand.OUTSIDE) {
    @Override
    Release release() {
      return Release.database(namespace(), "app");
    }

    @Override
    void inflict(Playground p, Release r) throws UnavailableException {
      for (boolean previous : List.of(true, false)) {
        p.cluster()
            .podLogs()
            .put(
                r.namespace(),
                "app-0",
                "database",
                previous,
                "{\"s\":\"E\",\"c\":\"WT\",\"msg\":\"WiredTiger error\",\"attr\":{\"message\":"
                    + "\"WiredTiger.turtle: encountered an illegal file format or internal value\"}}\n");
      }
      VOLUME.inflict(p, r);
    }

    @Override
    void repair(Playground p, Release r) {
      String claim = "pvc/" + r.namespace() + "/data-app-0";
      p.cluster().podLogs().put(r.namespace(), "app-0", "database", true, "");
      p.cluster().podLogs().put(r.namespace(), "app-0", "database", false, "ready\n");
      Program.Result result =
          Refloat.as(p.cluster(), p.cluster().admin())
              .run(
                  "recover",
                  "-n",
                  r.namespace(),
                  r.name(),
                  "--yes",
                  "--option=volume",
                  "--approve=" + claim,
                  "--accept-loss=" + claim);
      if (result.code() != 0) {
        throw new IllegalStateException(result.out() + result.err());
      }
    }
  },
  /// An object of the release has a finalizer of a controller that nobody runs any more.
  FINALIZER("deletion-stuck", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      held(p, r, "[\"backup.example.io/before-delete\"]");
      p.delete(r);
      p.await(r, "not uninstalled", s -> s.brief("Released").equals("False/UninstallFailed"));
    }

    @Override
    void repair(Playground p, Release r) {
      held(p, r, "null");
    }

    private static void held(Playground p, Release r, String finalizers) {
      p.api()
          .mergePatch(
              object(r, "v1", "ConfigMap", "app") + "?fieldManager=backup-operator",
              json("{\"metadata\":{\"finalizers\":" + finalizers + "}}"));
    }

    @Override
    boolean goes() {
      return true;
    }
  },
  /// The hook before the uninstall fails, every time.
  DELETION_HOOK("deletion-stuck", Hand.OUTSIDE) {
    @Override
    Release release() {
      return super.release().with("values: {drain: jobfail}");
    }

    @Override
    void inflict(Playground p, Release r) {
      p.delete(r);
      p.await(r, "not uninstalled", s -> s.brief("Released").equals("False/UninstallFailed"));
    }

    @Override
    void repair(Playground p, Release r) {
      p.api()
          .mergePatch(
              Playground.path(r), json("{\"spec\":{\"uninstall\":{\"disableHooks\":true}}}"));
    }

    @Override
    boolean goes() {
      return true;
    }
  },
  /// helm-controller was stopped in the middle of an upgrade, and comes back while Refloat waits.
  INTERRUPTED("interrupted", Hand.NOTHING) {
    @Override
    void inflict(Playground p, Release r) {
      p.apply(r.with("{timeout: 90s, values: {sim: slow}}"));
      p.await(r, "running", ReleaseState::running);
      p.await("the new revision is stored", () -> p.records(r).contains("v2 pending-upgrade"));
      p.flux().stop();
      p.await("Helm gave up", () -> p.records(r).contains("v2 failed"));
      controller(p, 1, "starting");
      Thread.ofVirtual()
          .start(
              () -> {
                LockSupport.parkNanos(Duration.ofSeconds(10).toNanos());
                p.flux().restart();
                controller(p, 1, "");
              });
    }

    @Override
    boolean needsRealFlux() {
      return true; // the stand-in takes the server away from Helm when it stops
    }

    @Override
    boolean alone() {
      return true;
    }
  },
  /// helm-controller is away.
  CONTROLLER("controller-down", Hand.OUTSIDE) {
    @Override
    void inflict(Playground p, Release r) {
      p.flux().kill();
      controller(p, 0, "");
      p.apply(r.with("values: {message: waits}"));
    }

    @Override
    void repair(Playground p, Release r) {
      p.flux().restart();
      controller(p, 1, "");
    }

    @Override
    boolean alone() {
      return true;
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

  /// Whether the recovery is over when the HelmRelease is gone.
  boolean goes() {
    return false;
  }

  /// Whether it stops what the other cases need, so that it is played after them.
  boolean alone() {
    return false;
  }

  private static final String MIRROR = "chart: {spec: {sourceRef: {name: mirror}}}";

  private static String repository(Release r, String name) {
    return "/apis/source.toolkit.fluxcd.io/v1/namespaces/"
        + r.namespace()
        + "/helmrepositories/"
        + name;
  }

  /// Declares the HelmRepository `mirror`.
  private static void repositoryOf(Playground p, Release r, String url, String more) {
    p.cluster()
        .apply(
            """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: HelmRepository
            metadata: {namespace: %s, name: mirror}
            spec: {interval: 10m, timeout: 15s, url: "%s"%s}
            """
                .formatted(r.namespace(), url, more.isEmpty() ? "" : ", " + more));
  }

  /// Has the release take its chart from a HelmRepository that fails.
  private static void mirror(Playground p, Release r, String url, String more) {
    repositoryOf(p, r, url, more);
    String path = repository(r, "mirror");
    p.await("the mirror fails", () -> condition(p, path, "Ready").equals("False"));
    p.apply(r.with(MIRROR));
    p.awaitFailed(r);
  }

  private static void login(Playground p, Release r, String password) {
    p.cluster()
        .apply(
            """
            apiVersion: v1
            kind: Secret
            metadata: {namespace: %s, name: login}
            stringData: {username: %s, password: %s}
            """
                .formatted(r.namespace(), ChartServer.USER, password));
  }

  /// The status of a condition; empty when there is none.
  private static String condition(Playground p, String path, String type) {
    return p.api()
        .get(path)
        .path("status")
        .path("conditions")
        .valueStream()
        .filter(c -> c.path("type").asString().equals(type))
        .map(c -> c.path("status").asString())
        .findFirst()
        .orElse("");
  }

  /// Writes the status of an object, as its controller does.
  private static void status(Playground p, String path, String yaml) {
    ObjectNode patch = ApiClient.JSON.createObjectNode();
    patch.set("status", Manifests.read(yaml).getFirst());
    p.api().mergePatch(path + "/status?fieldManager=testbed", patch);
  }

  private static final String KUSTOMIZATIONS =
      "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/%s/kustomizations/apps";

  /// Makes the Kustomization `apps`, which applies the release; answers where the API has it.
  private static String kustomization(Playground p, Release r, String more) {
    p.cluster()
        .apply(
            """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {namespace: %1$s, name: apps}
            spec:
              interval: 10m
              prune: true
              path: ./apps
              sourceRef: {kind: GitRepository, name: fleet}
              %2$s
            """
                .formatted(r.namespace(), more));
    String path = KUSTOMIZATIONS.formatted(r.namespace());
    kustomized(p, path, "True", "ReconciliationSucceeded", "Applied revision: main@sha1:1");
    p.api()
        .mergePatch(
            Playground.path(r) + "?fieldManager=kustomize-controller",
            json(
                "{\"metadata\":{\"labels\":{\"kustomize.toolkit.fluxcd.io/name\":\"apps\","
                    + "\"kustomize.toolkit.fluxcd.io/namespace\":\""
                    + r.namespace()
                    + "\"}}}"));
    return path;
  }

  /// What kustomize-controller says of its last look, whose request it has handled.
  private static void kustomized(
      Playground p, String path, String status, String reason, String message) {
    JsonNode now = p.api().get(path);
    status(
        p,
        path,
        """
        observedGeneration: %d
        lastHandledReconcileAt: "%s"
        conditions:
        - type: Ready
          status: "%s"
          reason: %s
          message: '%s'
          lastTransitionTime: %s
          observedGeneration: %1$d
        """
            .formatted(
                now.path("metadata").path("generation").asLong(),
                now.path("metadata")
                    .path("annotations")
                    .path("reconcile.fluxcd.io/requestedAt")
                    .asString(""),
                status,
                reason,
                message,
                Instant.now().truncatedTo(ChronoUnit.SECONDS)));
  }

  /// Applies the release as Git has it by now, and goes on answering requests.
  private static void applies(Playground p, Release r, String path) {
    p.apply(r);
    kustomized(p, path, "True", "ReconciliationSucceeded", "Applied revision: main@sha1:2");
    Thread.ofVirtual()
        .start(
            () -> {
              p.await(
                  "the Kustomization is requested",
                  () ->
                      p.api()
                          .get(path)
                          .path("metadata")
                          .path("annotations")
                          .has("reconcile.fluxcd.io/requestedAt"));
              kustomized(
                  p, path, "True", "ReconciliationSucceeded", "Applied revision: main@sha1:2");
            });
  }

  /// Declares helm-controller's Deployment, which the bed runs outside of the cluster.
  ///
  /// @param sim the fate of its pods
  private static void controller(Playground p, int replicas, String sim) {
    p.cluster()
        .apply(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              namespace: flux-system
              name: helm-controller
              labels: {app.kubernetes.io/component: helm-controller, app.kubernetes.io/part-of: flux}
            spec:
              replicas: %d
              selector: {matchLabels: {app: helm-controller}}
              template:
                metadata:
                  labels: {app: helm-controller, app.kubernetes.io/part-of: flux}
                  annotations: {%s}
                spec: {containers: [{name: manager, image: "ghcr.io/fluxcd/helm-controller:v1.6.3"}]}
            """
                .formatted(replicas, sim.isEmpty() ? "" : "sim: " + sim));
    if (sim.isEmpty()) {
      String path = "/apis/apps/v1/namespaces/flux-system/deployments/helm-controller";
      p.await(
          "the Deployment of helm-controller is counted",
          () -> {
            JsonNode status = p.api().get(path).path("status");
            return status.has("observedGeneration")
                && status.path("readyReplicas").asInt(0) == replicas;
          });
    } else {
      String pods = "/api/v1/namespaces/flux-system/pods";
      p.await("its pod is there", () -> !p.api().get(pods).path("items").isEmpty());
      for (JsonNode pod : p.api().get(pods).path("items")) {
        status(
            p,
            pods + "/" + pod.path("metadata").path("name").asString(),
            """
            containerStatuses:
            - {name: manager, image: x, imageID: "", ready: false, restartCount: 0, state: {waiting: {reason: ContainerCreating}}}
            """);
      }
    }
  }

  /// Removes the release, and applies it again, changed.
  private static void anew(Playground p, Release r, String yaml) {
    p.delete(r);
    p.awaitGone(r);
    p.apply(r.with(yaml.replace("NS", r.namespace())));
    p.awaitFailed(r);
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
