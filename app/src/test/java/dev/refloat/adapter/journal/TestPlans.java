package dev.refloat.adapter.journal;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Risk;
import dev.refloat.plan.Effect;
import dev.refloat.plan.Expectation;
import dev.refloat.plan.Guard;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Step;
import dev.refloat.plan.Undo;
import dev.refloat.release.ReleaseRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A plan to be written and read.
final class TestPlans {
  private TestPlans() {}

  static Plan plan() {
    ObjectRef release = new ReleaseRef("shop", "web").object();
    return new Plan(
        new ReleaseRef("shop", "web"),
        "workload-crash",
        "it crashes",
        "return",
        "Go back",
        "it worked",
        List.of(
            step(
                "mark",
                new Effect.Mark(release),
                new Undo.Reverse(new Effect.Unmark(release), true)),
            step(
                "edit",
                new Effect.Edit(
                    release,
                    List.of(
                        FieldEdit.remove("spec", "values", "a.b"),
                        new FieldEdit(
                            List.of(
                                new FieldEdit.Key("spec"),
                                new FieldEdit.Key("dependsOn"),
                                new FieldEdit.Index(1),
                                new FieldEdit.Key("name")),
                            Json.from("db"))),
                    "it worked"),
                new Undo.Nothing("a commit")),
            step("unmark", new Effect.Unmark(release), new Undo.Nothing("none"))),
        List.of(),
        "abc");
  }

  private static Step step(String id, Effect effect, Undo undo) {
    return new Step(
        id,
        id,
        "why",
        Risk.SAFE,
        effect,
        List.of(new Guard.NotReverted(effect.object(), Optional.empty())),
        new Expectation.Written(),
        Duration.ofMinutes(2),
        undo,
        List.of());
  }
}
