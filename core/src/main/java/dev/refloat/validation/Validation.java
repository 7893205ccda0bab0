package dev.refloat.validation;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Evidence;
import dev.refloat.model.Condition;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.Failure;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.SourceChain;
import dev.refloat.release.Workloads;
import java.util.ArrayList;
import java.util.List;

/// The runbook's step 5 on one evidence: is the release Ready at the revision it should have, is
/// everything there that belongs to it, and does it work. Pure.
public final class Validation {

  private Validation() {}

  public static List<Check> of(Resource release, Evidence evidence, Diagnosis diagnosis) {
    ReleaseView view = ReleaseView.of(release, evidence);
    Belongings belongings = new Belongings(view, evidence);
    List<Check> checks = new ArrayList<>();
    checks.add(ready(view));
    checks.add(current(view));
    checks.add(sources(view, evidence));
    if (view.remote()) {
      checks.add(
          Check.unknown(
              "objects-present", "Every object is there", "they are on the cluster of kubeConfig"));
      return checks;
    }
    checks.add(present(belongings, evidence));
    checks.add(workloads(belongings));
    checks.add(pods(belongings));
    checks.add(claims(belongings));
    checks.add(
        diagnosis.healthy()
            ? Check.passed("no-cause", "Nothing is diagnosed", diagnosis.summary())
            : Check.failed(
                "no-cause",
                "Nothing is diagnosed",
                diagnosis.cause() + ": " + diagnosis.summary()));
    return List.copyOf(checks);
  }

  private static Check ready(ReleaseView v) {
    String title = "HelmRelease is Ready";
    if (v.suspended()) {
      return Check.failed("release-ready", title, "it is suspended: its conditions are frozen");
    }
    if (v.inFlight()) {
      return Check.unknown("release-ready", title, "a Helm action is running");
    }
    if (v.ready()) {
      return Check.passed(
          "release-ready", title, v.condition("Ready").map(Condition::message).orElse(""));
    }
    return Check.failed(
        "release-ready",
        title,
        v.failure()
            .map(Failure::message)
            .orElse(v.condition("Ready").map(Condition::message).orElse("no Ready condition")));
  }

  private static Check current(ReleaseView v) {
    String title = "The newest generation was reconciled";
    long observed = v.resource().status("observedGeneration").integer(-1);
    return observed == v.resource().generation() && !v.unseenGeneration()
        ? Check.passed("generation-current", title, "generation " + observed)
        : Check.failed(
            "generation-current",
            title,
            "generation " + v.resource().generation() + ", observed " + observed);
  }

  private static Check sources(ReleaseView v, Evidence evidence) {
    String title = "Its sources are Ready";
    List<String> bad = new ArrayList<>();
    List<Resource> sources =
        SourceChain.of(v, evidence).stream().flatMap(l -> l.resource().stream()).toList();
    for (Resource s : sources) {
      if (s.condition("Ready").map(Condition::isFalse).orElse(false)) {
        bad.add(s.ref().display() + ": " + s.condition("Ready").map(Condition::message).orElse(""));
      }
    }
    if (sources.isEmpty()) {
      return Check.unknown("sources-ready", title, "no source could be read");
    }
    return bad.isEmpty()
        ? Check.passed("sources-ready", title, sources.size() + " of " + sources.size())
        : Check.failed("sources-ready", title, String.join("; ", bad));
  }

  private static Check present(Belongings b, Evidence evidence) {
    String title = "Every object of the release is there";
    List<String> missing = new ArrayList<>();
    int there = 0;
    int unknown = 0;
    for (ObjectRef ref : b.named()) {
      if (b.hooks().contains(ref)) {
        continue; // hooks are deleted when they are done
      }
      switch (evidence.presence(ref)) {
        case THERE -> there++;
        case ABSENT -> missing.add(ref.display());
        case UNKNOWN -> unknown++;
      }
    }
    if (!missing.isEmpty()) {
      return Check.failed("objects-present", title, "missing: " + String.join(", ", missing));
    }
    String seen = there + " seen" + (unknown == 0 ? "" : ", " + unknown + " not looked at");
    return there == 0
        ? Check.unknown("objects-present", title, seen)
        : Check.passed("objects-present", title, seen);
  }

  private static Check workloads(Belongings b) {
    String title = "Its workloads are ready";
    List<String> bad = new ArrayList<>();
    for (Resource w : b.workloads()) {
      if (!b.hooks().contains(w.ref()) && !Workloads.healthy(w)) {
        bad.add(w.ref().display() + " has " + Workloads.ready(w) + " of " + Workloads.desired(w));
      }
    }
    if (b.workloads().isEmpty()) {
      return Check.skipped("workloads-ready", title, "it has none");
    }
    return bad.isEmpty()
        ? Check.passed("workloads-ready", title, b.workloads().size() + " ready")
        : Check.failed("workloads-ready", title, String.join("; ", bad));
  }

  private static Check pods(Belongings b) {
    String title = "Its pods run";
    List<String> bad = new ArrayList<>();
    for (Resource p : b.pods()) {
      if (p.deleted().isEmpty() && !hook(b, p) && !Workloads.healthy(p)) {
        bad.add(p.ref().path() + " is " + p.status("phase").text("unknown"));
      }
    }
    if (b.pods().isEmpty()) {
      return Check.skipped("pods-ready", title, "it has none");
    }
    return bad.isEmpty()
        ? Check.passed("pods-ready", title, b.pods().size() + " ready")
        : Check.failed("pods-ready", title, String.join("; ", bad));
  }

  /// Pods of hooks and tests come and go with the actions; one that failed may be left behind.
  private static boolean hook(Belongings b, Resource pod) {
    return pod.annotation("helm.sh/hook").isPresent()
        || b.hooks().contains(pod.ref())
        || b.hooks().stream()
            .anyMatch(
                h ->
                    h.namespace().equals(pod.namespace())
                        && pod.controllerOwner()
                            .map(
                                o ->
                                    o.get("kind").text().equals(h.kind())
                                        && o.get("name").text().equals(h.name()))
                            .orElse(false));
  }

  private static Check claims(Belongings b) {
    String title = "Its claims are bound";
    List<Resource> claims = b.claims();
    List<String> bad = new ArrayList<>();
    for (Resource c : claims) {
      if (!c.status("phase").text().equals("Bound")) {
        bad.add(c.ref().path() + " is " + c.status("phase").text("Pending"));
      }
    }
    if (claims.isEmpty()) {
      return Check.skipped("claims-bound", title, "it has none");
    }
    return bad.isEmpty()
        ? Check.passed("claims-bound", title, claims.size() + " bound")
        : Check.failed("claims-bound", title, String.join("; ", bad));
  }

  /// Whether one check failed.
  public static boolean failed(List<Check> checks) {
    return checks.stream().anyMatch(c -> c.outcome() == Check.Outcome.FAILED);
  }

  /// Whether the checks that matter most could be made.
  public static boolean conclusive(List<Check> checks) {
    return checks.stream()
        .filter(c -> c.id().equals("release-ready") || c.id().equals("workloads-ready"))
        .noneMatch(c -> c.outcome() == Check.Outcome.UNKNOWN);
  }
}
