package dev.refloat.plan;

import dev.refloat.model.ObjectRef;
import dev.refloat.model.Risk;
import dev.refloat.release.ReleaseRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What would be done about one release, in order. The plan that is shown is the plan that is
/// carried out.
///
/// The constructor refuses plans that are not safe (design, Safety): a deletion without a backup
/// before it, a suspension without an end, a step that cannot be undone and asks for no approval.
///
/// @param cause what was diagnosed
/// @param chosen the remedy or option it follows
/// @param why why this one
/// @param considered what else there was, and why it was not taken
/// @param digest of the evidence it rests on
public record Plan(
    ReleaseRef release,
    String cause,
    String summary,
    String chosen,
    String title,
    String why,
    List<Step> steps,
    List<Considered> considered,
    String digest) {

  public Plan {
    steps = List.copyOf(steps);
    considered = List.copyOf(considered);
    List<String> problems = problems(steps);
    if (!problems.isEmpty()) {
      throw new UnsafePlan(chosen, problems);
    }
  }

  /// The worst that a step may do.
  public Risk risk() {
    return steps.stream().map(Step::risk).max(Comparator.naturalOrder()).orElse(Risk.SAFE);
  }

  /// The objects that need an approval by name.
  public List<ObjectRef> approvals() {
    return steps.stream().filter(Step::needsApproval).map(Step::object).distinct().toList();
  }

  /// Whether nothing in it needs a person's hands.
  public boolean automatic() {
    return !steps.isEmpty() && steps.stream().noneMatch(Step::byHand);
  }

  private static List<String> problems(List<Step> steps) {
    List<String> problems = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Set<String> backedUp = new HashSet<>();
    Set<String> suspended = new HashSet<>();
    Set<String> marked = new HashSet<>();
    for (Step s : steps) {
      if (!ids.add(s.id())) {
        problems.add("two steps are called " + s.id());
      }
      switch (s.effect()) {
        case Effect.Backup b -> b.objects().forEach(o -> backedUp.add(key(o)));
        case Effect.Delete d -> {
          if (s.risk() == Risk.DESTRUCTIVE && !backedUp.contains(key(d.object()))) {
            problems.add("step " + s.id() + " deletes what was not backed up");
          }
          if (d.uid().isEmpty()) {
            problems.add("step " + s.id() + " deletes by name alone");
          }
        }
        case Effect.HelmUninstall u -> {
          if (!backedUp.contains(key(u.object()))) {
            problems.add("step " + s.id() + " uninstalls what was not backed up");
          }
        }
        case Effect.Suspend x -> suspended.add(key(x.object()));
        case Effect.Resume x -> suspended.remove(key(x.object()));
        case Effect.Mark x -> marked.add(key(x.object()));
        case Effect.Unmark x -> marked.remove(key(x.object()));
        case Effect.Request _,
            Effect.Patch _,
            Effect.Edit _,
            Effect.Create _,
            Effect.RemoveFinalizer _,
            Effect.Restore _,
            Effect.Disown _,
            Effect.Forget _,
            Effect.LetGo _,
            Effect.RemoveFields _,
            Effect.HelmRollback _,
            Effect.ByHand _,
            Effect.Watch _ -> {}
      }
    }
    suspended.forEach(o -> problems.add(o + " would stay suspended"));
    marked.forEach(o -> problems.add(o + " would stay marked"));
    return problems;
  }

  private static String key(ObjectRef o) {
    return o.kind() + "/" + o.path();
  }

  /// A plan that breaks a rule of safety: a mistake in a playbook or in the planner, found before
  /// anything was done.
  public static final class UnsafePlan extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnsafePlan(String chosen, List<String> problems) {
      super("the plan '" + chosen + "' is not safe: " + String.join("; ", problems));
    }
  }
}
