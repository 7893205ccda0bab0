package dev.refloat.diagnosis;

import dev.refloat.model.Risk;
import dev.refloat.release.ReleaseView;
import dev.refloat.release.Stage;
import dev.refloat.rule.Rule;
import dev.refloat.signal.Signal;
import dev.refloat.signal.SignalKind;
import dev.refloat.signal.Signals;
import java.util.ArrayList;
import java.util.List;

/// Which of Flux's levers will move this release, and which will not, and why. People pull them one
/// after the other; each works only in some states (flux-facts §3.1-3.5, experiments 1-11).
final class Levers {

  private Levers() {}

  static List<Remedy> of(ReleaseView v, Signals signals, List<Finding> findings) {
    List<Remedy> out = new ArrayList<>();
    boolean causeInSpec = !findings.isEmpty() && inSpec(findings.getFirst().rule());
    out.add(reconcile(v, signals, causeInSpec));
    out.add(reset(v, causeInSpec));
    out.add(force(v, causeInSpec));
    out.add(suspendResume(v, causeInSpec));
    out.add(rollback(v, signals));
    out.add(git(v, signals));
    return out;
  }

  /// Whether the cause stands in what Git declares, so that trying again without a change fails
  /// again.
  private static boolean inSpec(Rule rule) {
    return switch (rule.id()) {
      case "values-error",
          "template-error",
          "chart-not-found",
          "crd-missing",
          "post-render-error",
          "manifest-invalid",
          "removed-api",
          "immutable-field",
          "image-verification",
          "kube-version",
          "release-too-large" ->
          true;
      default -> false;
    };
  }

  private static String flux(String verb, ReleaseView v, String flags) {
    return "flux " + verb + " helmrelease " + v.ref().name() + " -n " + v.ref().namespace() + flags;
  }

  private static Remedy lever(
      String id, String title, Risk risk, boolean works, String because, String... commands) {
    return new Remedy(
        "lever-" + id, title, risk, works, because, List.of(commands), true, List.of());
  }

  private static Remedy reconcile(ReleaseView v, Signals signals, boolean causeInSpec) {
    String command = flux("reconcile", v, "");
    if (v.suspended()) {
      return lever(
          "reconcile",
          "Reconcile",
          Risk.SAFE,
          false,
          "the release is suspended: the request is taken and nothing is done",
          command);
    }
    if (v.exhausted()) {
      return lever(
          "reconcile",
          "Reconcile",
          Risk.SAFE,
          false,
          "the retries are exhausted: a request alone does not start another attempt",
          command);
    }
    if (v.stage() == Stage.PREREQUISITE) {
      boolean stalledChart =
          signals.of(SignalKind.SOURCE).stream().anyMatch(s -> s.get("stalled").equals("true"));
      return stalledChart
          ? lever(
              "reconcile",
              "Reconcile with its source",
              Risk.SAFE,
              true,
              "the chart is stalled and is tried again only when it, its repository or the request changes; after the fix this ends the wait",
              flux("reconcile", v, " --with-source"))
          : lever(
              "reconcile",
              "Reconcile",
              Risk.SAFE,
              true,
              "ends the wait once what it waits for is there; before that it changes nothing",
              command);
    }
    if (causeInSpec) {
      return lever(
          "reconcile",
          "Reconcile",
          Risk.SAFE,
          false,
          "it would try the same again and fail the same way; after the fix in Git Flux starts by itself",
          command);
    }
    return lever(
        "reconcile",
        "Reconcile",
        Risk.SAFE,
        true,
        "cuts the back-off (up to 15 minutes) short once the cause is gone",
        command);
  }

  private static Remedy reset(ReleaseView v, boolean causeInSpec) {
    String command = flux("reconcile", v, " --reset");
    if (v.suspended() || v.stage() == Stage.PREREQUISITE) {
      return lever(
          "reset",
          "Reset the failure counters",
          Risk.DISRUPTIVE,
          false,
          v.suspended()
              ? "the release is suspended: the token is swallowed"
              : "the release does not come as far as its counters: the token is swallowed",
          command);
    }
    if (!v.exhausted()) {
      return lever(
          "reset",
          "Reset the failure counters",
          Risk.DISRUPTIVE,
          false,
          "the retries are not exhausted, so no counter holds it back",
          command);
    }
    return lever(
        "reset",
        "Reset the failure counters",
        Risk.DISRUPTIVE,
        !causeInSpec,
        causeInSpec
            ? "it would start one more attempt with the same cause; a fix in Git resets the counters by itself"
            : "clears the counters and starts one upgrade: right once the cause is gone",
        command);
  }

  private static Remedy force(ReleaseView v, boolean causeInSpec) {
    String command = flux("reconcile", v, " --force");
    if (v.suspended() || v.stage() == Stage.PREREQUISITE) {
      return lever(
          "force",
          "Force one upgrade",
          Risk.DISRUPTIVE,
          false,
          v.suspended()
              ? "the release is suspended: the token is swallowed"
              : "dependencies, sources and values come before force: the token is swallowed",
          command);
    }
    return lever(
        "force",
        "Force one upgrade",
        Risk.DISRUPTIVE,
        !causeInSpec && v.stage() != Stage.READY,
        causeInSpec
            ? "it repeats the same attempt; force does not replace immutable fields and does not mend values"
            : "one attempt whatever the counters say; they are kept, so the next failure stalls at once",
        command);
  }

  private static Remedy suspendResume(ReleaseView v, boolean causeInSpec) {
    String[] commands = {flux("suspend", v, ""), flux("resume", v, "")};
    if (v.suspended()) {
      return lever(
          "suspend-resume",
          "Resume",
          Risk.DISRUPTIVE,
          true,
          "reconciles at once and clears the counters; what changed since the suspension is applied",
          flux("resume", v, ""));
    }
    return lever(
        "suspend-resume",
        "Suspend, fix, resume",
        Risk.DISRUPTIVE,
        !causeInSpec,
        causeInSpec
            ? "resuming without a fix in Git tries the same again"
            : "resuming counts as a change of the spec: counters are cleared and one attempt starts; a running action is not stopped by suspending",
        commands);
  }

  private static Remedy rollback(ReleaseView v, Signals signals) {
    String name = v.storageName();
    String deployed =
        signals.of(SignalKind.RECORD).stream()
            .findFirst()
            .map(r -> r.get("deployed-version"))
            .orElse("");
    boolean before = signals.release().get("deployed-before").equals("true");
    String command =
        "helm rollback "
            + name
            + (deployed.isEmpty() ? "" : " " + deployed)
            + " -n "
            + v.targetNamespace();
    if (!before) {
      return lever(
          "rollback",
          "helm rollback",
          Risk.DISRUPTIVE,
          false,
          "no revision of this release ever worked",
          command);
    }
    if (v.rolledBack()) {
      return lever(
          "rollback",
          "helm rollback",
          Risk.DISRUPTIVE,
          false,
          "Flux has rolled back already",
          command);
    }
    return lever(
        "rollback",
        "helm rollback",
        Risk.DISRUPTIVE,
        false,
        "on a release that Flux made it fails on a conflict with helm-controller, and forced it leaves fields that Flux cannot remove; "
            + "return to the good version in Git instead",
        command);
  }

  private static Remedy git(ReleaseView v, Signals signals) {
    Signal release = signals.release();
    boolean blocked =
        signals.of(SignalKind.OWNER).stream()
            .anyMatch(
                o ->
                    o.get("suspended").equals("true")
                        || (o.get("ready").equals("false")
                            && !o.get("blames-release").equals("true")));
    if (blocked) {
      return lever(
          "git",
          "Fix in Git",
          Risk.SAFE,
          false,
          "the Kustomization that applies this release is suspended or fails: a commit does not arrive");
    }
    if (v.suspended()) {
      return lever(
          "git",
          "Fix in Git",
          Risk.SAFE,
          false,
          "the change arrives and waits: the release is suspended until it is resumed");
    }
    String owner =
        signals.of(SignalKind.OWNER).stream()
            .findFirst()
            .map(
                o ->
                    "flux reconcile kustomization "
                        + o.get("name")
                        + " -n "
                        + o.get("namespace")
                        + " --with-source")
            .orElse("");
    String because =
        release.get("exhausted").equals("true")
            ? "a new generation clears the counters and starts one attempt"
            : "a new generation is tried at once";
    return owner.isEmpty()
        ? lever("git", "Fix in Git", Risk.SAFE, true, because)
        : lever("git", "Fix in Git", Risk.SAFE, true, because, owner);
  }
}
