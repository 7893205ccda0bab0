package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A release that others wait for and whose drift nobody sees.
final class DriftDetectionOff implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "drift-detection-off",
          "Releases that others depend on have drift detection",
          Severity.INFO,
          List.of("drift"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<String, List<String>> waiting = new TreeMap<>();
    for (Declared d : scene.cluster().releases()) {
      for (Release.Reference ref : new Release(d).dependencies()) {
        waiting
            .computeIfAbsent(ref.namespace() + "/" + ref.name(), _ -> new ArrayList<>())
            .add(d.ref().path());
      }
    }
    for (Declared d : scene.cluster().releases()) {
      List<String> by = waiting.getOrDefault(d.ref().path(), List.of());
      String mode = d.object().spec("driftDetection", "mode").text("disabled");
      if (!by.isEmpty() && mode.equals("disabled")) {
        report
            .at(d, "spec", "driftDetection")
            .say(
                "HelmRelease "
                    + d.ref().path()
                    + " has no drift detection, and "
                    + (by.size() == 1 ? by.getFirst() + " depends" : by.size() + " releases depend")
                    + " on it: a change by hand stays unseen",
                "Set driftDetection.mode: warn, and enabled when nothing else changes its objects");
      }
    }
  }
}
