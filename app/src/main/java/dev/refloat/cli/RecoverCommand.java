package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Evidence;
import dev.refloat.plan.Approvals;
import dev.refloat.plan.Claim;
import dev.refloat.plan.Considered;
import dev.refloat.plan.Effect;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Planner;
import dev.refloat.plan.Step;
import dev.refloat.plan.Wishes;
import dev.refloat.port.ClusterReader;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import dev.refloat.recovery.Performer;
import dev.refloat.recovery.Recovery;
import dev.refloat.release.ReleaseRef;
import dev.refloat.render.PlanText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;

/// `refloat recover`: carries a plan out, and proves that it worked.
final class RecoverCommand implements Command {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int SUFFIX = 4;

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "recover",
        "[NAME] [options]",
        "Recovers a release: shows the plan, asks, carries it out step by step, looks again after"
            + " each, and ends in a verdict. Everything is written to a journal first, so that an"
            + " interrupted recovery can be resumed or taken back.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        sections(
            List.of(
                Options.NAMESPACE,
                Options.ALL_NAMESPACES,
                Options.SELECTOR,
                Option.value(
                    "CAUSE",
                    "of many releases, those that fail of this",
                    Completing.nothing(),
                    "--cause"),
                Option.value(
                    "N",
                    "of many releases, so many at a time (default 2)",
                    Completing.nothing(),
                    "--parallel"),
                Option.value(
                    "N",
                    "of many releases, begin no more after so many failures (default 3)",
                    Completing.nothing(),
                    "--max-failures"),
                Recovering.OPTION,
                Recovering.REMEDY,
                Recovering.REVISION,
                Recovering.CLAIM,
                Recovering.SNAPSHOT,
                Recovering.REPO,
                Diagnosing.ENVIRONMENT)),
        List.of(
            new Example("recover one release", "recover -n ai librechat"),
            new Example("what would be done?", "recover -n ai librechat --dry-run"),
            new Example(
                "allow one destructive step", "recover web -y --approve deployment/shop/web"),
            new Example(
                "all releases that fail of one cause", "recover -A --cause foreign-fields -y"),
            new Example("after an interruption", "recover --resume 20260101-030405-abcd")));
  }

  /// The options of every command that carries a plan out.
  ///
  /// @param what those that say what to do
  static List<Section> sections(List<Option> what) {
    return List.of(
        new Section("What", what),
        new Section(
            "How",
            List.of(
                Option.flag("show the plan and have the API server check every write", "--dry-run"),
                Option.flag("do not ask before steps that destroy nothing", "-y", "--yes"),
                Option.value(
                        "KIND/NS/NAME",
                        "allow the destructive step on this object; may be repeated",
                        Completing.nothing(),
                        "--approve")
                    .repeatable(),
                Option.value(
                        "KIND/NS/NAME",
                        "accept that this object's data is lost; may be repeated",
                        Completing.nothing(),
                        "--accept-loss")
                    .repeatable(),
                Option.value(
                    "DURATION",
                    "stop after this time; what was begun can be resumed",
                    Completing.nothing(),
                    "--timeout"),
                Option.value(
                    "ID", "go on with an interrupted recovery", Completing.nothing(), "--resume"),
                Option.value(
                    "ID",
                    "take back what an interrupted recovery left for a time",
                    Completing.nothing(),
                    "--abort"))),
        Options.clusterToAct(),
        new Section("Output", List.of(Options.catalog())),
        Options.general());
  }

  /// The one release that was named, wherever it is.
  static ReleaseRef release(
      Arguments arguments, Session session, Backend.Cluster cluster, Diagnoser diagnoser) {
    Target target = Target.of(arguments, cluster.namespace());
    if (!target.single()) {
      throw new CommandException(
          target.names().isEmpty() ? "no release was named" : "more than one release was named",
          null,
          "name one: " + Hints.of(arguments).list() + " lists them");
    }
    Target.Name name = target.names().getFirst();
    if (name.namespace().isPresent()) {
      return new ReleaseRef(name.namespace().get(), name.name());
    }
    try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      return Recovering.only(
          Survey.take(cluster, diagnoser, target, Hints.of(arguments), progress));
    }
  }

  @Override
  public int run(Arguments arguments, Session session) {
    return run(arguments, session, Recovering.wishes(arguments));
  }

  /// The same for a command that knows what it wants.
  static int run(Arguments arguments, Session session, Wishes wishes) {
    Backend.Recoveries recoveries = session.backend().recoveries(session.env());
    Optional<String> resume = arguments.text("--resume");
    Optional<String> abort = arguments.text("--abort");
    Diagnoser diagnoser = Diagnosing.diagnoser(arguments, session);
    try (Backend.Cluster cluster =
        session.backend().open(Options.sourceToAct(arguments), session.env())) {
      if (resume.isPresent() || abort.isPresent()) {
        Journal journal = recoveries.read(resume.or(() -> abort).orElseThrow());
        return goOn(
            arguments, session, cluster, diagnoser, recoveries, journal, wishes, abort.isPresent());
      }
      if (arguments.words().isEmpty()) {
        cluster.acting();
        refuseWithoutChoice(arguments);
        return new RecoverSet(arguments, session, cluster, diagnoser, recoveries, wishes)
            .run(Target.of(arguments, cluster.namespace()));
      }
      return begin(arguments, session, cluster, diagnoser, recoveries, wishes);
    }
  }

  private static int goOn(
      Arguments arguments,
      Session session,
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Backend.Recoveries recoveries,
      Journal journal,
      Wishes wishes,
      boolean abort) {
    if (journal.closed().isPresent() && !abort) {
      throw new CommandException(
          "recovery " + journal.id() + " is over: " + journal.closed().get().verdict(),
          journal.closed().get().why(),
          "begin a new one: " + Hints.of(arguments).recover(journal.plan().release().path()));
    }
    if (!journal.opened().context().equals(cluster.title())) {
      throw new Refusal(
          "recovery " + journal.id() + " is of another cluster",
          "it was begun on " + journal.opened().context() + ", and this is " + cluster.title(),
          "choose that cluster with --context");
    }
    try (Backend.Lock _ = recoveries.lock(journal.id())) {
      Evidence evidence;
      Optional<Diagnosis> diagnosis;
      List<Diagnosis> before;
      try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
        Recovering.Look look =
            Recovering.look(cluster, diagnoser, journal.plan().release(), Set.of(), progress);
        evidence = look.evidence();
        diagnosis = Optional.of(look.diagnosis());
        before = look.all();
      } catch (Recovering.NoRelease e) {
        // deleted on purpose in the middle of the plan
        ClusterReader reader = cluster.reader();
        evidence = Evidence.of(reader.takenAt(), reader.ask(Recovery.needs(journal)));
        diagnosis = Optional.empty();
        before = List.of();
      }
      RecoveryLoop loop =
          new RecoveryLoop(
              new RecoveryLoop.Tools(
                  session.masking(cluster.mask(evidence)),
                  arguments,
                  cluster,
                  diagnoser,
                  recoveries,
                  performer(arguments, session, cluster, recoveries, evidence),
                  before,
                  diagnosis,
                  wishes),
              journal);
      return interruptible(session, loop, abort ? loop::abort : loop::resume);
    }
  }

  /// Ctrl-C tells what is left; after the end it changes nothing any more.
  private static int interruptible(Session session, RecoveryLoop loop, IntSupplier work) {
    AtomicReference<Optional<Integer>> ended = new AtomicReference<>(Optional.empty());
    session.onInterrupt().accept(() -> ended.get().orElseGet(loop::interrupted));
    int code = ExitCode.ERROR;
    try {
      code = work.getAsInt();
      return code;
    } catch (Refusal e) {
      code = ExitCode.REFUSED;
      throw e;
    } finally {
      ended.set(Optional.of(code));
    }
  }

  /// Begins a recovery: from here on it is in the journal.
  ///
  /// @param single whether it is the only one of this run, so that Ctrl-C is about it
  static int carryOut(
      boolean single,
      Arguments arguments,
      Session session,
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Backend.Recoveries recoveries,
      Wishes wishes,
      Recovering.Look look,
      Plan plan) {
    String id = wishes.recovery();
    try (Backend.Lock _ = recoveries.lock(id)) {
      Journal journal =
          Journal.open(new Entry.Opened(Instant.now(), id, who(session), cluster.title(), plan));
      recoveries.append(id, journal.opened());
      session.tell("Recovery " + id + " (journal and backups in " + recoveries.place() + ")");
      RecoveryLoop loop =
          new RecoveryLoop(
              new RecoveryLoop.Tools(
                  session.masking(cluster.mask(look.evidence())),
                  arguments,
                  cluster,
                  diagnoser,
                  recoveries,
                  performer(arguments, session, cluster, recoveries, look.evidence()),
                  look.all(),
                  Optional.of(look.diagnosis()),
                  wishes),
              journal);
      return single ? interruptible(session, loop, loop::run) : loop.run();
    }
  }

  private static Performer performer(
      Arguments arguments,
      Session session,
      Backend.Cluster cluster,
      Backend.Recoveries recoveries,
      Evidence evidence) {
    Backend.Acting acting = cluster.acting();
    return new Performer(
        acting.writer(),
        acting.helm(),
        recoveries.backups(),
        session.backend().git(arguments.path("--repo"), evidence));
  }

  private static int begin(
      Arguments arguments,
      Session session,
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Backend.Recoveries recoveries,
      Wishes asked) {
    cluster.acting(); // a snapshot refuses here, before anything is read
    ReleaseRef release = release(arguments, session, cluster, diagnoser);
    String id = newId();
    Wishes wishes = asked.forRecovery(id);
    Recovering.Look look;
    try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      look = Recovering.forPlan(cluster, diagnoser, release, wishes, progress);
    }
    Session masked = session.masking(cluster.mask(look.evidence()));
    Plan plan;
    switch (Planner.plan(look.evidence(), look.diagnosis(), wishes)) {
      case Planner.Planned.Made(var made) -> plan = made;
      case Planner.Planned.Unneeded(var why) -> {
        masked.tell("Nothing has to be done about " + release.path() + ": " + why);
        return ExitCode.CLEAN;
      }
      case Planner.Planned.Elsewhere(var root, var why) ->
          throw new Refusal(
              release.path() + " cannot be recovered by itself",
              why,
              "recover that one: " + Hints.of(arguments).recover(root.path()));
      case Planner.Planned.Refused(var why, var next, var considered) -> {
        for (Considered c : considered) {
          masked.tell("Not taken: " + c.title() + ": " + c.why());
        }
        throw new Refusal("there is no safe plan for " + release.path(), why, next);
      }
    }
    PlanText.print(masked.page(arguments), plan);
    masked.page(arguments).blank();
    masked.out().flush();
    if (arguments.flag("--dry-run")) {
      return dryRun(arguments, masked, cluster, recoveries, look, plan, id);
    }
    refuseUnready(arguments, cluster, look, plan);
    showEdits(masked, performer(arguments, masked, cluster, recoveries, look.evidence()), plan);
    if (!arguments.flag("--yes") && !confirmed(masked)) {
      throw new Refusal(
          "nothing was done",
          "the plan was not confirmed",
          "answer 'yes' on a terminal, or add --yes");
    }
    refuseUnapproved(arguments, masked, plan);
    return carryOut(true, arguments, masked, cluster, diagnoser, recoveries, wishes, look, plan);
  }

  /// What would stop the plan half-way is found before it begins.
  static void refuseUnready(
      Arguments arguments, Backend.Cluster cluster, Recovering.Look look, Plan plan) {
    look.evidence()
        .find(plan.release().object())
        .flatMap(r -> Claim.of(r, look.evidence().takenAt()))
        .ifPresent(
            claim -> {
              throw new Refusal(
                  "nothing was done: somebody is at work on " + plan.release().path(),
                  claim.says(),
                  "let it end; if it was interrupted, on the machine where it was begun: "
                      + Hints.of(arguments).recover("--resume " + claim.recovery())
                      + ", or --abort");
            });
    boolean helm =
        plan.steps().stream()
            .map(Step::effect)
            .anyMatch(e -> e instanceof Effect.HelmRollback || e instanceof Effect.HelmUninstall);
    if (helm) {
      cluster
          .acting()
          .helm()
          .missing()
          .ifPresent(
              why -> {
                throw new Refusal(
                    "nothing was done: the plan needs helm",
                    why,
                    "install helm, or set REFLOAT_HELM to its path");
              });
    }
  }

  /// Shows what the commits of a plan would change. One that cannot be made is found here, before
  /// anything is begun.
  static void showEdits(Session session, Performer performer, Plan plan) {
    for (Step step : plan.steps()) {
      if (step.effect() instanceof Effect.Edit edit) {
        switch (performer.perform(edit, checking("", session))) {
          case Performer.Outcome.Done(var diff) ->
              session.edge().lines(diff).forEach(session.out()::println);
          case Performer.Outcome.Blocked(var why) -> throw unmade(why);
          case Performer.Outcome.NotDone(var why) -> throw unmade(why);
          case Performer.Outcome.Failed(var why) -> throw unmade(why);
        }
      }
    }
    session.out().flush();
  }

  private static Refusal unmade(String why) {
    return new Refusal(
        "the fix in Git cannot be made",
        why,
        "mend that, or leave --repo out: then the plan says what to change by hand");
  }

  /// A setting in which everything is only checked.
  private static Performer.Setting checking(String id, Session session) {
    return new Performer.Setting(id, id + ".dry-run", who(session), Instant.now(), true);
  }

  /// Forgetting the name must not mean everything.
  private static void refuseWithoutChoice(Arguments arguments) {
    if (!arguments.flag("--all-namespaces")
        && arguments.text("--selector").isEmpty()
        && arguments.text("--cause").isEmpty()) {
      throw new CommandException(
          "no release was named",
          null,
          "name one, or choose many with --cause, -l or -A: "
              + Hints.of(arguments).list()
              + " lists them");
    }
  }

  /// The objects that plans remove and that no `--approve` names.
  static List<String> unapproved(Arguments arguments, List<Plan> plans) {
    Approvals given = new Approvals(Set.copyOf(arguments.texts("--approve")));
    return plans.stream()
        .flatMap(p -> p.approvals().stream())
        .filter(o -> !given.cover(o))
        .map(Approvals::word)
        .distinct()
        .toList();
  }

  /// Without a terminal nobody can approve later: better nothing is begun.
  private static void refuseUnapproved(Arguments arguments, Session session, Plan plan) {
    if (session.terminal().outIsTerminal() && session.terminal().errIsTerminal()) {
      return;
    }
    List<String> missing = unapproved(arguments, List.of(plan));
    if (!missing.isEmpty()) {
      throw new Refusal(
          "nothing was done: the plan needs approvals that name objects",
          "it removes " + String.join(", ", missing) + "; --yes does not cover that",
          "add --approve " + String.join(" --approve ", missing));
    }
  }

  /// Has the API server check every write of the plan, in order and without the ones before it.
  private static int dryRun(
      Arguments arguments,
      Session session,
      Backend.Cluster cluster,
      Backend.Recoveries recoveries,
      Recovering.Look look,
      Plan plan,
      String id) {
    Performer performer = performer(arguments, session, cluster, recoveries, look.evidence());
    boolean refused = false;
    for (Step step : plan.steps()) {
      switch (performer.perform(step.effect(), checking(id, session))) {
        case Performer.Outcome.Done(var diff) when step.effect() instanceof Effect.Edit -> {
          session.tell("dry run  ok       " + step.title() + ":");
          session.edge().lines(diff).forEach(session.out()::println);
          session.out().flush();
        }
        case Performer.Outcome.Done(var note) ->
            session.tell("dry run  ok       " + step.title() + (note.isEmpty() ? "" : ": " + note));
        case Performer.Outcome.NotDone(var why) -> {
          refused = true;
          session.tell("dry run  refused  " + step.title() + ": " + why);
        }
        case Performer.Outcome.Blocked(var why) -> {
          refused = true;
          session.tell("dry run  refused  " + step.title() + ": " + why);
        }
        case Performer.Outcome.Failed(var why) -> {
          refused = true;
          session.tell("dry run  refused  " + step.title() + ": " + why);
        }
      }
    }
    session.tell("Nothing was changed.");
    return refused ? ExitCode.STEP_FAILED : ExitCode.CLEAN;
  }

  static boolean confirmed(Session session) {
    if (!session.terminal().outIsTerminal() || !session.terminal().errIsTerminal()) {
      return false;
    }
    return RecoveryLoop.answer(session, "Carry it out? Only 'yes' does: ").equals("yes");
  }

  static String newId() {
    SecureRandom random = new SecureRandom();
    StringBuilder id = new StringBuilder(TIME.format(Instant.now())).append('-');
    for (int i = 0; i < SUFFIX; i++) {
      id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  static String who(Session session) {
    String user =
        session.env().getOrDefault("USER", session.env().getOrDefault("USERNAME", "unknown"));
    try {
      return user + "@" + InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return user;
    }
  }
}
