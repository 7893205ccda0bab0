package dev.refloat.cli;

import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Progress;
import dev.refloat.evidence.Evidence;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.plan.Approvals;
import dev.refloat.plan.Effect;
import dev.refloat.plan.Expectation;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Planner;
import dev.refloat.plan.Step;
import dev.refloat.plan.Undo;
import dev.refloat.plan.Wishes;
import dev.refloat.port.ClusterReader;
import dev.refloat.recovery.Decision;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import dev.refloat.recovery.Judge;
import dev.refloat.recovery.Performer;
import dev.refloat.recovery.Recovery;
import dev.refloat.recovery.Verdict;
import dev.refloat.release.ReleaseRef;
import dev.refloat.validation.Check;
import dev.refloat.validation.Validation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Asks [Recovery] what comes next, does that, writes it down, and asks again. The journal's entry
/// is
/// on disk before what it announces happens.
final class RecoveryLoop {

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final int TRIES = 5;

  /// How long pods may roll after the last step before the verdict stands: Flux does not wait for
  /// them after it corrected a drift.
  private static final Duration ROLLOUT = Duration.ofMinutes(2);

  /// How the person wants it done.
  record Manner(
      boolean yes,
      List<String> approved,
      List<String> acceptedLosses,
      Wishes wishes,
      String who,
      Hints hints) {
    Manner {
      approved = List.copyOf(approved);
      acceptedLosses = List.copyOf(acceptedLosses);
    }
  }

  private final Session session;
  private final Backend.Cluster cluster;
  private final Diagnoser diagnoser;
  private final Backend.Recoveries recoveries;
  private final Performer performer;
  private final Recovering.Look before;
  private final Manner manner;

  /// Whether the last second look found nothing wrong but pods that are on their way.
  private boolean rolling;
  private boolean silent;

  RecoveryLoop(
      Session session,
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Backend.Recoveries recoveries,
      Performer performer,
      Recovering.Look before,
      Manner manner) {
    this.session = session;
    this.cluster = cluster;
    this.diagnoser = diagnoser;
    this.recoveries = recoveries;
    this.performer = performer;
    this.before = before;
    this.manner = manner;
  }

  private Journal write(Journal journal, Entry entry) {
    recoveries.append(journal.id(), entry);
    return journal.plus(entry);
  }

  /// Goes on with an interrupted recovery. A step that waits for a person's hands counts as done.
  int resume(Journal journal) {
    Journal j = journal;
    Optional<Step> current = Recovery.current(j);
    if (current.isPresent() && current.get().byHand()) {
      j = byHandDone(j, current.get());
    }
    if (current.isPresent() && j.progress(current.get().id()) == Journal.Progress.FAILED) {
      throw new CommandException(
          "recovery " + j.id() + " ended with a failed step",
          current.get().title(),
          "take back what it left: " + manner.hints().recover("--abort " + j.id()));
    }
    session.tell("Resuming recovery " + j.id() + " of " + j.plan().release().path());
    return run(j);
  }

  private Journal byHandDone(Journal journal, Step step) {
    Journal j = write(journal, new Entry.Started(Instant.now(), step.id(), ""));
    j = write(j, new Entry.Acted(Instant.now(), step.id(), "by hand"));
    return write(j, new Entry.Finished(Instant.now(), step.id()));
  }

  int run(Journal opened) {
    Journal j = opened;
    announce(
        j,
        false,
        "RecoveryStarted",
        "Recovery " + j.id() + " by " + manner.who() + ": " + j.plan().title());
    for (String object : manner.approved()) {
      j = write(j, new Entry.Approved(Instant.now(), object, "--approve"));
    }
    for (String object : manner.acceptedLosses()) {
      j = write(j, new Entry.Approved(Instant.now(), object, "--accept-loss"));
    }
    int tries = 0;
    String waiting = "";
    while (true) {
      Decision decision = Recovery.next(j, look(j));
      switch (decision) {
        case Decision.Act(var step, var token) -> {
          if (j.progress(step.id()) == Journal.Progress.OPEN) {
            session.tell("-> " + step.title());
            j = write(j, new Entry.Started(Instant.now(), step.id(), token));
          }
          switch (performer.perform(step.effect(), setting(j, token))) {
            case Performer.Outcome.Done(var note) -> {
              tries = 0;
              j = write(j, new Entry.Acted(Instant.now(), step.id(), note));
              if (!note.isEmpty()) {
                session.tell("   " + note);
              }
            }
            case Performer.Outcome.NotDone(var why) -> {
              tries++;
              if (tries >= TRIES) {
                j = write(j, new Entry.Failed(Instant.now(), step.id(), why));
                return failed(j, step, why);
              }
              session.tell("   " + why + "; trying again");
              pause();
            }
            case Performer.Outcome.Failed(var why) -> {
              j = write(j, new Entry.Failed(Instant.now(), step.id(), why));
              return failed(j, step, why);
            }
          }
        }
        case Decision.Finish(var step) -> {
          j = write(j, new Entry.Finished(Instant.now(), step.id()));
          waiting = "";
        }
        case Decision.Wait(var step, var why, var until) -> {
          if (!why.equals(waiting)) {
            session.tell("   waiting: " + why);
            waiting = why;
          }
          pause();
        }
        case Decision.Ask(var step, var object) -> j = approved(j, step, object);
        case Decision.Hand(var step) -> {
          return paused(j, step);
        }
        case Decision.Replan(var step, var why) -> {
          session.tell("   the world has changed: " + why);
          Optional<Plan> other = replan(j);
          if (other.isEmpty()) {
            j = write(j, new Entry.Failed(Instant.now(), step.id(), why));
            return failed(j, step, why);
          }
          j = write(j, new Entry.Replanned(Instant.now(), why, other.get()));
        }
        case Decision.Fail(var step, var why) -> {
          if (j.progress(step.id()) != Journal.Progress.FAILED) {
            j = write(j, new Entry.Failed(Instant.now(), step.id(), why));
          }
          Optional<Plan> byHand = handOver(j, step);
          if (byHand.isEmpty()) {
            return failed(j, step, why);
          }
          session.tell("   did not help: " + why);
          j = takeBack(j, s -> s.effect() instanceof Effect.Mark);
          j = write(j, new Entry.Replanned(Instant.now(), why, byHand.get()));
        }
        case Decision.Done _ -> {
          return done(j);
        }
      }
    }
  }

  /// Everything again before a step acts; while it waits, only what it waits for.
  private Evidence look(Journal j) {
    Optional<Step> step = Recovery.current(j);
    boolean waits = step.isPresent() && j.progress(step.get().id()) == Journal.Progress.ACTED;
    if (step.isEmpty() || waits || step.get().guards().isEmpty()) {
      ClusterReader reader = cluster.reader();
      return Evidence.of(reader.takenAt(), reader.ask(Recovery.needs(j)));
    }
    return lookAt(j.plan().release(), j).evidence();
  }

  private Recovering.Look lookAt(ReleaseRef release, Journal j) {
    Progress silent = (_, _) -> {};
    try {
      return Recovering.look(cluster, diagnoser, release, Recovery.needs(j), silent);
    } catch (CommandException gone) {
      // the release may be deleted on purpose at this point of the plan
      ClusterReader reader = cluster.reader();
      return new Recovering.Look(
          Evidence.of(reader.takenAt(), reader.ask(Recovery.needs(j))),
          before.diagnosis(),
          List.of());
    }
  }

  private Performer.Setting setting(Journal j, String token) {
    return new Performer.Setting(j.id(), token, manner.who(), Instant.now(), false);
  }

  private Journal approved(Journal j, Step step, ObjectRef object) {
    String word = Approvals.word(object);
    if (session.terminal().outIsTerminal() && session.terminal().errIsTerminal()) {
      session.tell("");
      session.tell("   " + step.title() + " (" + step.risk().word() + ")");
      String typed = answer(session, "   Type " + word + " to allow it: ");
      if (Approvals.names(typed, object)) {
        return write(j, new Entry.Approved(Instant.now(), word, "typed"));
      }
    }
    throw new Refusal(
        "step '" + step.title() + "' needs an approval that names its object",
        left(j).isEmpty()
            ? "nothing destructive was done"
            : "nothing destructive was done; left for a time: " + String.join(", ", left(j)),
        manner.hints().recover("--resume " + j.id() + " --approve " + word));
  }

  /// A new plan, when the cause is another one or when the same remedy now reads otherwise.
  private Optional<Plan> replan(Journal j) {
    ReleaseRef release = j.plan().release();
    Wishes wishes = manner.wishes().forRecovery(j.id());
    Recovering.Look now = Recovering.forPlan(cluster, diagnoser, release, wishes, (_, _) -> {});
    if (!(Planner.plan(now.evidence(), now.diagnosis(), wishes)
        instanceof Planner.Planned.Made(var plan))) {
      return Optional.empty();
    }
    boolean replanned = j.entries().stream().anyMatch(Entry.Replanned.class::isInstance);
    boolean same = plan.digest().equals(j.plan().digest());
    boolean worse = plan.risk().compareTo(j.plan().risk()) > 0;
    if (replanned || same || worse) {
      return Optional.empty(); // the same cause is never tried again blindly
    }
    session.tell("   a new plan: " + plan.title());
    return Optional.of(plan);
  }

  /// What a person has to do, when a request to Flux did not help: the same cause is not tried
  /// again,
  /// and nothing that Refloat could do otherwise is begun unasked.
  private Optional<Plan> handOver(Journal j, Step step) {
    boolean replanned = j.entries().stream().anyMatch(Entry.Replanned.class::isInstance);
    if (replanned || !(step.effect() instanceof Effect.Request) || !left(j).isEmpty()) {
      return Optional.empty();
    }
    Wishes wishes = manner.wishes().forRecovery(j.id()).without(j.plan().chosen());
    Recovering.Look now =
        Recovering.forPlan(cluster, diagnoser, j.plan().release(), wishes, (_, _) -> {});
    return Planner.plan(now.evidence(), now.diagnosis(), wishes)
                instanceof Planner.Planned.Made(var plan)
            && plan.steps().getFirst().byHand()
            && plan.cause().equals(j.plan().cause())
        ? Optional.of(plan)
        : Optional.empty();
  }

  private int paused(Journal j, Step step) {
    session.tell("");
    session.tell("By hand: " + step.title());
    step.commands().forEach(c -> session.tell("   $ " + c));
    List<String> left = left(j);
    if (!left.isEmpty()) {
      session.tell("Meanwhile: " + String.join(", ", left));
      announce(j, true, "RecoveryPaused", String.join(", ", left) + "; by hand: " + step.title());
    }
    session.tell("Then: " + manner.hints().recover("--resume " + j.id()));
    return ExitCode.REFUSED;
  }

  private int failed(Journal failedJournal, Step step, String why) {
    Journal j = failedJournal;
    session.tell("   FAILED: " + why);
    j = takeBack(j, s -> s.effect() instanceof Effect.Mark || s.effect() instanceof Effect.Patch);
    Verdict verdict = verdict(j);
    j = close(j, verdict, step.title() + ": " + why);
    tell(verdict);
    if (!left(j).isEmpty()) {
      session.tell("Take that back with: " + manner.hints().recover("--abort " + j.id()));
    }
    return ExitCode.STEP_FAILED;
  }

  private int done(Journal finished) {
    Verdict verdict = verdict(finished);
    Instant patience = Instant.now().plus(ROLLOUT);
    while (rolling && Instant.now().isBefore(patience)) {
      pause();
      verdict = verdict(finished);
    }
    close(finished, verdict, verdict.because());
    tell(verdict);
    return switch (verdict.outcome()) {
      case RECOVERED -> ExitCode.CLEAN;
      case STILL_FAILING, REGRESSED, INCONCLUSIVE -> ExitCode.UNVERIFIED;
    };
  }

  /// Events on the release. That they may not be written is told once.
  private void announce(Journal j, boolean warning, String reason, String message) {
    String text = session.edge().line(message);
    String why =
        performer.announce(
            j.plan().release().object(), warning, reason, text, j.entries().size(), setting(j, ""));
    if (!why.isEmpty() && !silent) {
      silent = true;
      session.tell("   no events are written to the release: " + why);
    }
  }

  private Journal close(Journal j, Verdict verdict, String why) {
    announce(
        j,
        verdict.outcome() != Verdict.Outcome.RECOVERED,
        "RecoveryEnded",
        "Recovery "
            + j.id()
            + ": "
            + verdict.outcome().word()
            + (verdict.left().isEmpty() ? "" : "; " + String.join(", ", verdict.left())));
    return write(j, new Entry.Closed(Instant.now(), verdict.outcome().word(), why, verdict.left()));
  }

  private void tell(Verdict verdict) {
    session.tell("");
    session.tell("Verdict: " + verdict.outcome().word() + ": " + verdict.because());
    verdict.left().forEach(l -> session.tell("Left: " + l));
  }

  /// A second look at everything.
  private Verdict verdict(Journal j) {
    ReleaseRef release = j.plan().release();
    Recovering.Look after = lookAt(release, j);
    Optional<Resource> found = after.evidence().find(release.object());
    if (found.isEmpty() && deletion(j)) {
      return new Verdict(Verdict.Outcome.RECOVERED, release.path() + " is gone", left(j));
    }
    if (found.isEmpty()) {
      return new Verdict(Verdict.Outcome.STILL_FAILING, release.path() + " is not there", left(j));
    }
    List<Check> checks = Validation.of(found.get(), after.evidence(), after.diagnosis());
    rolling =
        after.diagnosis().healthy()
            && Validation.failed(checks)
            && checks.stream()
                .filter(c -> c.outcome() == Check.Outcome.FAILED)
                .allMatch(c -> c.id().equals("workloads-ready") || c.id().equals("pods-ready"));
    return Judge.judge(release, before.all(), after.all(), checks, left(j));
  }

  /// Whether the plan was to let a deletion end.
  private static boolean deletion(Journal j) {
    return j.plan().steps().getLast().expectation() instanceof Expectation.Gone(var object, _)
        && object.sameObject(j.plan().release().object());
  }

  private static List<String> left(Journal j) {
    List<String> left = new ArrayList<>();
    for (Step s : j.temporary()) {
      if (s.effect() instanceof Effect.Suspend) {
        left.add(s.object().display() + " is suspended by recovery " + j.id());
      } else if (s.effect() instanceof Effect.Patch) {
        left.add(s.object().display() + " is changed for the time of recovery " + j.id());
      }
    }
    return left;
  }

  /// Takes back what must not outlive the recovery.
  int abort(Journal journal) {
    Journal j = takeBack(journal, _ -> true);
    List<String> left = left(j);
    if (j.closed().isEmpty()) {
      j = write(j, new Entry.Closed(Instant.now(), "aborted", "by " + manner.who(), left));
    }
    left.forEach(l -> session.tell("Left: " + l));
    session.tell("Recovery " + j.id() + " is aborted.");
    return left.isEmpty() ? ExitCode.CLEAN : ExitCode.STEP_FAILED;
  }

  private Journal takeBack(Journal journal, java.util.function.Predicate<Step> which) {
    Journal j = journal;
    for (Step step : journal.temporary()) {
      if (which.test(step) && step.undo() instanceof Undo.Reverse(var effect, boolean _)) {
        switch (performer.perform(effect, setting(j, j.id() + ".undo"))) {
          case Performer.Outcome.Done _ -> {
            j = write(j, new Entry.Undone(Instant.now(), step.id()));
            if (!(step.effect() instanceof Effect.Mark)) {
              session.tell("Taken back: " + step.title());
            }
          }
          case Performer.Outcome.NotDone(var why) ->
              session.tell("Not taken back: " + step.title() + ": " + why);
          case Performer.Outcome.Failed(var why) ->
              session.tell("Not taken back: " + step.title() + ": " + why);
        }
      }
    }
    return j;
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", null, "refloat recoveries --open", e);
    }
  }

  /// One line from the person.
  static String answer(Session session, String question) {
    session.err().print(question);
    session.err().flush();
    StringBuilder line = new StringBuilder();
    try {
      for (int c = session.in().read(); c >= 0 && c != '\n'; c = session.in().read()) {
        line.append((char) c);
      }
    } catch (IOException e) {
      return "";
    }
    return line.toString().strip();
  }
}
