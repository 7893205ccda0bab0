package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Times;
import java.time.Duration;
import java.util.List;

/// An interval so short that Flux does little else. Changes arrive by the source's interval or a
/// webhook; a release's interval only says how often drift is looked for.
final class IntervalTooShort implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "interval-too-short",
          "Intervals are a minute or longer",
          Severity.INFO,
          List.of(),
          RuleInfo.Needs.REPOSITORY);

  private static final Duration LEAST = Duration.ofMinutes(1);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().objects()) {
      if (!FluxApis.isFlux(d.ref().group())) {
        continue;
      }
      d.object()
          .spec("interval")
          .scalar()
          .flatMap(Times::duration)
          .filter(i -> i.compareTo(LEAST) < 0)
          .ifPresent(
              i ->
                  report
                      .at(d, "spec", "interval")
                      .say(
                          d.ref().display()
                              + " is reconciled every "
                              + Times.display(i)
                              + ": controllers and registries do little else",
                          "Write 1m or more; a Receiver makes Flux act at once where that matters"));
    }
  }
}
