package dev.refloat.recovery;

import dev.refloat.model.ObjectRef;
import dev.refloat.plan.Approvals;
import dev.refloat.plan.Effect;
import dev.refloat.plan.Facts;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Step;
import dev.refloat.plan.Undo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a recovery did so far: its entries, and what follows from them.
public record Journal(List<Entry> entries) {

  public Journal {
    entries = List.copyOf(entries);
    if (entries.isEmpty() || !(entries.getFirst() instanceof Entry.Opened)) {
      throw new IllegalArgumentException("a journal begins with how it was opened");
    }
  }

  public static Journal open(Entry.Opened opened) {
    return new Journal(List.of(opened));
  }

  public Journal plus(Entry entry) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(entry);
    return new Journal(more);
  }

  public Entry.Opened opened() {
    if (entries.getFirst() instanceof Entry.Opened o) {
      return o;
    }
    throw new IllegalStateException("checked when it was made");
  }

  public String id() {
    return opened().id();
  }

  /// The plan in force.
  public Plan plan() {
    Plan plan = opened().plan();
    for (Entry e : entries) {
      if (e instanceof Entry.Replanned r) {
        plan = r.plan();
      }
    }
    return plan;
  }

  public Optional<Entry.Closed> closed() {
    return entries.stream()
        .filter(Entry.Closed.class::isInstance)
        .map(Entry.Closed.class::cast)
        .findFirst();
  }

  /// How far a step came.
  public enum Progress {
    OPEN,
    STARTED,
    ACTED,
    FINISHED,
    FAILED,
    UNDONE
  }

  /// Steps are counted from the plan in force on: a new plan's steps are all open.
  public Progress progress(String step) {
    Progress p = Progress.OPEN;
    for (Entry e : entries) {
      p =
          switch (e) {
            case Entry.Replanned _ -> Progress.OPEN;
            case Entry.Started s when s.step().equals(step) -> Progress.STARTED;
            case Entry.Acted a when a.step().equals(step) -> Progress.ACTED;
            case Entry.Finished f when f.step().equals(step) -> Progress.FINISHED;
            case Entry.Failed f when f.step().equals(step) -> Progress.FAILED;
            case Entry.Undone u when u.step().equals(step) -> Progress.UNDONE;
            case Entry.Opened _,
                Entry.Approved _,
                Entry.Started _,
                Entry.Acted _,
                Entry.Finished _,
                Entry.Failed _,
                Entry.Undone _,
                Entry.Closed _ ->
                p;
          };
    }
    return p;
  }

  /// When and with which token a step was started last.
  public Optional<Entry.Started> started(String step) {
    Entry.Started found = null;
    for (Entry e : entries) {
      if (e instanceof Entry.Started s && s.step().equals(step)) {
        found = s;
      } else if (e instanceof Entry.Replanned) {
        found = null;
      }
    }
    return Optional.ofNullable(found);
  }

  /// What a step's effect left as a note.
  public Optional<String> note(String step) {
    String found = null;
    for (Entry e : entries) {
      if (e instanceof Entry.Acted a && a.step().equals(step)) {
        found = a.note();
      }
    }
    return Optional.ofNullable(found);
  }

  public boolean approved(ObjectRef object) {
    return entries.stream()
        .anyMatch(e -> e instanceof Entry.Approved a && Approvals.names(a.object(), object));
  }

  /// What guards and expectations may know.
  public Facts facts(Step step) {
    Set<ObjectRef> backedUp = new HashSet<>();
    Set<ObjectRef> lost = new HashSet<>();
    List<Plan> plans = new ArrayList<>();
    for (Entry e : entries) {
      switch (e) {
        case Entry.Opened o -> plans.add(o.plan());
        case Entry.Replanned r -> plans.add(r.plan());
        case Entry.Acted a ->
            plans.getLast().steps().stream()
                .filter(s -> s.id().equals(a.step()))
                .map(Step::effect)
                .forEach(
                    effect -> {
                      if (effect instanceof Effect.Backup b) {
                        backedUp.addAll(b.objects());
                      }
                    });
        case Entry.Approved _,
            Entry.Started _,
            Entry.Finished _,
            Entry.Failed _,
            Entry.Undone _,
            Entry.Closed _ -> {}
      }
    }
    for (Entry e : entries) {
      if (e instanceof Entry.Approved a && a.how().equals("--accept-loss")) {
        for (Step s : plan().steps()) {
          if (Approvals.names(a.object(), s.object())) {
            lost.add(s.object());
          }
        }
      }
    }
    Optional<Entry.Started> started = started(step.id());
    return new Facts(
        id(),
        started.map(Entry.Started::token).orElse(""),
        started.map(Entry.Started::at),
        backedUp,
        lost);
  }

  /// The steps whose effect must not outlive the recovery and that nothing has ended yet, newest
  /// first: what an abort has to take back.
  public List<Step> temporary() {
    List<Step> open = new ArrayList<>();
    List<Plan> plans = new ArrayList<>();
    for (Entry e : entries) {
      switch (e) {
        case Entry.Opened o -> plans.add(o.plan());
        case Entry.Replanned r -> plans.add(r.plan());
        // a step that was started may have acted before its recovery was killed
        case Entry.Started s -> step(plans, s.step()).ifPresent(x -> began(open, x));
        case Entry.Undone u -> open.removeIf(x -> x.id().equals(u.step()));
        case Entry.Acted a -> step(plans, a.step()).ifPresent(x -> ended(open, x));
        case Entry.Approved _, Entry.Finished _, Entry.Failed _, Entry.Closed _ -> {}
      }
    }
    return open.reversed();
  }

  /// Of the temporary steps those that can be taken back when the recovery cannot go on: nothing
  /// that rests on them has begun. A release whose objects Helm has rolled back is not resumed
  /// unasked.
  public List<Step> reversible() {
    return temporary().stream().filter(s -> changesAfter(s).isEmpty()).toList();
  }

  /// Whether nothing has begun that does more than look and note.
  public boolean untouched() {
    return changes(0).isEmpty();
  }

  private List<Step> changesAfter(Step temporary) {
    if (!(temporary.undo() instanceof Undo.Reverse(var reverse, boolean _))) {
      return List.of();
    }
    int begun = 0;
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) instanceof Entry.Started s && s.step().equals(temporary.id())) {
        begun = i + 1;
      }
    }
    return temporary.effect() instanceof Effect.Mark
        ? List.of()
        : changes(begun).stream()
            .filter(s -> !s.effect().equals(temporary.effect()) && !s.effect().equals(reverse))
            .toList();
  }

  /// The steps begun from an entry on that do more than look and note.
  private List<Step> changes(int from) {
    List<Step> changes = new ArrayList<>();
    List<Plan> plans = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      boolean counts = i >= from;
      switch (entries.get(i)) {
        case Entry.Opened o -> plans.add(o.plan());
        case Entry.Replanned r -> plans.add(r.plan());
        case Entry.Started s ->
            step(plans, s.step()).filter(x -> counts && !looks(x.effect())).ifPresent(changes::add);
        case Entry.Approved _,
            Entry.Acted _,
            Entry.Finished _,
            Entry.Failed _,
            Entry.Undone _,
            Entry.Closed _ -> {}
      }
    }
    return changes;
  }

  private static boolean looks(Effect effect) {
    return switch (effect) {
      case Effect.Mark _, Effect.Unmark _, Effect.Backup _, Effect.ByHand _, Effect.Watch _ -> true;
      case Effect.Request _,
          Effect.Suspend _,
          Effect.Resume _,
          Effect.Patch _,
          Effect.Edit _,
          Effect.Create _,
          Effect.Delete _,
          Effect.LetGo _,
          Effect.Forget _,
          Effect.RemoveFinalizer _,
          Effect.Restore _,
          Effect.Disown _,
          Effect.RemoveFields _,
          Effect.HelmRollback _,
          Effect.HelmUninstall _ ->
          false;
    };
  }

  /// Why a step failed.
  public Optional<String> failure(String step) {
    String found = null;
    for (Entry e : entries) {
      if (e instanceof Entry.Failed f && f.step().equals(step)) {
        found = f.why();
      }
    }
    return Optional.ofNullable(found);
  }

  /// The remedies that were carried out without a person. What a person does may be tried again.
  public List<String> tried() {
    List<Plan> plans = new ArrayList<>(List.of(opened().plan()));
    for (Entry e : entries) {
      if (e instanceof Entry.Replanned r) {
        plans.add(r.plan());
      }
    }
    return plans.stream().filter(Plan::automatic).map(Plan::chosen).toList();
  }

  /// How many other plans followed the first.
  public int replans() {
    return (int) entries.stream().filter(Entry.Replanned.class::isInstance).count();
  }

  private static Optional<Step> step(List<Plan> plans, String id) {
    return plans.getLast().steps().stream().filter(s -> s.id().equals(id)).findFirst();
  }

  private static void began(List<Step> open, Step step) {
    if (step.undo() instanceof Undo.Reverse(var _, boolean temporary)
        && temporary
        && open.stream().noneMatch(o -> o.id().equals(step.id()))) {
      open.add(step);
    }
  }

  /// A resume ends a suspension, and taking the mark off ends the mark.
  private static void ended(List<Step> open, Step step) {
    open.removeIf(
        o ->
            o.undo() instanceof Undo.Reverse(var reverse, boolean _)
                && (reverse instanceof Effect.Patch
                    ? reverse.equals(step.effect())
                    : reverse.getClass() == step.effect().getClass()
                        && reverse.object().sameObject(step.object())));
  }

  public Instant lastEntry() {
    return entries.getLast().at();
  }
}
