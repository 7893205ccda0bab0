package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Times;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Kustomization that waits for its releases gives up before they may: it reports a failed health
/// check for releases that are still on their way.
final class WaitShorterThanRelease implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "wait-shorter-than-release",
          "A Kustomization that waits gives its releases the time that they may take",
          Severity.WARNING,
          List.of("gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<ObjectRef, Declared> longest = new LinkedHashMap<>();
    for (Declared d : scene.cluster().releases()) {
      if (d.by().isPresent() && timeout(d).isPresent()) {
        longest.merge(
            d.by().get(),
            d,
            (a, b) -> timeout(a).orElseThrow().compareTo(timeout(b).orElseThrow()) >= 0 ? a : b);
      }
    }
    longest.forEach(
        (ref, release) -> scene.cluster().find(ref).ifPresent(k -> check(k, release, report)));
  }

  private static void check(Declared kustomization, Declared release, Report report) {
    Optional<Duration> waits = timeout(kustomization);
    Duration takes = timeout(release).orElseThrow();
    if (kustomization.object().spec("wait").isTrue()
        && waits.isPresent()
        && waits.get().compareTo(takes) < 0) {
      report
          .at(kustomization, "spec", "timeout")
          .related(release.positions().of("spec", "timeout"), "may take that long")
          .say(
              kustomization.ref().display()
                  + " waits "
                  + Times.display(waits.get())
                  + " for HelmRelease "
                  + release.ref().path()
                  + ", which may take "
                  + Times.display(takes)
                  + ": it fails, and what depends on it, before the release does",
              "Raise the timeout of the Kustomization above " + Times.display(takes));
    }
  }

  /// The timeout that is written.
  private static Optional<Duration> timeout(Declared object) {
    return object.object().spec("timeout").scalar().flatMap(Times::duration);
  }
}
