package dev.refloat.render;

import dev.refloat.diagnosis.CauseGroup;
import dev.refloat.diagnosis.ChainLink;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Proof;
import dev.refloat.diagnosis.Remedy;
import dev.refloat.diagnosis.TraceStep;
import dev.refloat.evidence.BlindSpot;
import dev.refloat.model.Confidence;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Risk;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Diagnoses made by hand.
final class Samples {
  static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  private static final ObjectRef DATABASE =
      new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "data", "db");

  private Samples() {}

  static Diagnosis healthy(String namespace, String name) {
    ReleaseRef ref = new ReleaseRef(namespace, name);
    return new Diagnosis(
        ref,
        ReleaseState.READY,
        Diagnosis.NONE,
        Confidence.CERTAIN,
        List.of(),
        ref.object(),
        "Ready with chart webapp 1.1.0.",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  static Diagnosis simple(
      String namespace,
      String name,
      ReleaseState state,
      String cause,
      ObjectRef root,
      String summary) {
    return new Diagnosis(
        new ReleaseRef(namespace, name),
        state,
        cause,
        Confidence.CERTAIN,
        List.of(),
        root,
        summary,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /// The runbook's own example, with everything that a diagnosis can have.
  static Diagnosis librechat() {
    ObjectRef pod = new ObjectRef("v1", "Pod", "ai", "librechat-mongodb-0");
    ObjectRef claim =
        new ObjectRef("v1", "PersistentVolumeClaim", "ai", "datadir-librechat-mongodb-0");
    ReleaseRef release = new ReleaseRef("ai", "librechat");
    return new Diagnosis(
        release,
        ReleaseState.STALLED,
        "volume-corrupt",
        Confidence.CERTAIN,
        List.of("timeout", "retries-exhausted"),
        claim,
        "MongoDB in Pod ai/librechat-mongodb-0 cannot open its data on claim"
            + " ai/datadir-librechat-mongodb-0: WiredTiger finds it corrupt.",
        List.of(
            new Proof(
                pod,
                "log of container mongodb, previous run",
                "WiredTiger error (-31802): __wt_block_read_off, 263: file:WiredTiger.wt: fatal"
                    + " read error\nFatal assertion 50853 at wiredtiger_util.cpp 683",
                Optional.of(NOW.minusSeconds(90))),
            new Proof(
                pod,
                "status.containerStatuses[mongodb].state.waiting.reason",
                "CrashLoopBackOff",
                Optional.empty())),
        List.of(
            new TraceStep("Timeout?", TraceStep.Answer.YES, "the install gave up after 5m"),
            new TraceStep("Values error?", TraceStep.Answer.NO, "the chart rendered"),
            new TraceStep(
                "Image pull error?",
                TraceStep.Answer.UNKNOWN,
                "the pods of Deployment ai/librechat may not be listed")),
        List.of(new BlindSpot("Secrets in namespace ai", "forbidden")),
        List.of(
            new Remedy(
                "restore-volume",
                "Restore the claim from its newest snapshot",
                Risk.DESTRUCTIVE,
                true,
                "the data files are damaged; a restart reads the same files again",
                List.of(
                    "flux suspend helmrelease librechat -n ai",
                    "kubectl get volumesnapshots -n ai"),
                false,
                List.of()),
            new Remedy(
                "reconcile",
                "Reconcile",
                Risk.SAFE,
                false,
                "the release is stalled: a token alone is swallowed",
                List.of(),
                true,
                List.of()),
            new Remedy(
                "reset",
                "Reset the retries",
                Risk.DISRUPTIVE,
                true,
                "clears the counters and starts one upgrade; useful once the volume is repaired",
                List.of("flux reconcile helmrelease librechat -n ai --reset"),
                true,
                List.of())),
        List.of(
            new ChainLink(
                "release",
                release.object(),
                ChainLink.Health.BAD,
                "Ready=False InstallFailed",
                List.of(
                    "Helm install failed for release ai/librechat: timeout waiting for:"
                        + " [StatefulSet/ai/librechat-mongodb status: 'InProgress']")),
            new ChainLink(
                "source",
                new ObjectRef("source.toolkit.fluxcd.io/v1", "HelmRepository", "ai", "charts"),
                ChainLink.Health.GOOD,
                "stored artifact, 3m ago",
                List.of()),
            new ChainLink(
                "pod",
                pod,
                ChainLink.Health.BAD,
                "CrashLoopBackOff, 7 restarts",
                List.of("WiredTiger error (-31802): fatal read error"))));
  }

  /// A cluster with one cause behind many, one alone, one that is ready but not well.
  static Findings cluster() {
    List<Diagnosis> waiting = new ArrayList<>();
    waiting.add(
        simple(
            "data",
            "db",
            ReleaseState.STALLED,
            "image-pull",
            DATABASE,
            "Pod data/db-0 cannot pull registry.example.com/db:9.9.9: there is no such tag; the"
                + " nearest is 9.9.8."));
    for (int i = 1; i <= 33; i++) {
      waiting.add(
          simple(
              "shop",
              "service-" + i,
              ReleaseState.WAITING,
              "dependency-not-ready",
              DATABASE,
              "Waits for data/db."));
    }
    Diagnosis ready =
        simple(
            "mail",
            "sender",
            ReleaseState.READY,
            "stale-chart",
            new ObjectRef("source.toolkit.fluxcd.io/v1", "HelmRepository", "mail", "charts"),
            "Runs chart webapp 1.1.0 of three days ago: HelmRepository mail/charts has not been"
                + " read since (404 Not Found).");
    List<Diagnosis> all = new ArrayList<>(waiting);
    all.add(librechat());
    all.add(ready);
    for (int i = 0; i < 964; i++) {
      all.add(healthy("apps", "app-" + i));
    }
    return new Findings(
        all,
        List.of(
            new CauseGroup("image-pull", DATABASE, waiting.getFirst().summary(), waiting),
            new CauseGroup(
                "volume-corrupt", librechat().root(), librechat().summary(), List.of(librechat())),
            new CauseGroup("stale-chart", ready.root(), ready.summary(), List.of(ready))),
        "in all namespaces",
        List.of(new BlindSpot("nodes of the cluster", "forbidden")));
  }
}
