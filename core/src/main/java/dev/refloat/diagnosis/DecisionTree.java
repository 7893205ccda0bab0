package dev.refloat.diagnosis;

import dev.refloat.diagnosis.TraceStep.Answer;
import dev.refloat.release.Stage;
import dev.refloat.signal.Signal;
import dev.refloat.signal.SignalKind;
import dev.refloat.signal.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The runbook's decision tree, walked in its order, with what answered each question.
final class DecisionTree {

  private static final Set<String> CHART =
      Set.of("chart-not-found", "source-missing", "source-not-ready", "source-auth", "source-tls");

  private DecisionTree() {}

  static List<TraceStep> walk(
      Signals signals, List<Finding> findings, List<String> symptoms, boolean podsSeen) {
    Stage stage = Stage.of(signals.release().get("stage")).orElse(Stage.READY);
    List<TraceStep> trace = new ArrayList<>();
    trace.add(timeout(signals, findings, symptoms));
    trace.add(
        question(
            "Values Error?",
            find(findings, Set.of("values-error", "values-source-missing")),
            stage,
            "the chart accepted the values",
            "no message speaks of values"));
    trace.add(chart(signals, findings));
    trace.add(
        question(
            "CRD Missing?",
            find(findings, Set.of("crd-missing")),
            stage,
            "every kind of the manifest is known to the API server",
            "no message speaks of an unknown kind"));
    trace.add(dependency(signals, findings));
    trace.add(image(signals, findings, podsSeen));
    return trace;
  }

  private static Optional<Finding> find(List<Finding> findings, Set<String> causes) {
    return findings.stream().filter(f -> causes.contains(f.rule().id())).findFirst();
  }

  private static TraceStep timeout(Signals signals, List<Finding> findings, List<String> symptoms) {
    Signal release = signals.release();
    if (find(findings, Set.of("timeout")).isPresent()
        && findings.getFirst().rule().id().equals("timeout")) {
      return new TraceStep("Timeout?", Answer.YES, findings.getFirst().summary());
    }
    if (symptoms.contains("timeout")) {
      String behind =
          findings.isEmpty()
              ? "what held it back could not be seen"
              : "but it is a symptom: " + findings.getFirst().summary();
      return new TraceStep(
          "Timeout?",
          Answer.YES,
          "the wait ended at its limit of "
              + release.get("timeout")
              + ", "
              + behind
              + (release.get("history-says").isEmpty() ? "" : "; " + release.get("history-says")));
    }
    return new TraceStep("Timeout?", Answer.NO, "no wait ran into its limit");
  }

  private static TraceStep question(
      String question, Optional<Finding> found, Stage stage, String past, String no) {
    if (found.isPresent()) {
      return new TraceStep(question, Answer.YES, found.get().summary());
    }
    return switch (stage) {
      case WAIT, HOOK, TEST, READY -> new TraceStep(question, Answer.NO, past);
      case PREREQUISITE, NOT_RECONCILED, SUSPENDED, IN_FLIGHT, DELETION, STATE ->
          new TraceStep(question, Answer.UNKNOWN, "Helm has not come that far");
      case ACTION, REMEDIATION -> new TraceStep(question, Answer.NO, no);
    };
  }

  private static TraceStep chart(Signals signals, List<Finding> findings) {
    Optional<Finding> found = find(findings, CHART);
    if (found.isPresent()) {
      return new TraceStep(
          "Chart Not Found?",
          found.get().rule().id().equals("chart-not-found") ? Answer.YES : Answer.NO,
          found.get().summary());
    }
    List<Signal> sources = signals.of(SignalKind.SOURCE);
    Optional<Signal> ready =
        sources.stream().filter(s -> s.get("has-artifact").equals("true")).findFirst();
    if (ready.isPresent()) {
      return new TraceStep(
          "Chart Not Found?",
          Answer.NO,
          ready.get().object().display() + " has " + ready.get().get("revision"));
    }
    return new TraceStep("Chart Not Found?", Answer.UNKNOWN, "no chart artifact was seen");
  }

  private static TraceStep dependency(Signals signals, List<Finding> findings) {
    Optional<Finding> found = find(findings, Set.of("dependency-not-ready"));
    if (found.isPresent()) {
      return new TraceStep("Dependency Not Ready?", Answer.YES, found.get().summary());
    }
    List<Signal> all = signals.of(SignalKind.DEPENDENCY);
    if (all.isEmpty()) {
      return new TraceStep("Dependency Not Ready?", Answer.NO, "it depends on nothing");
    }
    List<String> open =
        all.stream()
            .filter(s -> !s.get("ready").equals("true"))
            .map(s -> s.object().path())
            .toList();
    return open.isEmpty()
        ? new TraceStep("Dependency Not Ready?", Answer.NO, "all " + all.size() + " are ready")
        : new TraceStep(
            "Dependency Not Ready?", Answer.UNKNOWN, String.join(", ", open) + " not seen ready");
  }

  private static TraceStep image(Signals signals, List<Finding> findings, boolean podsSeen) {
    Optional<Finding> found = find(findings, Set.of("image-pull"));
    if (found.isPresent()) {
      return new TraceStep("Image Pull Error?", Answer.YES, found.get().summary());
    }
    if (!podsSeen) {
      return new TraceStep("Image Pull Error?", Answer.UNKNOWN, "pods could not be read");
    }
    return new TraceStep(
        "Image Pull Error?",
        Answer.NO,
        signals.of(SignalKind.WORKLOAD).isEmpty()
            ? "it has no pods"
            : "no container waits for its image");
  }
}
