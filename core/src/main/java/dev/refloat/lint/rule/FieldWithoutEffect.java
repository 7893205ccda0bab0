package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import java.util.List;
import java.util.stream.Stream;

/// A field that Flux accepts and does not heed. From helm-controller 1.6 (action/install.go,
/// upgrade.go, rollback.go).
final class FieldWithoutEffect implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "field-without-effect",
          "Every field that is set has an effect",
          Severity.INFO,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      if (release.spec("install", "createNamespace").isTrue()
          && !release.spec("targetNamespace").exists()) {
        say(
            d,
            report,
            "it counts only with targetNamespace, and the namespace of the HelmRelease is there"
                + " already",
            "install",
            "createNamespace");
      }
      if (release.spec("install", "skipCRDs").isTrue()) {
        say(d, report, "Flux does not heed it: use install.crds: Skip", "install", "skipCRDs");
      }
      if (release.spec("rollback", "recreate").isTrue()) {
        say(d, report, "Helm no longer recreates pods", "rollback", "recreate");
      }
      String kind = release.spec("chart", "spec", "sourceRef", "kind").text();
      if (release.spec("chart", "spec", "version").exists()
          && (kind.equals("GitRepository") || kind.equals("Bucket"))) {
        say(
            d,
            report,
            "a chart of a " + kind + " has the version that lies there",
            "chart",
            "spec",
            "version");
      }
    }
  }

  private static void say(Declared d, Report report, String why, String... field) {
    List<FieldEdit.Step> path = Release.keys("spec");
    path.addAll(Release.keys(field));
    String[] whole = Stream.concat(Stream.of("spec"), Stream.of(field)).toArray(String[]::new);
    report
        .at(d, path)
        .fix("Take " + String.join(".", field) + " out", FieldEdit.remove(whole))
        .say(
            String.join(".", whole) + " of " + d.ref().display() + " has no effect: " + why,
            "Take it out");
  }
}
