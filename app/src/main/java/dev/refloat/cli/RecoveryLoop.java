package dev.refloat.cli;

import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Evidence;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
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
import dev.refloat.release.ReleaseState;
import dev.refloat.render.PlanText;
import dev.refloat.validation.Check;
import dev.refloat.validation.Validation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Carries one recovery out: asks [Recovery] what comes next, does that, writes it down, and asks
/// again. The journal's entry is on disk before what it announces happens.
final class RecoveryLoop {

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /// How long a cluster that does not answer, or does not take a write, is tried again before the
  /// recovery stops where it is.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /// How long pods may roll after the last step before the verdict stands: Flux does not wait for
  /// them after it corrected a drift.
  private static final Duration ROLLOUT = Duration.ofMinutes(2);

  /// How long a person's step is waited for that started an attempt, and what Flux removes at the
  /// end
  /// of one.
  private static final Duration SETTLE = Duration.ofMinutes(2);

  /// How often another cause may show up behind the one before it. The same cause is never tried
  /// again blindly.
  private static final int MOST_PLANS = 4;

  private static final String REFUSED = "refused";
  private static final String ABORTED = "aborted";

  /// What a recovery works with.
  ///
  /// @param before the diagnoses of everything around the release, before anything was done
  /// @param diagnosis of the release; nothing when it is not there
  record Tools(
      Session session,
      Arguments arguments,
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Backend.Recoveries recoveries,
      Performer performer,
      List<Diagnosis> before,
      Optional<Diagnosis> diagnosis,
      Wishes wishes) {
    Tools {
      before = List.copyOf(before);
    }
  }

  private final Tools tools;
  private final Session session;
  private final Hints hints;
  private final String who;
  private final Optional<Instant> deadline;
  private Journal journal;

  /// Since when nothing but refusals and silence came; empty while all is well.
  private Optional<Instant> troubled = Optional.empty();

  /// What is waited for, so that it is told once.
  private String waiting = "";

  /// Whether the last second look found nothing wrong but pods that are on their way.
  private boolean rolling;

  private boolean silent;

  RecoveryLoop(Tools tools, Journal journal) {
    this.tools = tools;
    this.session = tools.session();
    this.hints = Hints.of(tools.arguments());
    this.who = RecoverCommand.who(session);
    this.deadline = tools.arguments().duration("--timeout").map(Instant.now()::plus);
    this.journal = journal;
  }

  private void write(Entry entry) {
    tools.recoveries().append(journal.id(), entry);
    journal = journal.plus(entry);
  }

  /// Goes on with an interrupted recovery.
  int resume() {
    session.tell("Resuming recovery " + journal.id() + " of " + journal.plan().release().path());
    Optional<Step> current = Recovery.current(journal);
    if (current.isPresent() && current.get().byHand()) {
      byHandDone(current.get());
    }
    return run();
  }

  /// A person's step counts as done when its effect shows, or when the person says so.
  private void byHandDone(Step step) {
    Optional<Diagnosis> same = settled().filter(d -> Recovery.undone(journal, step, d));
    if (same.isPresent() && !tools.arguments().flag("--yes")) {
      session.tell("It looks as before: " + same.get().cause() + ": " + same.get().summary());
      session.tell("By hand: " + step.title());
      step.commands().forEach(c -> session.tell("   $ " + c));
      boolean done =
          onTerminal() && answer(session, "Is that done? Only 'yes' goes on: ").equals("yes");
      if (!done) {
        throw new Refusal(
            "the step by hand does not show yet: " + step.title(),
            same.get().cause() + " is diagnosed as before",
            "do it, then "
                + hints.recover("--resume " + journal.id())
                + "; with --yes when it is done and nothing in the cluster tells so");
      }
    }
    write(new Entry.Started(Instant.now(), step.id(), ""));
    write(new Entry.Acted(Instant.now(), step.id(), "by hand"));
    write(new Entry.Finished(Instant.now(), step.id()));
  }

  /// The diagnosis when no attempt is under way any more: until then nothing can be told.
  private Optional<Diagnosis> settled() {
    Optional<Diagnosis> now = tools.diagnosis();
    Instant patience = Instant.now().plus(SETTLE);
    while (now.filter(d -> d.state() == ReleaseState.IN_FLIGHT).isPresent()
        && Instant.now().isBefore(patience)
        && !late()) {
      pause();
      now = Optional.of(lookAround().diagnosis());
    }
    return now;
  }

  /// Carries the recovery out, to its end or to where it cannot go on.
  ///
  /// @throws CommandException with what was left for a time
  int run() {
    try {
      announce(
          false,
          "RecoveryStarted",
          "Recovery " + journal.id() + " by " + who + ": " + journal.plan().title());
      tools.arguments().texts("--approve").forEach(o -> approve(o, "--approve"));
      tools.arguments().texts("--accept-loss").forEach(o -> approve(o, "--accept-loss"));
      Optional<Integer> code = Optional.empty();
      while (code.isEmpty()) {
        code = step();
      }
      return code.get();
    } catch (Refusal e) {
      throw e;
    } catch (CommandException e) {
      List<String> left = left();
      String because = e.because().orElse("");
      throw new CommandException(
          e.what(),
          left.isEmpty()
              ? because.isEmpty() ? null : because
              : (because.isEmpty() ? "" : because + "; ") + "left: " + String.join(", ", left),
          e.next().map(n -> n + "; then ").orElse("") + hints.recover("--resume " + journal.id()),
          e);
    }
  }

  private void approve(String object, String how) {
    boolean known =
        journal.entries().stream()
            .anyMatch(
                e ->
                    e instanceof Entry.Approved a
                        && a.object().equals(object)
                        && a.how().equals(how));
    if (!known) {
      write(new Entry.Approved(Instant.now(), object, how));
    }
  }

  /// Ctrl-C: nothing is taken back in a hurry; what is left is told.
  ///
  /// @return the exit code
  int interrupted() {
    session.tell("");
    left().forEach(l -> session.tell("Left: " + l));
    session.tell(
        "Interrupted. Go on with: "
            + hints.recover("--resume " + journal.id())
            + ", or take back what it left with --abort");
    return ExitCode.STEP_FAILED;
  }

  /// One decision, carried out.
  ///
  /// @return the exit code when the recovery is over or cannot go on
  private Optional<Integer> step() {
    Optional<Evidence> seen = look();
    if (seen.isEmpty()) {
      return Optional.empty();
    }
    Decision decision = Recovery.next(journal, seen.get());
    switch (decision) {
      case Decision.Act(var step, var token) -> {
        if (late()) {
          return Optional.of(stopped("before: " + step.title()));
        }
        return act(step, token);
      }
      case Decision.Finish(var step) -> {
        write(new Entry.Finished(Instant.now(), step.id()));
        waiting = "";
      }
      case Decision.Wait(var _, var why, var _) -> {
        if (late()) {
          return Optional.of(stopped(why));
        }
        if (!why.equals(waiting)) {
          session.tell("   waiting: " + why);
          waiting = why;
        }
        pause();
      }
      case Decision.Ask(var step, var object) -> approve(step, object);
      case Decision.Hand(var step) -> {
        return Optional.of(paused(step));
      }
      case Decision.Replan(var step, var why) -> {
        session.tell("   the world has changed: " + why);
        Optional<Plan> other = replan();
        if (other.isPresent()) {
          goOnWith(other.get(), why);
        } else if (journal.untouched()) {
          return Optional.of(refused(why));
        } else {
          write(new Entry.Failed(Instant.now(), step.id(), why));
          return Optional.of(failed(step, why));
        }
      }
      case Decision.Fail(var step, var why) -> {
        if (journal.progress(step.id()) != Journal.Progress.FAILED) {
          write(new Entry.Failed(Instant.now(), step.id(), why));
        }
        Optional<Plan> other = behind(step);
        if (other.isEmpty()) {
          return Optional.of(failed(step, why));
        }
        session.tell("   did not help: " + why);
        takeBack(s -> s.effect() instanceof Effect.Mark);
        goOnWith(other.get(), why);
      }
      case Decision.Done _ -> {
        return Optional.of(done());
      }
    }
    return Optional.empty();
  }

  private Optional<Integer> act(Step step, String token) {
    if (journal.progress(step.id()) == Journal.Progress.OPEN) {
      session.tell("-> " + step.title());
      write(new Entry.Started(Instant.now(), step.id(), token));
    }
    switch (tools.performer().perform(step.effect(), setting(token))) {
      case Performer.Outcome.Done(var note) -> {
        troubled = Optional.empty();
        write(new Entry.Acted(Instant.now(), step.id(), note));
        if (!note.isEmpty()) {
          session.tell("   " + note);
        }
      }
      case Performer.Outcome.NotDone(var why) -> {
        if (tired() || late()) {
          return Optional.of(stopped(why));
        }
        session.tell("   " + why + "; trying again");
        pause();
      }
      case Performer.Outcome.Blocked(var why) -> {
        return Optional.of(stopped(why));
      }
      case Performer.Outcome.Failed(var why) -> {
        if (step.effect() instanceof Effect.Mark && journal.untouched()) {
          return Optional.of(refused(why));
        }
        write(new Entry.Failed(Instant.now(), step.id(), why));
        return Optional.of(failed(step, why));
      }
    }
    return Optional.empty();
  }

  /// What the next decision needs; nothing when the cluster could not be asked, and will be again.
  private Optional<Evidence> look() {
    try {
      ClusterReader reader = tools.cluster().reader();
      Evidence seen = Evidence.of(reader.takenAt(), reader.ask(Recovery.needs(journal)));
      return Optional.of(seen);
    } catch (CommandException e) {
      if (tired() || late()) {
        throw e;
      }
      session.tell("   " + e.what() + "; trying again");
      pause();
      return Optional.empty();
    }
  }

  private boolean tired() {
    Instant now = Instant.now();
    troubled = troubled.or(() -> Optional.of(now));
    return troubled.get().plus(PATIENCE).isBefore(now);
  }

  private boolean late() {
    return deadline.map(d -> Instant.now().isAfter(d)).orElse(false);
  }

  private Recovering.Look lookAround() {
    return Recovering.look(
        tools.cluster(),
        tools.diagnoser(),
        journal.plan().release(),
        Recovery.needs(journal),
        (_, _) -> {});
  }

  private Performer.Setting setting(String token) {
    return new Performer.Setting(journal.id(), token, who, Instant.now(), false);
  }

  private boolean onTerminal() {
    return session.terminal().outIsTerminal() && session.terminal().errIsTerminal();
  }

  private void approve(Step step, ObjectRef object) {
    String word = Approvals.word(object);
    if (onTerminal()) {
      session.tell("");
      session.tell("   " + step.title() + " (" + step.risk().word() + ")");
      String typed = answer(session, "   Type " + word + " to allow it: ");
      if (Approvals.names(typed, object)) {
        write(new Entry.Approved(Instant.now(), word, "typed"));
        return;
      }
    }
    throw new Refusal(
        "step '" + step.title() + "' needs an approval that names its object",
        left().isEmpty()
            ? "nothing destructive was done"
            : "nothing destructive was done; left for a time: " + String.join(", ", left()),
        hints.recover("--resume " + journal.id() + " --approve " + word));
  }

  /// The plan that is shown is the plan that is carried out: another one is shown, and asked for.
  private void goOnWith(Plan plan, String why) {
    session.tell("   a new plan: " + plan.title());
    PlanText.print(session.page(tools.arguments()), plan);
    session.out().flush();
    RecoverCommand.showEdits(session, tools.performer(), plan);
    boolean agreed =
        tools.arguments().flag("--yes")
            || plan.steps().getFirst().byHand()
            || RecoverCommand.confirmed(session);
    if (!agreed) {
      throw new Refusal(
          "the new plan was not confirmed",
          left().isEmpty() ? "nothing is left of the old one" : String.join(", ", left()),
          hints.recover("--resume " + journal.id() + " --yes"));
    }
    write(new Entry.Replanned(Instant.now(), why, plan));
  }

  /// A new plan, when the cause is another one or when the same remedy now reads otherwise.
  private Optional<Plan> replan() {
    return planned(tools.wishes().forRecovery(journal.id()))
        .filter(p -> journal.replans() == 0 || !p.cause().equals(journal.plan().cause()))
        .filter(p -> !p.digest().equals(journal.plan().digest()));
  }

  /// What else there is when a request to Flux did not help: the remedy of another cause that
  /// showed
  /// up behind the first one, or a person's step for the same. Nothing that Refloat could do
  /// otherwise about the same cause is begun unasked.
  private Optional<Plan> behind(Step step) {
    if (!(step.effect() instanceof Effect.Request) || !left().isEmpty()) {
      return Optional.empty();
    }
    String cause = journal.plan().cause();
    Wishes rest = tools.wishes().forRecovery(journal.id());
    Optional<Plan> another = planned(rest).filter(p -> !p.cause().equals(cause));
    if (another.isPresent()) {
      return another;
    }
    for (String tried : journal.tried()) {
      rest = rest.without(tried);
    }
    return planned(rest).filter(p -> p.steps().getFirst().byHand());
  }

  /// A plan as things are now; nothing when there is none, when it does more harm than the one
  /// before, or when there were enough.
  private Optional<Plan> planned(Wishes wishes) {
    if (journal.replans() + 1 >= MOST_PLANS) {
      return Optional.empty();
    }
    Recovering.Look now;
    try {
      now =
          Recovering.forPlan(
              tools.cluster(), tools.diagnoser(), journal.plan().release(), wishes, (_, _) -> {});
    } catch (Recovering.NoRelease e) {
      return Optional.empty();
    }
    return Planner.plan(now.evidence(), now.diagnosis(), wishes)
                instanceof Planner.Planned.Made(var plan)
            && plan.risk().compareTo(journal.plan().risk()) <= 0
        ? Optional.of(plan)
        : Optional.empty();
  }

  private int paused(Step step) {
    session.tell("");
    session.tell("By hand: " + step.title());
    step.commands().forEach(c -> session.tell("   $ " + c));
    List<String> left = left();
    if (!left.isEmpty()) {
      session.tell("Meanwhile: " + String.join(", ", left));
      announce(true, "RecoveryPaused", String.join(", ", left) + "; by hand: " + step.title());
    }
    session.tell("Then: " + hints.recover("--resume " + journal.id()));
    return ExitCode.REFUSED;
  }

  /// The recovery stops where it is, and can go on from there.
  private int stopped(String why) {
    List<String> left = left();
    String because =
        late()
            ? "--timeout "
                + tools.arguments().duration("--timeout").map(Times::display).orElse("")
                + " is over; "
            : "";
    session.tell("");
    session.tell("Stopped: " + because + why);
    left.forEach(l -> session.tell("Left: " + l));
    announce(
        true,
        "RecoveryStopped",
        "Recovery "
            + journal.id()
            + ": "
            + why
            + (left.isEmpty() ? "" : "; " + String.join(", ", left)));
    session.tell(
        "Go on with: "
            + hints.recover("--resume " + journal.id())
            + ", or take back what it left with --abort "
            + journal.id());
    return ExitCode.STEP_FAILED;
  }

  /// Nothing was done, and nothing will be.
  private int refused(String why) {
    takeBack(s -> s.effect() instanceof Effect.Mark);
    write(new Entry.Closed(Instant.now(), REFUSED, why, left()));
    session.tell("");
    session.tell("Refused: " + why);
    session.tell("Nothing was changed.");
    return ExitCode.REFUSED;
  }

  private int failed(Step step, String why) {
    session.tell("   FAILED: " + why);
    takeBack(journal.reversible()::contains);
    Verdict verdict = verdict();
    close(verdict, step.title() + ": " + why);
    tell(verdict);
    if (!left().isEmpty()) {
      session.tell("Take that back with: " + hints.recover("--abort " + journal.id()));
    }
    boolean well = verdict.outcome() == Verdict.Outcome.RECOVERED && left().isEmpty();
    return well ? ExitCode.CLEAN : ExitCode.STEP_FAILED;
  }

  private int done() {
    Verdict verdict = verdict();
    Instant patience = Instant.now().plus(ROLLOUT);
    while (rolling && Instant.now().isBefore(patience) && !late()) {
      pause();
      verdict = verdict();
    }
    close(verdict, verdict.because());
    tell(verdict);
    return switch (verdict.outcome()) {
      case RECOVERED -> ExitCode.CLEAN;
      case STILL_FAILING, REGRESSED, INCONCLUSIVE -> ExitCode.UNVERIFIED;
    };
  }

  /// Events on the release. That they may not be written is told once.
  private void announce(boolean warning, String reason, String message) {
    String text = session.edge().line(message);
    String why =
        tools
            .performer()
            .announce(
                journal.plan().release().object(),
                warning,
                reason,
                text,
                journal.entries().size(),
                setting(""));
    if (!why.isEmpty() && !silent) {
      silent = true;
      session.tell("   no events are written to the release: " + why);
    }
  }

  private void close(Verdict verdict, String why) {
    announce(
        verdict.outcome() != Verdict.Outcome.RECOVERED,
        "RecoveryEnded",
        "Recovery "
            + journal.id()
            + ": "
            + verdict.outcome().word()
            + (verdict.left().isEmpty() ? "" : "; " + String.join(", ", verdict.left())));
    write(new Entry.Closed(Instant.now(), verdict.outcome().word(), why, verdict.left()));
  }

  private void tell(Verdict verdict) {
    session.tell("");
    session.tell("Verdict: " + verdict.outcome().word() + ": " + verdict.because());
    verdict.left().forEach(l -> session.tell("Left: " + l));
  }

  /// A second look at everything.
  private Verdict verdict() {
    ReleaseRef release = journal.plan().release();
    Recovering.Look after;
    try {
      after = lookAround();
    } catch (Recovering.NoRelease e) {
      return deletion()
          ? new Verdict(Verdict.Outcome.RECOVERED, release.path() + " is gone", left())
          : new Verdict(Verdict.Outcome.STILL_FAILING, release.path() + " is not there", left());
    }
    Optional<Resource> found = after.evidence().find(release.object());
    if (found.isEmpty()) {
      return new Verdict(
          Verdict.Outcome.INCONCLUSIVE, release.path() + " could not be seen afterwards", left());
    }
    List<Check> checks = Validation.of(found.get(), after.evidence(), after.diagnosis());
    rolling =
        after.diagnosis().healthy()
            && Validation.failed(checks)
            && checks.stream()
                .filter(c -> c.outcome() == Check.Outcome.FAILED)
                .allMatch(c -> c.id().equals("workloads-ready") || c.id().equals("pods-ready"));
    return Judge.judge(release, tools.before(), after.all(), checks, left());
  }

  /// Whether the plan was to let a deletion end.
  private boolean deletion() {
    return journal.plan().steps().getLast().expectation() instanceof Expectation.Gone(var object, _)
        && object.sameObject(journal.plan().release().object());
  }

  private List<String> left() {
    List<String> left = new ArrayList<>();
    for (Step s : journal.temporary()) {
      if (s.effect() instanceof Effect.Suspend) {
        left.add(s.object().display() + " is suspended by recovery " + journal.id());
      } else if (s.effect() instanceof Effect.Patch) {
        left.add(s.object().display() + " is changed for the time of recovery " + journal.id());
      }
    }
    return left;
  }

  /// Takes back what must not outlive the recovery.
  int abort() {
    takeBack(_ -> true);
    List<String> left = left();
    if (journal.closed().isEmpty()) {
      write(new Entry.Closed(Instant.now(), ABORTED, "by " + who, left));
    }
    left.forEach(l -> session.tell("Left: " + l));
    session.tell("Recovery " + journal.id() + " is aborted.");
    return left.isEmpty() ? ExitCode.CLEAN : ExitCode.STEP_FAILED;
  }

  private void takeBack(Predicate<Step> which) {
    for (Step step : journal.temporary()) {
      if (which.test(step) && step.undo() instanceof Undo.Reverse(var effect, boolean _)) {
        switch (tools.performer().perform(effect, setting(journal.id() + ".undo"))) {
          case Performer.Outcome.Done _ -> {
            write(new Entry.Undone(Instant.now(), step.id()));
            if (!(step.effect() instanceof Effect.Mark)) {
              session.tell("Taken back: " + step.title());
            }
          }
          case Performer.Outcome.NotDone(var why) ->
              session.tell("Not taken back: " + step.title() + ": " + why);
          case Performer.Outcome.Blocked(var why) ->
              session.tell("Not taken back: " + step.title() + ": " + why);
          case Performer.Outcome.Failed(var why) ->
              session.tell("Not taken back: " + step.title() + ": " + why);
        }
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted", null, null, e);
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
