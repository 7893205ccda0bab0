package dev.refloat.validation;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Condition;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.release.Belongings;
import dev.refloat.release.Failure;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.SourceChain;
import dev.refloat.release.Workloads;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The runbook's step 5 on one evidence: is the release Ready at the revision it should have, is
/// everything there that belongs to it, and does it work. Pure.
public final class Validation {

  /// Objects that are looked at by name, one request each.
  private static final int MOST_OBJECTS = 300;

  private Validation() {}

  public static List<Check> of(Resource release, Evidence evidence, Diagnosis diagnosis) {
    ReleaseView view = ReleaseView.of(release, evidence);
    Belongings belongings = new Belongings(view, evidence);
    List<Check> checks = new ArrayList<>();
    checks.add(ready(view));
    checks.add(current(view));
    checks.add(intended(view, evidence));
    checks.add(sources(view, evidence));
    if (view.remote()) {
      checks.add(
          Check.unknown(
              "objects-present", "Every object is there", "they are on the cluster of kubeConfig"));
      return checks;
    }
    checks.add(present(belongings, evidence));
    checks.add(objectsCurrent(belongings));
    checks.add(workloads(belongings));
    checks.add(pods(belongings));
    checks.add(claims(belongings));
    checks.add(Traffic.endpoints(belongings));
    tests(view).ifPresent(checks::add);
    checks.add(
        diagnosis.healthy()
            ? Check.passed("no-cause", "Nothing is diagnosed", diagnosis.summary())
            : Check.failed(
                "no-cause",
                "Nothing is diagnosed",
                diagnosis.cause() + ": " + diagnosis.summary()));
    return List.copyOf(checks);
  }

  /// What to look at besides what a diagnosis has seen: the objects of the release that it knows
  /// only by name, where the Services lead to, and the logs.
  public static Set<Inquiry> needs(Resource release, Evidence evidence) {
    ReleaseView view = ReleaseView.of(release, evidence);
    if (view.remote()) {
      return Set.of();
    }
    Belongings b = new Belongings(view, evidence);
    Set<Inquiry> needs = new LinkedHashSet<>();
    b.named().stream()
        .filter(ref -> !b.hooks().contains(ref))
        .filter(ref -> evidence.presence(ref) == Evidence.Presence.UNKNOWN)
        .limit(MOST_OBJECTS)
        .forEach(ref -> needs.add(new Inquiry.ObjectNamed(ref)));
    b.of(Kind.SERVICE)
        .forEach(s -> needs.add(new Inquiry.ListOf(Kind.ENDPOINT_SLICE, s.namespace())));
    needs.addAll(Watched.needs(b));
    return needs;
  }

  /// Ready tells of the last action. Whether that action was about the chart that the source has
  /// now, and left what it wanted, tell the history and the artifact.
  private static Check intended(ReleaseView v, Evidence evidence) {
    String id = "revision-intended";
    String title = "It runs the chart and values that it should";
    Json newest = v.newest();
    if (!newest.exists() || newest.get("chartVersion").text().isEmpty()) {
      return Check.unknown(id, title, "it has no history");
    }
    String runs = newest.get("chartName").text() + " " + newest.get("chartVersion").text();
    if (!newest.get("status").text("deployed").equals("deployed")) {
      return Check.failed(id, title, runs + " is " + newest.get("status").text());
    }
    String tried = v.resource().status("lastAttemptedConfigDigest").text();
    if (!tried.isEmpty()
        && newest.get("configDigest").exists()
        && !tried.equals(newest.get("configDigest").text())) {
      return Check.failed(id, title, runs + " runs with other values than the last ones tried");
    }
    Optional<Json> artifact =
        SourceChain.of(v, evidence).stream()
            .flatMap(l -> l.resource().stream())
            .filter(r -> r.kind().equals("HelmChart") || r.kind().equals("OCIRepository"))
            .map(r -> r.status("artifact"))
            .filter(Json::exists)
            .findFirst();
    if (artifact.isEmpty()) {
      return Check.unknown(id, title, runs + "; what its source has could not be seen");
    }
    String offered = artifact.get().get("revision").text();
    // an OCIRepository has a digest, and its tag need not be the chart's version
    String digest = v.resource().status("lastAttemptedRevisionDigest").text();
    boolean same =
        offered.contains("@")
            ? digest.isEmpty() || offered.endsWith("@" + digest)
            : version(offered).equals(version(newest.get("chartVersion").text()));
    return same
        ? Check.passed(id, title, runs + ", revision " + newest.get("version").text("?"))
        : Check.failed(id, title, runs + " runs, and the source has " + offered);
  }

  /// Without the commit that `1.2.3+abcdef` adds for a chart from Git.
  private static String version(String revision) {
    int build = revision.indexOf('+');
    return build < 0 ? revision : revision.substring(0, build);
  }

  /// Flux's own runs of Helm's tests (`spec.test.enable`).
  private static Optional<Check> tests(ReleaseView v) {
    if (!(v.newest().get("testHooks") instanceof Json.Obj hooks) || hooks.size() == 0) {
      return Optional.empty();
    }
    List<String> bad = new ArrayList<>();
    hooks.forEach(
        (name, hook) -> {
          String phase = hook.get("phase").text();
          if (!phase.equals("Succeeded")) {
            bad.add(name + ": " + (phase.isEmpty() ? "did not run" : phase));
          }
        });
    return Optional.of(
        bad.isEmpty()
            ? Check.passed("flux-tests", "Its tests passed under Flux", hooks.size() + " passed")
            : Check.failed("flux-tests", "Its tests passed under Flux", String.join("; ", bad)));
  }

  private static Check objectsCurrent(Belongings b) {
    String id = "objects-current";
    String title = "Every object is what its spec wants";
    List<String> bad = new ArrayList<>();
    int judged = 0;
    for (Resource o : b.objects()) {
      // workloads and claims have checks of their own
      if (b.hooks().contains(o.ref())
          || Workloads.KINDS.contains(o.kind())
          || o.kind().equals("PersistentVolumeClaim")) {
        continue;
      }
      judged++;
      Health.problem(o).ifPresent(p -> bad.add(o.ref().display() + " " + p));
    }
    if (!bad.isEmpty()) {
      return Check.failed(id, title, String.join("; ", bad));
    }
    return judged == 0
        ? Check.skipped(id, title, "none was looked at")
        : Check.passed(id, title, judged + " current");
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
    String title = "Its sources are Ready and current";
    List<String> bad = new ArrayList<>();
    List<Resource> sources =
        SourceChain.of(v, evidence).stream().flatMap(l -> l.resource().stream()).toList();
    for (Resource s : sources) {
      if (s.condition("Ready").map(Condition::isFalse).orElse(false)) {
        bad.add(s.ref().display() + ": " + s.condition("Ready").map(Condition::message).orElse(""));
      } else if (s.status("observedGeneration").integer(s.generation()) < s.generation()) {
        bad.add(s.ref().display() + ": its newest generation was not looked at yet");
      } else if (s.spec("suspend").isTrue()) {
        bad.add(s.ref().display() + " is suspended: nothing new arrives");
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
      if (!b.hooks().contains(w.ref())) {
        Health.problem(w).ifPresent(p -> bad.add(w.ref().display() + " " + p));
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
