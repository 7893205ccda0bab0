package dev.refloat.testbed;

import dev.refloat.testbed.Playground.Lever;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Something that happens to a release, told in lines that are the same for whoever plays Flux.
/// Each has a namespace of its own, so that all can happen at once.
enum FluxScenario {
  INSTALL {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.tell("installed");
      s.line("Deployment managed by " + s.managers());
    }
  },

  INSTALL_FAILS_AND_SPEC_IS_FIXED {
    @Override
    void play(Scene s) throws Exception {
      s.p.apply(s.release.with("values: {tag: does-not-exist}"));
      s.p.awaitStalled(s.release);
      s.tell("failed");
      s.p.apply(s.release);
      s.p.awaitReady(s.release);
      s.tell("fixed");
    }
  },

  UPGRADE_FAILS_AND_LEVERS_ARE_PULLED {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.apply(s.release.with("values: {tag: does-not-exist}"));
      s.p.awaitStalled(s.release);
      s.tell("failed");
      s.handled(s.p.request(s.release));
      s.p.awaitStalled(s.release);
      s.tell("reconciled");
      s.handled(s.p.request(s.release, Lever.FORCE));
      s.p.awaitStalled(s.release);
      s.tell("forced");
      s.handled(s.p.request(s.release, Lever.RESET));
      s.p.awaitStalled(s.release);
      s.tell("reset");
    }
  },

  RESET_IS_NOTED_BEFORE_THE_ACTION_ENDS {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.apply(s.release.with("values: {tag: does-not-exist}"));
      s.p.awaitStalled(s.release);
      String token = s.p.request(s.release, Lever.RESET);
      ReleaseState during =
          s.p.await(s.release, "running", r -> r.running() && r.handled("Reset").equals(token));
      s.line("reconcile handled during the action: " + during.handled("Reconcile").equals(token));
      s.line("upgrade failures during the action: " + during.count("upgradeFailures"));
      s.handled(token);
      s.p.awaitStalled(s.release);
      s.tell("ended");
    }
  },

  SUSPENDED_DURING_AN_ACTION {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.apply(s.release.with("values: {tag: does-not-exist}"));
      s.p.await(s.release, "running", ReleaseState::running);
      s.p.suspend(s.release);
      s.p.await(s.release, "stalled", r -> r.brief("Stalled").startsWith("True/") && r.observed());
      s.tell("suspended");
      s.handled(s.p.request(s.release, Lever.RESET));
      s.tell("requested while suspended");
      s.p.apply(s.release);
      s.p.resume(s.release);
      s.p.awaitReady(s.release);
      s.tell("resumed with a good spec");
    }
  },

  TOKENS_SWALLOWED_BY_A_MISSING_DEPENDENCY {
    @Override
    void play(Scene s) throws Exception {
      s.p.apply(s.release.with("dependsOn: [{name: no-such-release}]"));
      s.p.awaitFailed(s.release);
      String token = s.p.request(s.release, Lever.RESET, Lever.FORCE);
      s.handled(token);
      ReleaseState now = s.p.state(s.release);
      s.line("reset handled: " + now.handled("Reset").equals(token));
      s.line("force handled: " + now.handled("Force").equals(token));
      s.tell("swallowed");
    }
  },

  DELETED_WHILE_SUSPENDED_AND_MADE_AGAIN {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.suspend(s.release);
      s.p.delete(s.release);
      s.p.awaitGone(s.release);
      s.left();
      s.p.install(s.release);
      s.tell("adopted");
    }
  },

  DELETED {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.delete(s.release);
      s.p.awaitGone(s.release);
      s.left();
    }
  },

  ROLLED_BACK {
    @Override
    void play(Scene s) throws Exception {
      Release r = s.release.with("upgrade: {remediation: {remediateLastFailure: true}}");
      s.p.install(r);
      s.p.apply(r.with("values: {tag: does-not-exist}"));
      s.p.awaitStalled(r);
      s.tell("rolled back");
      s.p.apply(r);
      s.p.awaitReady(r);
      s.tell("spec is that of the release rolled back to");
    }
  },

  ROLLED_BACK_AND_RETRIED {
    @Override
    void play(Scene s) throws Exception {
      Release r = s.release.with("upgrade: {remediation: {retries: 1}}");
      s.p.install(r);
      s.p.apply(r.with("values: {tag: does-not-exist}"));
      s.p.awaitStalled(r);
      s.tell("out of retries");
    }
  },

  INSTALL_REMEDIATED {
    @Override
    void play(Scene s) throws Exception {
      Release r = s.release.with("install: {remediation: {retries: 1}}");
      s.p.apply(r.with("values: {tag: does-not-exist}"));
      s.p.awaitStalled(r);
      s.tell("out of retries");
    }
  },

  RECORD_LEFT_PENDING {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.suspend(s.release);
      s.p.await(s.release, "seen as suspended", ReleaseState::observed);
      s.interruptUpgrade();
      s.tell("interrupted");
      s.p.resume(s.release);
      s.p.awaitReady(s.release);
      s.tell("resumed");
    }
  },

  NO_ROLLBACK_TARGET {
    @Override
    void play(Scene s) throws Exception {
      Release r = s.release.with("upgrade: {remediation: {retries: 1}}");
      s.p.install(r);
      s.p.suspend(r);
      s.interruptUpgrade();
      s.p.apply(r.with("values: {tag: does-not-exist}"));
      s.p.resume(r);
      s.p.awaitStalled(r);
      s.tell("stalled");
    }
  },

  RECORD_LEFT_UNINSTALLING {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.suspend(s.release);
      s.hold();
      s.p.interruptHelm(
          s.release, "uninstalling", "uninstall", "app", "--namespace=" + s.namespace, "--wait");
      s.letGo();
      s.p.resume(s.release);
      s.p.await(s.release, "failed twice", r -> r.failed() && r.count("failures") >= 2);
      ReleaseState now = s.p.awaitFailed(s.release);
      s.line(now.brief("Ready") + ": " + s.plain(now.message("Ready")));
      s.line("upgrade failures: " + now.count("upgradeFailures") + ", " + now.brief("Stalled"));
    }
  },

  ROLLED_BACK_BY_HAND {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.apply(s.release.with("values: {tag: does-not-exist}"));
      s.p.awaitStalled(s.release);
      s.p.suspend(s.release);
      Command.Result plain =
          s.p.cluster().helm("rollback", "app", "1", "--namespace=" + s.namespace);
      s.line("plain rollback: " + plain.code());
      s.line("conflict with helm-controller: " + plain.err().contains("\"helm-controller\""));
      Command.Result forced =
          s.p
              .cluster()
              .helm("rollback", "app", "1", "--namespace=" + s.namespace, "--force-conflicts");
      s.line("forced rollback: " + forced.code());
      s.line("Deployment managed by " + s.managers());
      s.p.apply(s.release);
      s.p.resume(s.release);
      s.p.awaitReady(s.release);
      s.tell("resumed with the good spec");
      s.line("Deployment managed by " + s.managers());
    }
  },

  VALUES_REFUSED {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      s.p.apply(s.release.with("values: {replicas: many}"));
      s.p.await(s.release, "failed twice", r -> r.failed() && r.count("failures") >= 2);
      ReleaseState now = s.p.awaitFailed(s.release);
      s.line(now.brief("Ready") + ": " + s.plain(now.message("Ready")));
      s.line("upgrade failures: " + now.count("upgradeFailures") + ", " + now.brief("Stalled"));
      s.line("history: " + now.history());
      s.p.apply(s.release);
      s.p.awaitReady(s.release);
      s.line("again " + s.p.state(s.release).brief("Released"));
    }
  },

  VALUES_FROM_ELSEWHERE {
    @Override
    void play(Scene s) throws Exception {
      Release r = s.release.with("valuesFrom: [{kind: ConfigMap, name: more, valuesKey: v}]");
      s.p.apply(r);
      ReleaseState failed = s.p.awaitFailed(r);
      s.line(failed.brief("Ready") + ": " + failed.message("Ready"));
      s.p
          .cluster()
          .apply(
              """
              {apiVersion: v1, kind: ConfigMap, metadata: {namespace: %s, name: more}, data: {w: ""}}
              """
                  .formatted(s.namespace));
      s.p.request(r);
      ReleaseState other =
          s.p.await(r, "another text", n -> n.message("Ready").contains("key") && n.failed());
      s.line(other.brief("Ready") + ": " + other.message("Ready"));
      s.p
          .cluster()
          .apply(
              """
              {apiVersion: v1, kind: ConfigMap, metadata: {namespace: %s, name: more}, data: {v: "message: from elsewhere"}}
              """
                  .formatted(s.namespace));
      s.p.request(r);
      s.p.awaitReady(r);
      s.line(
          s.p
              .api()
              .get("/api/v1/namespaces/" + s.namespace + "/configmaps/app")
              .path("data")
              .path("message")
              .asString());
    }
  },

  TEST_FAILS {
    @Override
    void play(Scene s) throws Exception {
      Release r = s.release.with("test: {enable: true}");
      s.p.install(r.with("values: {test: ok}"));
      s.tell("tested");
      s.p.apply(r.with("values: {test: jobfail}"));
      s.p.awaitStalled(r);
      s.tell("failed");
    }
  },

  HOOK_FAILS {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release.with("values: {hook: ok}"));
      s.p.apply(s.release.with("values: {hook: jobfail}"));
      s.p.awaitStalled(s.release);
      s.tell("failed");
    }
  },

  WITHOUT_RIGHTS {
    @Override
    void play(Scene s) throws Exception {
      s.p.install(s.release);
      Breakage.RIGHTS.inflict(s.p, s.release);
      ReleaseState now = s.p.awaitFailed(s.release);
      s.line(now.brief("Ready") + ": " + s.plain(now.message("Ready")));
    }
  },

  REPEATED_INSTEAD_OF_REMEDIATED {
    @Override
    void play(Scene s) throws Exception {
      Release r = s.release.with("upgrade: {strategy: {name: RetryOnFailure, retryInterval: 3s}}");
      s.p.install(r);
      s.p.apply(r.with("values: {tag: does-not-exist}"));
      ReleaseState now =
          s.p.await(
              r,
              "waiting after two failures",
              n ->
                  n.failed()
                      && n.count("upgradeFailures") >= 2
                      && n.brief("Reconciling").endsWith("/ProgressingWithRetry"));
      s.line(now.brief("Ready") + " " + now.brief("Reconciling") + " " + now.brief("Stalled"));
      s.line(now.message("Reconciling"));
      s.p.apply(r);
      ReleaseState good = s.p.awaitReady(r);
      s.line("failures: " + good.count("failures") + " " + good.count("upgradeFailures"));
    }
  },

  CHART_MISSING {
    @Override
    void play(Scene s) throws Exception {
      s.p.apply(s.release.with("chart: {spec: {version: 7.7.7}}"));
      s.p.await(s.release, "refused", r -> r.failed() && r.message("Ready").contains("7.7.7"));
      s.tell("no such version");
      s.p.apply(s.release.with("chart: {spec: {chart: webap}}"));
      s.p.await(
          s.release, "refused", r -> r.failed() && r.message("Ready").contains("no chart name"));
      s.tell("no such chart");
      s.p.apply(s.release.with("chart: {spec: {version: '1.x'}}"));
      s.p.awaitReady(s.release);
      s.tell("the newest of a range");
    }
  },

  CHART_FROM_A_REGISTRY {
    @Override
    void play(Scene s) throws Exception {
      s.p
          .cluster()
          .apply(
              """
              apiVersion: source.toolkit.fluxcd.io/v1
              kind: OCIRepository
              metadata: {namespace: %s, name: webapp}
              spec:
                interval: 10m
                insecure: true
                url: oci://%s/charts/webapp
                ref: {tag: 1.1.0}
                layerSelector:
                  mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip
                  operation: copy
              """
                  .formatted(s.namespace, s.p.registry().host()));
      s.p.install(s.release.with("{chart: null, chartRef: {kind: OCIRepository, name: webapp}}"));
      s.tell("installed");
    }
  };

  abstract void play(Scene scene) throws Exception;

  /// The lines of this scenario on a playground.
  final List<String> lines(Playground playground) throws Exception {
    Scene scene = new Scene(playground, name().toLowerCase(Locale.ROOT).replace('_', '-'));
    playground.namespace(scene.namespace);
    play(scene);
    return scene.lines;
  }

  /// Where a scenario plays, and what it told so far.
  static final class Scene {
    private static final Pattern TIMEOUT =
        Pattern.compile(
            "timeout waiting for: \\[.*]|client rate limiter Wait returned an error: rate:"
                + " Wait\\(n=1\\) would exceed context deadline|context deadline exceeded");
    private static final Pattern DIGEST = Pattern.compile("\\+[0-9a-f]{12}");

    final Playground p;
    final String namespace;
    final Release release;
    private final List<String> lines = new ArrayList<>();

    private Scene(Playground playground, String namespace) {
      this.p = playground;
      this.namespace = namespace;
      this.release = Release.webapp(namespace, "app");
    }

    void line(String line) {
      lines.add(line);
    }

    String plain(String message) {
      return DIGEST.matcher(TIMEOUT.matcher(message).replaceAll("TIMEOUT")).replaceAll("+DIGEST");
    }

    void tell(String when) {
      ReleaseState now = p.state(release);
      line("--- " + when);
      for (String type :
          List.of("Ready", "Released", "Remediated", "TestSuccess", "Stalled", "Reconciling")) {
        if (!now.brief(type).isEmpty()) {
          line(type + "=" + now.brief(type) + ": " + plain(now.message(type)));
        }
      }
      line(
          "failures %d, install %d, upgrade %d; spec observed: %s"
              .formatted(
                  now.count("failures"),
                  now.count("installFailures"),
                  now.count("upgradeFailures"),
                  now.observed()));
      line("history: " + plain(now.history().toString()));
      line("records: " + p.records(release));
    }

    /// Waits until a request is handled.
    void handled(String token) {
      p.await(release, "handled " + token, r -> r.handled("Reconcile").equals(token));
    }

    /// Who owns fields of the Deployment, beside those who keep its status.
    List<String> managers() {
      return p.api()
          .get(deployment())
          .path("metadata")
          .path("managedFields")
          .valueStream()
          .map(m -> m.path("manager").asString(""))
          .filter(m -> !m.equals("kube-controller-manager"))
          .distinct()
          .sorted()
          .toList();
    }

    private String deployment() {
      return "/apis/apps/v1/namespaces/" + namespace + "/deployments/app";
    }

    void left() {
      line("records: " + p.records(release));
      line("Deployment: " + p.exists(deployment()));
      line(
          "HelmChart: "
              + p.exists(
                  "/apis/source.toolkit.fluxcd.io/v1/namespaces/"
                      + namespace
                      + "/helmcharts/"
                      + namespace
                      + "-app"));
    }

    void interruptUpgrade() throws UnavailableException {
      p.interruptHelm(
          release,
          "pending-upgrade",
          "upgrade",
          "app",
          p.archive("webapp", "1.0.0").toString(),
          "--namespace=" + namespace,
          "--set=tag=does-not-exist",
          "--force-conflicts",
          "--wait");
    }

    /// Keeps the Deployment from going.
    void hold() {
      finalizers("[\"example.io/hold\"]");
    }

    void letGo() {
      finalizers("null");
    }

    private void finalizers(String list) {
      p.api()
          .mergePatch(
              deployment() + "?fieldManager=hold",
              ApiClient.JSON.readTree("{\"metadata\":{\"finalizers\":" + list + "}}"));
    }
  }
}
