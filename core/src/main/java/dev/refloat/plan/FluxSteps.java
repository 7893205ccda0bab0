package dev.refloat.plan;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import dev.refloat.release.SourceChain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The steps that move Flux: mark, suspend, resume, request, watch.
final class FluxSteps {

  /// How long an answer of the API server or of a controller may take.
  static final Duration SHORT = Duration.ofMinutes(2);

  /// How long a release may stay suspended before that is worth a warning.
  static final Duration SUSPENSION = Duration.ofHours(2);

  private FluxSteps() {}

  static Step mark(Situation s) {
    return new Step(
        "mark",
        "Mark " + s.view().ref().path() + " as being recovered",
        "A second recovery keeps out, and an abandoned one can be found and resumed",
        Risk.SAFE,
        new Effect.Mark(s.release()),
        List.of(new Guard.Present(s.release()), new Guard.Unclaimed(s.release())),
        new Expectation.Written(),
        SHORT,
        new Undo.Reverse(new Effect.Unmark(s.release()), true),
        List.of(
            "kubectl annotate helmrelease "
                + s.named()
                + " "
                + Marks.RECOVERY
                + "="
                + s.wishes().recovery()));
  }

  static Step unmark(Situation s) {
    return new Step(
        "unmark",
        "Take the mark off again",
        "The recovery is over",
        Risk.SAFE,
        new Effect.Unmark(s.release()),
        List.of(),
        new Expectation.Written(),
        SHORT,
        new Undo.Nothing("a mark changes nothing else"),
        List.of("kubectl annotate helmrelease " + s.named() + " " + Marks.RECOVERY + "-"));
  }

  static Step suspend(Situation s, String why) {
    return new Step(
        "suspend",
        "Suspend " + s.view().ref().path(),
        why,
        Risk.SAFE,
        new Effect.Suspend(s.release(), why, SUSPENSION),
        List.of(
            new Guard.Present(s.release()),
            new Guard.NotReverted(s.release(), s.owner().map(Resource::ref))),
        new Expectation.Suspended(s.release(), true),
        s.attempt(),
        new Undo.Reverse(new Effect.Resume(s.release()), true),
        List.of("flux suspend helmrelease " + s.named()));
  }

  /// Resumes and waits for the outcome: a resume is a change of the spec, so it clears the counters
  /// and
  /// starts one attempt (flux-facts §3.2).
  static Step resume(Situation s) {
    return new Step(
        "resume",
        "Resume " + s.view().ref().path() + " and wait until it is Ready",
        "Flux reconciles at once, with its failure counters cleared",
        Risk.DISRUPTIVE,
        new Effect.Resume(s.release()),
        List.of(),
        new Expectation.Recovered(s.release(), false, false, false),
        s.attempt(),
        new Undo.Reverse(
            new Effect.Suspend(s.release(), "the resume was taken back", SUSPENSION), false),
        List.of("flux resume helmrelease " + s.named()));
  }

  /// The request that moves this release in its state, and the wait for what Flux makes of it.
  static List<Step> request(Situation s, boolean withSource, boolean force) {
    List<Step> steps = new ArrayList<>();
    if (s.view().suspended()) {
      return List.of(resume(s));
    }
    if (withSource) {
      // the repository before the chart that is made from it (flux-facts §3.4)
      SourceChain.of(s.view(), s.evidence()).reversed().stream()
          .flatMap(link -> link.resource().stream())
          .filter(source -> !source.spec("type").text().equals("oci"))
          .forEach(source -> steps.add(refresh(source)));
    }
    boolean reset = !force && s.view().spent();
    steps.add(
        new Step(
            "reconcile",
            "Ask Flux to reconcile "
                + s.view().ref().path()
                + (reset ? ", with its failure counters reset" : force ? ", by force" : ""),
            reset
                ? "The retries are exhausted: only a reset starts another attempt"
                : force
                    ? "One attempt, whatever the counters say"
                    : "Ends the wait for the next try",
            Risk.DISRUPTIVE,
            new Effect.Request(s.release(), reset, force),
            List.of(new Guard.Present(s.release()), new Guard.Idle(s.release())),
            new Expectation.Recovered(s.release(), true, reset, force),
            s.attempt(),
            new Undo.Nothing("Flux does what Git says, only sooner"),
            List.of(
                "flux reconcile helmrelease "
                    + s.named()
                    + (reset ? " --reset" : force ? " --force" : ""))));
    return steps;
  }

  static Step refresh(Resource object) {
    String kind = object.kind().toLowerCase(Locale.ROOT);
    return refresh(object.ref(), kind);
  }

  private static Step refresh(ObjectRef object, String kind) {
    String command =
        switch (kind) {
          case "helmrepository" -> "source helm ";
          case "gitrepository" -> "source git ";
          case "ocirepository" -> "source oci ";
          case "helmchart" -> "source chart ";
          case "bucket" -> "source bucket ";
          default -> kind + " ";
        };
    return new Step(
        "refresh-" + kind + "-" + object.name(),
        "Ask Flux to reconcile " + object.display(),
        "What the release is made from is read again first",
        Risk.SAFE,
        new Effect.Request(object, false, false),
        List.of(),
        new Expectation.SourceReady(object),
        Duration.ofMinutes(5),
        new Undo.Nothing("the source is read, nothing is changed"),
        List.of("flux reconcile " + command + object.name() + " -n " + object.namespace()));
  }

  /// Waits until the release is Ready without doing anything.
  static Step watch(Situation s, String why) {
    return new Step(
        "watch",
        "Wait until " + s.view().ref().path() + " is Ready",
        why,
        Risk.SAFE,
        new Effect.Watch(s.release()),
        List.of(),
        new Expectation.Recovered(s.release(), false, false, false),
        s.attempt(),
        new Undo.Nothing("nothing is done"),
        List.of(
            "kubectl wait helmrelease/"
                + s.view().ref().name()
                + " -n "
                + s.view().ref().namespace()
                + " --for=condition=Ready --timeout="
                + s.attempt().toMinutes()
                + "m"));
  }

  /// Waits until the deletion of the release has ended.
  static Step gone(Situation s) {
    return new Step(
        "watch-deletion",
        "Wait until " + s.view().ref().path() + " is gone",
        "helm-controller takes its finalizer off when nothing stands in the way any more",
        Risk.SAFE,
        new Effect.Watch(s.release()),
        List.of(),
        new Expectation.Gone(s.release(), s.resource().uid()),
        s.attempt(),
        new Undo.Nothing("nothing is done"),
        List.of("kubectl wait helmrelease/" + s.named() + " --for=delete"));
  }
}
