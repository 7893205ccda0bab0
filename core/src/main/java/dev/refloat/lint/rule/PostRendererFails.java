package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A post-renderer that kustomize cannot apply to what the chart renders.
final class PostRendererFails implements Check {
  private static final Pattern PATH = Pattern.compile("path:\\s*[\"']?(/[^\\s\"']{1,500})");

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
                .at(release, field(release, failed))
                .say(
                    "A post-renderer of HelmRelease "
                        + release.ref().path()
                        + " fails: "
                        + Renderings.sentence(failed.message()),
                    "Correct the target and path of its patch; refloat render shows what the chart"
                        + " makes"));
  }

  /// The patch that a failure is about: the only one of its renderer, or the only one that writes
  /// the
  /// path that the failure names.
  private static List<FieldEdit.Step> field(Declared release, Failed failed) {
    List<FieldEdit.Step> steps = Release.keys("spec", "postRenderers");
    List<Json> renderers = release.object().spec("postRenderers").list();
    int at =
        failed.refusals().stream()
            .map(Failed.Refusal::path)
            .filter(p -> p.size() == 2 && p.getFirst().equals("postRenderers"))
            .map(p -> Integer.parseInt(p.getLast()))
            .findFirst()
            .orElse(renderers.size() == 1 ? 0 : -1);
    if (at < 0 || at >= renderers.size()) {
      return steps;
    }
    steps.add(new FieldEdit.Index(at));
    List<Json> patches = renderers.get(at).at("kustomize", "patches").list();
    List<Integer> fitting = new ArrayList<>();
    for (int i = 0; i < patches.size(); i++) {
      Matcher m = PATH.matcher(patches.get(i).get("patch").text());
      while (m.find()) {
        if (failed.message().contains(m.group(1)) && !fitting.contains(i)) {
          fitting.add(i);
        }
      }
    }
    if (fitting.size() == 1 || patches.size() == 1) {
      steps.addAll(Release.keys("kustomize", "patches"));
      steps.add(new FieldEdit.Index(patches.size() == 1 ? 0 : fitting.getFirst()));
      steps.addAll(Release.keys("patch"));
    }
    return steps;
  }
}
