package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.EnumSet;
import java.util.List;

/// A post-renderer that kustomize cannot apply to what the chart renders.
final class PostRendererFails implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "post-renderer-fails",
          "Post-renderers fit what the chart renders",
          Severity.ERROR,
          List.of("post-render-error"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.eachFailed(
        scene,
        EnumSet.of(Failed.At.POST_RENDER),
        (release, failed) ->
            report
                .at(release, "spec", "postRenderers")
                .say(
                    "A post-renderer of HelmRelease "
                        + release.ref().path()
                        + " fails: "
                        + Renderings.sentence(failed.message()),
                    "Correct the target and path of its patch; refloat render shows what the chart"
                        + " makes"));
  }
}
