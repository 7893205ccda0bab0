package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import dev.refloat.model.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A value that the chart does not know: mostly a slip of the keyboard, which Helm passes over in
/// silence. A name that appears anywhere in the chart counts as known.
final class ValueUnused implements Check {
  private static final int FARTHEST = 2;

  private static final RuleInfo INFO =
      new RuleInfo(
          "value-unused",
          "The chart knows every value that is set",
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
        (release, r) ->
            check(scene, release, r, r.values(), r.chart().defaults(), List.of(), report));
  }

  private static void check(
      Scene scene,
      Declared release,
      Rendered rendering,
      Json values,
      Json defaults,
      List<String> above,
      Report report) {
    if (!(values instanceof Json.Obj set)
        || !(defaults instanceof Json.Obj known)
        || known.size() == 0) {
      return;
    }
    for (String key : set.keys()) {
      List<String> path = new ArrayList<>(above);
      path.add(key);
      if (known.keys().contains(key)) {
        check(scene, release, rendering, set.get(key), known.get(key), path, report);
      } else if (!knows(rendering.chart(), key)) {
        say(scene, release, rendering, path, known, report);
      }
    }
  }

  private static boolean knows(Rendering.Chart chart, String key) {
    return key.equals("global")
        || chart.words().contains(key)
        // Keys with dots or slashes are names of labels, files and the like.
        || !key.matches("[A-Za-z_][A-Za-z0-9_-]*")
        || chart.metadata().get("dependencies").list().stream()
            .anyMatch(d -> d.get("name").text().equals(key) || d.get("alias").text().equals(key));
  }

  private static void say(
      Scene scene,
      Declared release,
      Rendered rendering,
      List<String> path,
      Json.Obj known,
      Report report) {
    String key = path.getLast();
    Set<String> free = new TreeSet<>(known.keys());
    Optional<String> near =
        Nearest.of(key, free, 1).stream()
            .filter(n -> Nearest.distance(key, n) <= FARTHEST)
            .findFirst();
    if (near.isEmpty() && path.size() > 1) {
      // Below the top, charts often pass on what they do not name.
      return;
    }
    Renderings.atValue(scene, report, release, path)
        .as(near.isPresent() ? Severity.WARNING : Severity.INFO)
        .say(
            Renderings.theChart(rendering.chart())
                + " does not know the value "
                + String.join(".", path)
                + ": it changes nothing",
            near.map(n -> "Write " + n + ", if that was meant")
                .orElse("Remove it, or see the chart's values.yaml for its right name"));
  }
}
