package dev.refloat.lint.rule;

import dev.refloat.evidence.Observation;
import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Pods;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Nearest;
import java.util.List;
import java.util.Optional;

/// An image that its registry does not have.
final class ImageMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "image-missing",
          "Registries have the images that charts render",
          Severity.ERROR,
          List.of("image-pull"),
          RuleInfo.Needs.ONLINE);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    if (!scene.images().isEmpty()) {
      Renderings.each(scene, (release, r) -> check(scene, release, r, report));
    }
  }

  private static void check(Scene scene, Declared release, Rendered rendering, Report report) {
    for (String image : rendering.images()) {
      Observation<List<String>> answer = scene.images().get(image);
      switch (answer) {
        case Observation.Seen<List<String>>(var tags) ->
            Pods.tag(image)
                .filter(t -> !tags.contains(t))
                .ifPresent(t -> missing(scene, release, rendering, image, t, tags, report));
        case Observation.Absent<List<String>> _ ->
            draft(scene, release, rendering, image, report)
                .as(Severity.WARNING)
                .say(
                    "The registry has no repository for image " + image + ", or hides it",
                    "Correct the name of the image, or give the registry's credentials");
        case Observation.Unreadable<List<String>>(var why) ->
            report.notChecked(release, "image " + image + ": " + why);
        case null -> {}
      }
    }
  }

  private static Report.Draft draft(
      Scene scene, Declared release, Rendered rendering, String text, Report report) {
    return Renderings.atValue(scene, report, release, Renderings.valueOf(rendering.values(), text));
  }

  private static void missing(
      Scene scene,
      Declared release,
      Rendered rendering,
      String image,
      String tag,
      List<String> tags,
      Report report) {
    List<String> byTag = Renderings.valueOf(rendering.values(), tag);
    Optional<String> near = Nearest.of(tag, tags, 1).stream().findFirst();
    Optional<String> newest = tags.stream().findFirst();
    draft(scene, release, rendering, byTag.isEmpty() ? image : tag, report)
        .say(
            "The registry has no tag "
                + tag
                + " of image "
                + image.substring(0, image.length() - tag.length() - 1)
                + ": pods of HelmRelease "
                + release.ref().path()
                + " cannot start",
            near.or(() -> newest)
                .map(t -> "Use a tag that is there, such as " + t)
                .orElse("Push the image before the release is deployed"));
  }
}
