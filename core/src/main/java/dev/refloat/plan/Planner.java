package dev.refloat.plan;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Remedy;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseView;
import dev.refloat.rule.Move;
import dev.refloat.rule.MoveKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// From a diagnosis to a plan. Pure: the same evidence and the same wishes give the same plan.
public final class Planner {

  /// How many Helm records are read to find one that worked; `maxHistory` is 5 by default.
  private static final int MOST_RECORDS = 10;

  private Planner() {}

  /// What came of planning.
  public sealed interface Planned {

    record Made(Plan plan) implements Planned {}

    /// Nothing has to be done.
    record Unneeded(String why) implements Planned {}

    /// Another release has to be recovered first; this one heals by itself then.
    record Elsewhere(ReleaseRef root, String why) implements Planned {}

    /// There is no safe plan.
    record Refused(String why, String next, List<Considered> considered) implements Planned {
      public Refused {
        considered = List.copyOf(considered);
      }
    }
  }

  /// What has to be known beyond the diagnosis before a plan can be made: volumes and their
  /// snapshots, the Helm records to return to, the objects that moves name.
  public static Set<Inquiry> needs(Evidence evidence, Diagnosis d, Wishes wishes) {
    Set<Inquiry> needs = new LinkedHashSet<>();
    Optional<Resource> release =
        evidence.find(Kind.HELM_RELEASE, d.release().namespace(), d.release().name());
    if (release.isEmpty()) {
      return needs;
    }
    Situation s = Situation.of(release.get(), evidence, d, wishes);
    needs.add(new Inquiry.HelmRecordNames(s.view().storageNamespace(), s.view().storageName()));
    Set<MoveKind> moves = new LinkedHashSet<>();
    for (Remedy r : d.remedies()) {
      for (Move m : r.moves()) {
        moves.add(m.kind());
        needs.addAll(namedBy(m, s));
      }
    }
    if (wishes.option().isPresent()) {
      switch (wishes.option().get()) {
        case ROLLBACK -> moves.add(MoveKind.ROLLBACK);
        case VOLUME -> moves.add(MoveKind.REPLACE_VOLUME);
        case RECONCILE, SUSPEND_RESUME, RECREATE -> {}
      }
    }
    if (moves.contains(MoveKind.ROLLBACK)) {
      s.belongings().records().stream()
          .limit(MOST_RECORDS)
          .forEach(r -> needs.add(new Inquiry.HelmRecordNamed(r.namespace(), r.name())));
    }
    if (!s.claims().isEmpty()) {
      needs.add(new Inquiry.ListOf(Kind.PERSISTENT_VOLUME, ""));
      needs.add(new Inquiry.ListOf(Kind.STORAGE_CLASS, ""));
      needs.add(new Inquiry.ListOf(Kind.VOLUME_SNAPSHOT_CLASS, ""));
    }
    needs.removeIf(evidence::asked);
    return needs;
  }

  /// The object that a move is about; where nothing says of which group its kind is, the Helm
  /// record whose manifest has it.
  private static Set<Inquiry> namedBy(Move m, Situation s) {
    Set<Inquiry> needs = new LinkedHashSet<>();
    if (m.get("kind").isEmpty() || m.get("name").isEmpty()) {
      return needs;
    }
    s.belongings().named().stream()
        .filter(o -> o.kind().equals(m.get("kind")) && o.name().equals(m.get("name")))
        .forEach(o -> needs.add(new Inquiry.ObjectNamed(o)));
    if (needs.isEmpty()) {
      s.belongings().records().stream()
          .limit(2) // what was tried, and what is deployed
          .forEach(r -> needs.add(new Inquiry.HelmRecordNamed(r.namespace(), r.name())));
    }
    return needs;
  }

  public static Planned plan(Evidence evidence, Diagnosis d, Wishes wishes) {
    Optional<Resource> release =
        evidence.find(Kind.HELM_RELEASE, d.release().namespace(), d.release().name());
    if (release.isEmpty()) {
      return new Planned.Refused(
          d.release().path() + " does not exist", "check the name and the namespace", List.of());
    }
    Situation s = Situation.of(release.get(), evidence, d, wishes);
    if (wishes.option().isPresent()) {
      return forced(s, wishes.option().get());
    }
    if (d.healthy()) {
      return new Planned.Unneeded(d.summary());
    }
    if (d.cause().equals("dependency-not-ready")
        && d.root().kind().equals("HelmRelease")
        && !d.root().sameObject(s.release())) {
      ReleaseRef root = new ReleaseRef(d.root().namespace(), d.root().name());
      if (heals(evidence, d)) {
        return new Planned.Elsewhere(
            root, s.view().ref().path() + " waits for " + root.path() + " and goes on by itself");
      }
    }
    return fromPlaybook(s);
  }

  /// Whether the release at the end of the chain is what has to be recovered: not one that is Ready
  /// (an expression asks for more), and not one that waits itself (they wait in a circle).
  private static boolean heals(Evidence evidence, Diagnosis d) {
    return evidence
        .find(d.root())
        .map(r -> ReleaseView.of(r, evidence))
        .map(
            v ->
                v.suspended()
                    || (!v.ready()
                        && v.condition("Ready")
                            .map(c -> !c.reason().equals("DependencyNotReady"))
                            .orElse(true)))
        .orElse(false);
  }

  private static Planned forced(Situation s, RunbookOption option) {
    return switch (Options.draft(s, option)) {
      case Draft.Steps(var steps) ->
          new Planned.Made(
              plan(s, option.word(), option.title(), "asked for with --option", steps, List.of()));
      case Draft.Refused(var why, var next) -> new Planned.Refused(why, next, List.of());
    };
  }

  /// One remedy that could be carried out.
  private record Candidate(Remedy remedy, List<Step> steps, boolean automatic, Risk risk) {}

  private static Planned fromPlaybook(Situation s) {
    List<Considered> considered = new ArrayList<>();
    List<Candidate> candidates = new ArrayList<>();
    for (Remedy r : s.diagnosis().remedies()) {
      if (r.lever()) {
        continue;
      }
      if (s.wishes().without().contains(r.id())) {
        considered.add(new Considered(r.id(), r.title(), "it was tried and did not help"));
        continue;
      }
      if (s.wishes().remedy().isPresent() && !s.wishes().remedy().get().equals(r.id())) {
        considered.add(new Considered(r.id(), r.title(), "another remedy was asked for"));
        continue;
      }
      switch (draft(s, r)) {
        case Draft.Steps(var steps) -> candidates.add(candidate(r, steps));
        case Draft.Refused(var why, var next) ->
            considered.add(new Considered(r.id(), r.title(), why + "; " + next));
      }
    }
    Optional<Candidate> best = best(candidates);
    for (Candidate c : candidates) {
      if (best.isPresent() && !c.equals(best.get())) {
        considered.add(new Considered(c.remedy().id(), c.remedy().title(), notTaken(c)));
      }
    }
    if (best.isPresent()) {
      Remedy r = best.get().remedy();
      considered.addAll(levers(s));
      return new Planned.Made(
          plan(s, r.id(), r.title(), r.because(), best.get().steps(), considered));
    }
    if (s.wishes().remedy().isPresent()) {
      return new Planned.Refused(
          "there is no remedy '" + s.wishes().remedy().get() + "' for " + s.diagnosis().cause(),
          "refloat diagnose -n "
              + s.view().ref().namespace()
              + " "
              + s.view().ref().name()
              + " lists them",
          considered);
    }
    considered.addAll(levers(s));
    return new Planned.Refused(
        "no remedy of " + s.diagnosis().cause() + " can be carried out here",
        "refloat explain " + s.diagnosis().cause(),
        considered);
  }

  private static Candidate candidate(Remedy r, List<Step> steps) {
    boolean automatic = steps.stream().noneMatch(Step::byHand);
    Risk risk =
        steps.stream().map(Step::risk).max(java.util.Comparator.naturalOrder()).orElse(Risk.SAFE);
    return new Candidate(r, steps, automatic, risk);
  }

  /// What runs by itself before what needs hands, what removes nothing before what does, then the
  /// playbook's own order.
  private static Optional<Candidate> best(List<Candidate> candidates) {
    return candidates.stream()
        .filter(c -> c.automatic() && c.risk() != Risk.DESTRUCTIVE)
        .findFirst()
        .or(() -> candidates.stream().filter(Candidate::automatic).findFirst())
        .or(() -> candidates.stream().findFirst());
  }

  private static String notTaken(Candidate c) {
    return c.automatic()
        ? "possible as well (" + c.risk().word() + "): --remedy " + c.remedy().id()
        : "possible as well, by hand: --remedy " + c.remedy().id();
  }

  private static List<Considered> levers(Situation s) {
    return s.diagnosis().remedies().stream()
        .filter(r -> r.lever() && !r.works())
        .map(r -> new Considered(r.id(), r.title(), r.because()))
        .toList();
  }

  /// The steps of a remedy. One without moves is a person's work, and Refloat watches its outcome.
  private static Draft draft(Situation s, Remedy r) {
    if (r.moves().isEmpty()) {
      return byHand(s, r, r.title());
    }
    List<Step> steps = new ArrayList<>();
    for (Move m : r.moves()) {
      Draft d =
          m.kind() == MoveKind.BY_HAND
              ? byHand(s, r, m.get("what").isEmpty() ? r.title() : m.get("what"))
              : Moves.draft(s, m, r.because());
      switch (d) {
        case Draft.Steps(var more) -> steps.addAll(more);
        case Draft.Refused refused -> {
          return refused;
        }
      }
    }
    return new Draft.Steps(steps);
  }

  private static Draft byHand(Situation s, Remedy r, String what) {
    return Draft.of(
        new Step(
            "by-hand-" + r.id(),
            what,
            r.because(),
            Risk.SAFE,
            new Effect.ByHand(s.release(), what),
            List.of(),
            new Expectation.Written(),
            FluxSteps.SHORT,
            new Undo.Nothing("done by a person"),
            r.commands()));
  }

  /// Frames the steps: the mark around them, and at the end the proof that the release is Ready.
  private static Plan plan(
      Situation s,
      String chosen,
      String title,
      String why,
      List<Step> steps,
      List<Considered> considered) {
    return new Plan(
        s.view().ref(),
        s.diagnosis().cause(),
        s.diagnosis().summary(),
        chosen,
        title,
        why,
        s.view().deleting() ? untilGone(s, steps) : framed(s, steps),
        considered,
        Digest.of(s));
  }

  private static List<Step> framed(Situation s, List<Step> steps) {
    List<Step> all = new ArrayList<>();
    // what a person has to do first needs no mark: nothing is held up while the plan waits for them
    int first = 0;
    while (first < steps.size() && steps.get(first).byHand()) {
      all.add(steps.get(first));
      first++;
    }
    all.add(FluxSteps.mark(s));
    for (Step step : steps.subList(first, steps.size())) {
      if (all.stream().noneMatch(known -> known.id().equals(step.id()))) {
        all.add(step);
      }
    }
    boolean proven = steps.stream().anyMatch(x -> x.expectation() instanceof Expectation.Recovered);
    if (!proven) {
      all.addAll(FluxSteps.request(s, false, false));
    }
    all.add(FluxSteps.unmark(s));
    return all;
  }

  /// A release that is being deleted takes no marks and never becomes Ready: the plan ends when it
  /// is gone.
  private static List<Step> untilGone(Situation s, List<Step> steps) {
    List<Step> all = new ArrayList<>(steps);
    all.add(FluxSteps.gone(s));
    return all;
  }
}
