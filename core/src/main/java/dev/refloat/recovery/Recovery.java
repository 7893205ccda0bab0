package dev.refloat.recovery;

import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Observation;
import dev.refloat.model.ObjectRef;
import dev.refloat.plan.Effect;
import dev.refloat.plan.Facts;
import dev.refloat.plan.Guard;
import dev.refloat.plan.Judgement;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Step;
import dev.refloat.release.ReleaseState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// What to do next: a pure function of the journal and of fresh evidence. It neither sleeps nor
/// prints nor knows the time, which comes with the evidence.
public final class Recovery {

  /// How long a guard that may come true by waiting is waited for: an action that runs has its own
  /// timeout, so this is generous.
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private Recovery() {}

  /// The step that is next: the first that is not finished.
  public static Optional<Step> current(Journal journal) {
    return journal.plan().steps().stream()
        .filter(
            s ->
                switch (journal.progress(s.id())) {
                  case OPEN, STARTED, ACTED, FAILED -> true;
                  case FINISHED, UNDONE -> false;
                })
        .findFirst();
  }

  /// Whether a step that a person had to do shows no effect yet: the same cause is diagnosed, and
  /// no
  /// attempt is under way. Where the recovery holds the release suspended, the diagnosis cannot
  /// tell,
  /// and guards watch what the person does.
  public static boolean undone(Journal journal, Step byHand, Diagnosis now) {
    boolean held = journal.temporary().stream().anyMatch(s -> s.effect() instanceof Effect.Suspend);
    return byHand.byHand()
        && !held
        && now.state() != ReleaseState.IN_FLIGHT
        && now.cause().equals(journal.plan().cause());
  }

  /// What has to be looked at before the next decision.
  public static Set<Inquiry> needs(Journal journal) {
    Set<Inquiry> needs = new HashSet<>();
    needs.add(new Inquiry.ObjectNamed(journal.plan().release().object()));
    current(journal)
        .ifPresent(
            s -> {
              needs.addAll(s.expectation().needs());
              needs.addAll(s.effect().traces());
              s.guards().forEach(g -> needs.addAll(g.needs()));
            });
    return needs;
  }

  public static Decision next(Journal journal, Evidence now) {
    Plan plan = journal.plan();
    Optional<Step> current = current(journal);
    if (current.isEmpty()) {
      return new Decision.Done();
    }
    Step step = current.get();
    return switch (journal.progress(step.id())) {
      case OPEN -> open(journal, plan, step, now);
      // Killed between the announcement and the effect, or just after it: effects can be repeated
      // without doing more, so that it is carried out (again), with the same token.
      case STARTED -> started(journal, step, now);
      case ACTED -> acted(journal, step, now);
      case FAILED -> new Decision.Fail(step, journal.failure(step.id()).orElse("it failed"));
      case FINISHED, UNDONE -> throw new IllegalStateException("not current: " + step.id());
    };
  }

  private static Decision open(Journal journal, Plan plan, Step step, Evidence now) {
    if (step.byHand()) {
      return new Decision.Hand(step);
    }
    if (step.needsApproval() && !journal.approved(step.object())) {
      return new Decision.Ask(step, step.object());
    }
    Optional<Decision> blocked = guards(journal, step, now);
    return blocked.orElseGet(
        () -> new Decision.Act(step, token(journal, plan.steps().indexOf(step))));
  }

  private static Decision started(Journal journal, Step step, Evidence now) {
    String token = journal.started(step.id()).map(Entry.Started::token).orElse("");
    Decision act = new Decision.Act(step, token);
    if (unread(step.effect().traces(), now).isPresent()) {
      return guards(journal, step, now).orElse(act);
    }
    return switch (step.effect().done(now)) {
      // a guard would take what the step itself did for a change of the world
      case Judgement.Holds _ -> act;
      case Judgement.NotYet(var why) ->
          new Decision.Wait(step, why, journal.lastEntry().plus(PATIENCE));
      case Judgement.Fails _ -> guards(journal, step, now).orElse(act);
    };
  }

  private static Decision acted(Journal journal, Step step, Evidence now) {
    Instant since = journal.started(step.id()).map(Entry.Started::at).orElse(now.takenAt());
    Instant until = since.plus(step.limit());
    Optional<String> blind = unread(step.expectation().needs(), now);
    if (blind.isPresent()) {
      return waitOrFail(step, "could not look: " + blind.get(), until, now);
    }
    return switch (step.expectation().judge(now, journal.facts(step))) {
      case Judgement.Holds _ -> new Decision.Finish(step);
      case Judgement.NotYet(var why) -> waitOrFail(step, why, until, now);
      case Judgement.Fails(var why) -> new Decision.Fail(step, why);
    };
  }

  private static Decision waitOrFail(Step step, String why, Instant until, Evidence now) {
    return now.takenAt().isAfter(until)
        ? new Decision.Fail(step, "it took longer than " + minutes(step.limit()) + ": " + why)
        : new Decision.Wait(step, why, until);
  }

  private static Optional<Decision> guards(Journal journal, Step step, Evidence now) {
    Instant until = journal.lastEntry().plus(PATIENCE);
    Facts facts = journal.facts(step);
    for (Guard guard : step.guards()) {
      Optional<String> blind = unread(guard.needs(), now);
      if (blind.isPresent()) {
        return Optional.of(
            now.takenAt().isAfter(until)
                ? new Decision.Replan(step, "could not look: " + blind.get())
                : new Decision.Wait(step, "could not look: " + blind.get(), until));
      }
      switch (guard.judge(now, facts)) {
        case Judgement.Holds _ -> {}
        case Judgement.NotYet(var why) -> {
          return Optional.of(
              now.takenAt().isAfter(until)
                  ? new Decision.Replan(step, why)
                  : new Decision.Wait(step, why, until));
        }
        case Judgement.Fails(var why) -> {
          return Optional.of(new Decision.Replan(step, why));
        }
      }
    }
    return Optional.empty();
  }

  /// What was asked and could not be read. An object that could not be read must never count as one
  /// that is not there.
  private static Optional<String> unread(Set<Inquiry> needs, Evidence now) {
    for (Inquiry inquiry : needs) {
      Optional<Observation<Answer>> answer = now.answer(inquiry);
      boolean found =
          inquiry instanceof Inquiry.ObjectNamed(ObjectRef ref) && now.find(ref).isPresent();
      if (found) {
        continue;
      }
      if (answer.isEmpty()) {
        return Optional.of("it was not asked for");
      }
      if (answer.get() instanceof Observation.Unreadable<Answer>(var why)) {
        return Optional.of(why);
      }
    }
    return Optional.empty();
  }

  /// Unique for the recovery and the step, and the same when the step is taken up again.
  private static String token(Journal journal, int index) {
    return journal.id() + "." + journal.replans() + "." + index;
  }

  private static String minutes(Duration d) {
    return dev.refloat.model.Times.display(d);
  }
}
