package dev.refloat.render;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.plan.Considered;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Step;
import dev.refloat.plan.Undo;
import java.util.List;
import java.util.function.Function;

/// A plan as the public JSON: `Plan` of `refloat.dev/v1`.
public final class PlanTree {
  private PlanTree() {}

  public static Json.Obj of(Plan p) {
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "Plan")
        .put(
            "release",
            Json.builder()
                .put("namespace", p.release().namespace())
                .put("name", p.release().name())
                .build())
        .put("cause", p.cause())
        .put("summary", p.summary())
        .put("remedy", p.chosen())
        .put("title", p.title())
        .put("because", p.why())
        .put("risk", p.risk().word())
        .put("automatic", p.automatic())
        .put("digest", p.digest())
        .put("approvals", list(p.approvals(), PlanTree::object))
        .put("steps", list(p.steps(), PlanTree::step))
        .put("considered", list(p.considered(), PlanTree::considered))
        .build();
  }

  private static Json step(Step s) {
    return Json.builder()
        .put("id", s.id())
        .put("title", s.title())
        .put("purpose", s.purpose())
        .put("risk", s.risk().word())
        .put("object", object(s.object()))
        .put("effect", Words.kebab(s.effect().getClass().getSimpleName()))
        .put(
            "preconditions",
            list(s.guards(), g -> new Json.Str(Words.kebab(g.getClass().getSimpleName()))))
        .put("expects", Words.kebab(s.expectation().getClass().getSimpleName()))
        .put("limit", s.limit().toString())
        .put("undo", undo(s))
        .put("commands", list(s.commands(), Json.Str::new))
        .build();
  }

  /// How a step is taken back, in one line.
  static String undo(Step s) {
    return switch (s.undo()) {
      case Undo.Nothing(var why) -> "nothing to undo: " + why;
      case Undo.Reverse(var effect, boolean temporary) ->
          (temporary ? "at the end, or by --abort: " : "by hand: ")
              + Words.kebab(effect.getClass().getSimpleName());
      case Undo.FromBackup(var how) -> "from the backup: " + how;
      case Undo.Impossible(var why) -> "cannot be undone: " + why;
    };
  }

  private static Json considered(Considered c) {
    return Json.builder().put("id", c.id()).put("title", c.title()).put("why", c.why()).build();
  }

  private static Json object(ObjectRef ref) {
    Json.Builder b = Json.builder().put("apiVersion", ref.apiVersion()).put("kind", ref.kind());
    if (!ref.namespace().isEmpty()) {
      b.put("namespace", ref.namespace());
    }
    return b.put("name", ref.name()).build();
  }

  private static <T> Json list(List<T> items, Function<T, ? extends Json> each) {
    return new Json.Arr(items.stream().<Json>map(each).toList());
  }
}
