package dev.refloat.plan;

import dev.refloat.model.Json;
import dev.refloat.model.Risk;
import java.util.List;

/// Puts objects back to what Helm applied.
final class Drift {

  private Drift() {}

  static Draft correct(Situation s, String purpose) {
    Json mode = s.resource().spec("driftDetection").get("mode");
    return switch (mode.text()) {
      // nothing is noticed, so that the release counts as in sync, and a forced upgrade applies it
      // again (flux-facts §3.1)
      case "", "disabled" -> new Draft.Steps(FluxSteps.request(s, false, true));
      // force does nothing on drift that was noticed: only the correction itself helps
      case "warn" -> new Draft.Steps(List.of(enable(s, purpose), restore(s)));
      default ->
          Draft.refused(
              "helm-controller corrects it already, and does not succeed",
              "read what refuses the correction");
    };
  }

  private static Step enable(Situation s, String purpose) {
    return new Step(
        "correct-drift",
        "Let helm-controller correct the drift of " + s.view().ref().path() + " for once",
        purpose,
        Risk.DISRUPTIVE,
        new Effect.Patch(s.release(), s.resource().uid(), mode("enabled"), mode("warn")),
        List.of(
            new Guard.Marked(s.release()),
            new Guard.Present(s.release()),
            new Guard.Idle(s.release()),
            new Guard.SameSpec(s.release(), s.resource().generation())),
        new Expectation.Corrected(s.release()),
        s.attempt(),
        new Undo.Reverse(
            new Effect.Patch(s.release(), s.resource().uid(), mode("warn"), mode("enabled")), true),
        List.of(
            "kubectl patch helmrelease "
                + s.named()
                + " --type=merge --field-manager=refloat -p"
                + " '{\"spec\":{\"driftDetection\":{\"mode\":\"enabled\"}}}'"));
  }

  private static Step restore(Situation s) {
    return new Step(
        "drift-mode",
        "Set drift detection of " + s.view().ref().path() + " back to warn",
        "Git declares how drift is dealt with; this recovery only corrected it once",
        Risk.SAFE,
        new Effect.Patch(s.release(), s.resource().uid(), mode("warn"), mode("enabled")),
        List.of(new Guard.Present(s.release())),
        new Expectation.Recovered(s.release(), false, false, false),
        s.attempt(),
        new Undo.Nothing("it is as it was"),
        List.of(
            "kubectl patch helmrelease "
                + s.named()
                + " --type=merge --field-manager=refloat -p"
                + " '{\"spec\":{\"driftDetection\":{\"mode\":\"warn\"}}}'"));
  }

  private static Json mode(String word) {
    return Json.builder()
        .put(
            "spec",
            Json.builder().put("driftDetection", Json.builder().put("mode", word).build()).build())
        .build();
  }
}
