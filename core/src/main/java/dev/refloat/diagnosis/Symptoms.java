package dev.refloat.diagnosis;

import dev.refloat.release.ReleaseView;
import dev.refloat.release.Stage;
import dev.refloat.signal.SignalKind;
import dev.refloat.signal.Signals;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a cause looks like from outside: a timeout, exhausted retries, a rollback.
final class Symptoms {

  private Symptoms() {}

  static List<String> of(ReleaseView v, Signals signals, List<Finding> findings, String cause) {
    Set<String> out = new LinkedHashSet<>();
    List<Stage> stages = new ArrayList<>();
    stages.add(v.stage());
    signals.of(SignalKind.FAILURE).forEach(s -> Stage.of(s.get("stage")).ifPresent(stages::add));
    boolean waited =
        signals.of(SignalKind.FAILURE).stream()
            .anyMatch(s -> ReleaseView.stageOf(s.get("message")) == Stage.WAIT);
    if (v.stage() == Stage.WAIT || (waited && failing(v.stage()))) {
      out.add("timeout");
    }
    if (v.stage() == Stage.HOOK) {
      out.add("hook-failed");
    }
    if (v.stage() == Stage.TEST) {
      out.add("test-failed");
    }
    if (v.exhausted()) {
      out.add("retries-exhausted");
    }
    if (v.rolledBack()) {
      out.add("rolled-back");
    }
    if (v.uninstalledByRemediation()) {
      out.add("uninstalled");
    }
    boolean noTarget =
        signals.of(SignalKind.FAILURE).stream()
            .anyMatch(s -> s.get("reason").equals("MissingRollbackTarget"));
    if (noTarget) {
      out.add("rollback-target-missing");
    }
    findings.stream().skip(1).map(f -> f.rule().id()).forEach(out::add);
    out.remove(cause);
    return List.copyOf(out);
  }

  private static boolean failing(Stage stage) {
    return switch (stage) {
      case ACTION, WAIT, HOOK, TEST, REMEDIATION, STATE -> true;
      case DELETION, SUSPENDED, NOT_RECONCILED, PREREQUISITE, READY, IN_FLIGHT -> false;
    };
  }
}
