package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Times;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A timeout below what pulling an image and starting a container take, or none at all. What a
/// release really takes is learnt (`refloat learn`) and judged by a rule of its own.
final class TimeoutTooShort implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "timeout-too-short",
          "Timeouts leave time to pull images and to start",
          Severity.WARNING,
          List.of("timeout"),
          RuleInfo.Needs.REPOSITORY);

  /// Pulling one middling image takes that long.
  private static final Duration LEAST = Duration.ofMinutes(1);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().releases()) {
      Release release = new Release(d);
      for (List<String> field :
          List.of(
              List.of("timeout"), List.of("install", "timeout"), List.of("upgrade", "timeout"))) {
        String[] path = field.toArray(String[]::new);
        Optional<Duration> timeout =
            release.spec(path).scalar().flatMap(Times::duration).filter(t -> waits(release, path));
        if (timeout.isPresent() && timeout.get().compareTo(LEAST) < 0) {
          List<FieldEdit.Step> place = Release.keys("spec");
          place.addAll(Release.keys(path));
          report
              .at(d, place)
              .say(
                  "HelmRelease "
                      + release.path()
                      + " waits "
                      + Times.display(timeout.get())
                      + ": less than pulling an image can take, so that good upgrades fail too",
                  "Raise it, or take it out: Flux's own is 5m");
        }
      }
    }
  }

  private static boolean waits(Release release, String... path) {
    return path.length == 1 || !release.spec(path[0], "disableWait").isTrue();
  }
}
