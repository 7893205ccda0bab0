package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;
import java.util.Optional;

/// A reference into another namespace while Flux runs with `--no-cross-namespace-refs`: the release
/// is Stalled with AccessDenied.
final class CrossNamespaceRefused implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "cross-namespace-refused",
          "Sources are in the release's namespace where Flux refuses others",
          Severity.ERROR,
          List.of("source-missing"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Optional<Declared> refusing =
        Controllers.withArgument(
            scene.cluster(), "helm-controller", "--no-cross-namespace-refs=true");
    if (refusing.isEmpty()) {
      return;
    }
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      release
          .source()
          .filter(s -> s.complete() && !s.namespace().equals(release.namespace()))
          .ifPresent(
              s ->
                  report
                      .at(d, s.path("namespace"))
                      .related(
                          refusing.get().positions().of(), "runs with --no-cross-namespace-refs")
                      .say(
                          "HelmRelease "
                              + release.path()
                              + " takes its chart from "
                              + s.display()
                              + ", but helm-controller refuses references into other namespaces",
                          "Declare the source in namespace " + release.namespace()));
    }
  }
}
