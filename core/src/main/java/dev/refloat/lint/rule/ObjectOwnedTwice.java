package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An object that a chart renders and that the repository declares too, or that two releases
/// render. Helm refuses it where it may not take ownership; else both owners overwrite each other
/// for ever (flux-facts §5, 11).
final class ObjectOwnedTwice implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "object-owned-twice",
          "Every object that a chart renders has one owner",
          Severity.WARNING,
          List.of("ownership-conflict"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  private record Owner(Declared release, Rendered rendering) {}

  @Override
  public void check(Scene scene, Report report) {
    Map<String, Owner> owners = new HashMap<>();
    Renderings.eachHere(
        scene,
        (release, r) -> {
          for (Resource o : r.manifests()) {
            declared(scene, release, r, o, report);
            Owner other = owners.putIfAbsent(key(o), new Owner(release, r));
            if (other != null && !other.release().equals(release)) {
              rendered(release, r, o, other, report);
            }
          }
        });
  }

  private static String key(Resource o) {
    return String.join("\0", o.ref().group(), o.kind(), o.namespace(), o.name());
  }

  private static boolean refused(Declared release) {
    return release.object().spec("install", "disableTakeOwnership").isTrue();
  }

  private static void declared(
      Scene scene, Declared release, Rendered rendering, Resource object, Report report) {
    Optional<Declared> also = scene.cluster().find(object.ref());
    if (also.isEmpty()) {
      return;
    }
    boolean refused = refused(release);
    Report.Draft draft =
        refused
            ? report.at(release, "spec", "install", "disableTakeOwnership")
            : report.at(also.get(), "metadata", "name");
    draft
        .as(refused ? Severity.ERROR : Severity.WARNING)
        .related(
            refused ? also.get().positions().of() : release.positions().of(),
            refused ? "declared here" : "rendered by this release")
        .say(
            object.ref().display()
                + " is declared in the repository, and "
                + Renderings.chart(rendering.chart())
                + " of HelmRelease "
                + release.ref().path()
                + " renders it too: "
                + (refused
                    ? "Helm refuses to take it over"
                    : "Flux and Helm overwrite each other's fields"),
            "Remove it from the repository, or switch it off in the chart's values");
  }

  private static void rendered(
      Declared release, Rendered rendering, Resource object, Owner other, Report report) {
    boolean refused = refused(release) || refused(other.release());
    Renderings.chart(report, release)
        .as(refused ? Severity.ERROR : Severity.WARNING)
        .related(other.release().positions().of(), "rendered by this release too")
        .say(
            object.ref().display()
                + " is rendered by "
                + Renderings.chart(rendering.chart())
                + " of HelmRelease "
                + release.ref().path()
                + " and by HelmRelease "
                + other.release().ref().path()
                + ": "
                + (refused ? "Helm refuses the second" : "they take it from each other"),
            "Give one of them another name, or switch the object off in its values");
  }
}
