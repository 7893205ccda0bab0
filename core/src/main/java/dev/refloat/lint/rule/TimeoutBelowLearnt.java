package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Times;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A timeout that is less than half as much again as the longest successful action took.
final class TimeoutBelowLearnt implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "timeout-below-learnt",
          "A timeout leaves room above the longest successful action",
          Severity.WARNING,
          List.of("timeout"),
          RuleInfo.Needs.LEARNT);

  /// Of helm-controller, when `spec.timeout` is not written.
  private static final String DEFAULT = "5m";

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared release : scene.cluster().releases()) {
      scene
          .past()
          .here()
          .flatMap(e -> e.find(release.object().namespace(), release.object().name()))
          .ifPresent(past -> check(release, past, report));
    }
  }

  private static void check(Declared release, Learnt.Release past, Report report) {
    judge(release, past, report, "timeout");
    for (String action : List.of("install", "upgrade")) {
      if (release.object().spec(action, "timeout").exists()) {
        judge(release, past, report, action, "timeout");
      }
    }
  }

  private static void judge(Declared release, Learnt.Release past, Report report, String... field) {
    Json written = release.object().spec(field);
    Optional<Duration> timeout = Times.duration(written.text(DEFAULT));
    Optional<Duration> longest = past.longest();
    if (timeout.isEmpty() || longest.isEmpty()) {
      return;
    }
    if (timeout.get().compareTo(longest.get().multipliedBy(3).dividedBy(2)) >= 0) {
      return;
    }
    String wanted = Times.display(past.limit().orElseThrow());
    String[] path = new String[field.length + 1];
    path[0] = "spec";
    System.arraycopy(field, 0, path, 1, field.length);
    report
        .at(release, path)
        .fix("Give it " + wanted, FieldEdit.set(new Json.Str(wanted), path))
        .say(
            "The timeout of "
                + (written.exists() ? written.text() : DEFAULT + " (the default)")
                + " leaves little room: "
                + taken(past.samples(), longest.get()),
            "Write " + wanted + ", which is half as much again, rounded");
  }

  private static String taken(int samples, Duration longest) {
    return samples == 1
        ? "the only successful action on record took " + Times.display(longest)
        : "the longest of "
            + samples
            + " successful actions on record took "
            + Times.display(longest);
  }
}
