package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Pods;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.List;
import java.util.Optional;

/// An image whose tag may mean another image tomorrow.
final class ImageMoving implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "image-moving",
          "Images that charts render have a tag that stays",
          Severity.WARNING,
          List.of(),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.each(
        scene,
        (release, r) -> {
          for (String image : r.images()) {
            Optional<String> tag = Pods.tag(image);
            if (image.indexOf('@') < 0 && tag.map(t -> t.equals("latest")).orElse(true)) {
              say(scene, release, r, image, tag.isPresent(), report);
            }
          }
        });
  }

  private static void say(
      Scene scene, Declared release, Rendered r, String image, boolean latest, Report report) {
    List<String> path = latest ? Renderings.valueOf(r.values(), "latest") : List.of();
    if (path.isEmpty()) {
      path = Renderings.valueOf(r.values(), image);
    }
    Renderings.atValue(scene, report, release, path)
        .say(
            "Image "
                + image
                + " of "
                + Renderings.chart(r.chart())
                + " has "
                + (latest ? "the tag latest" : "no tag")
                + ": pods of one release may run different programs, and a rollback brings back"
                + " nothing",
            "Name a version or a digest");
  }
}
