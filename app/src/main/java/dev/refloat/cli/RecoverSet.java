package dev.refloat.cli;

import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Evidence;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.plan.Plan;
import dev.refloat.plan.Planner;
import dev.refloat.plan.Wishes;
import dev.refloat.release.ReleaseRef;
import dev.refloat.render.Span;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Recovers many releases: those that others wait for first, a few at a time, and no further after
/// some have failed. Releases that only wait are not touched: they go on by themselves.
final class RecoverSet {

  private static final int PARALLEL = 2;
  private static final int MOST_FAILURES = 3;
  private static final int MOST_AT_ONCE = 16;

  private final Arguments arguments;
  private final Session session;
  private final Backend.Cluster cluster;
  private final Diagnoser diagnoser;
  private final Backend.Recoveries recoveries;
  private final Wishes wishes;

  RecoverSet(
      Arguments arguments,
      Session session,
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Backend.Recoveries recoveries,
      Wishes wishes) {
    this.arguments = arguments;
    this.session = session;
    this.cluster = cluster;
    this.diagnoser = diagnoser;
    this.recoveries = recoveries;
    this.wishes = wishes;
  }

  /// One release that will be recovered.
  private record Planned(Recovering.Look look, Plan plan, String id) {
    ReleaseRef release() {
      return plan.release();
    }
  }

  int run(Target target) {
    Survey survey;
    try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      survey = Survey.take(cluster, diagnoser, target, Hints.of(arguments), progress);
    }
    Optional<String> cause = arguments.text("--cause");
    List<Diagnosis> sick =
        survey.diagnoses().stream()
            .filter(d -> !d.healthy())
            .filter(d -> cause.isEmpty() || d.cause().equals(cause.get()))
            .toList();
    if (sick.isEmpty()) {
      session.tell(
          "No failing release "
              + target.where()
              + cause.map(c -> " has the cause " + c).orElse("")
              + ".");
      return ExitCode.CLEAN;
    }
    List<Planned> plans = plans(ordered(sick, survey.evidence()));
    if (plans.isEmpty()) {
      throw new Refusal(
          "nothing was done",
          "no release can be recovered by itself",
          Hints.of(arguments).diagnose("-A") + " tells what each needs");
    }
    table(plans);
    List<String> missing =
        RecoverCommand.unapproved(arguments, plans.stream().map(Planned::plan).toList());
    if (!missing.isEmpty()) {
      throw new Refusal(
          "nothing was done: plans need approvals that name objects",
          "they remove " + String.join(", ", missing) + "; --yes does not cover that",
          "add --approve " + String.join(" --approve ", missing));
    }
    if (arguments.flag("--dry-run")) {
      session.tell("Nothing was changed.");
      return ExitCode.CLEAN;
    }
    if (!arguments.flag("--yes") && !RecoverCommand.confirmed(session)) {
      throw new Refusal(
          "nothing was done",
          "the plans were not confirmed",
          "answer 'yes' on a terminal, or add --yes");
    }
    return carryOut(plans);
  }

  /// Those that others wait for come first.
  private static List<Diagnosis> ordered(List<Diagnosis> sick, Evidence evidence) {
    Map<ReleaseRef, Diagnosis> byRelease = new LinkedHashMap<>();
    sick.forEach(d -> byRelease.put(d.release(), d));
    Map<ReleaseRef, Integer> depths = new HashMap<>();
    List<Diagnosis> sorted = new ArrayList<>(sick);
    sorted.sort(
        java.util.Comparator.comparingInt(
                (Diagnosis d) -> depth(d.release(), evidence, depths, new TreeSet<>()))
            .thenComparing(Diagnosis::release));
    return sorted;
  }

  private static int depth(
      ReleaseRef release,
      Evidence evidence,
      Map<ReleaseRef, Integer> depths,
      Set<ReleaseRef> above) {
    Integer known = depths.get(release);
    if (known != null) {
      return known;
    }
    int depth = 0;
    if (above.add(release)) {
      Optional<Resource> r = evidence.find(release.object());
      for (Json on : r.map(x -> x.spec("dependsOn").list()).orElse(List.of())) {
        ReleaseRef behind =
            new ReleaseRef(on.get("namespace").text(release.namespace()), on.get("name").text());
        depth = Math.max(depth, 1 + depth(behind, evidence, depths, above));
      }
      above.remove(release);
    }
    depths.put(release, depth);
    return depth;
  }

  private List<Planned> plans(List<Diagnosis> sick) {
    List<Planned> plans = new ArrayList<>();
    for (Diagnosis d : sick) {
      String id = RecoverCommand.newId();
      Wishes own = wishes.forRecovery(id);
      Recovering.Look look;
      try (ProgressLine progress =
          ProgressLine.start(session, "planning for " + d.release().path())) {
        look = Recovering.forPlan(cluster, diagnoser, d.release(), own, progress);
      }
      String path = d.release().path();
      switch (Planner.plan(look.evidence(), look.diagnosis(), own)) {
        case Planner.Planned.Made(var plan) -> {
          if (plan.automatic()) {
            plans.add(new Planned(look, plan, id));
          } else {
            session.tell("left out  " + path + ": a person has to act: " + plan.title());
          }
        }
        case Planner.Planned.Unneeded(var why) -> session.tell("left out  " + path + ": " + why);
        case Planner.Planned.Elsewhere(var _, var why) ->
            session.tell("only watched  " + path + ": " + why);
        case Planner.Planned.Refused(var why, var next, var _) ->
            session.tell("left out  " + path + ": " + why + "; " + next);
      }
    }
    return plans;
  }

  private void table(List<Planned> plans) {
    List<List<Span>> rows = new ArrayList<>();
    rows.add(
        List.of(Span.bold("RELEASE"), Span.bold("CAUSE"), Span.bold("RISK"), Span.bold("REMEDY")));
    for (Planned p : plans) {
      rows.add(
          List.of(
              Span.of(p.release().path()),
              Span.of(p.plan().cause()),
              Span.of(p.plan().risk().word()),
              Span.of(p.plan().title())));
    }
    session.page(arguments).columns("", 3, true, rows);
    session.out().flush();
  }

  private int carryOut(List<Planned> plans) {
    int parallel = number("--parallel", PARALLEL, MOST_AT_ONCE);
    int most = number("--max-failures", MOST_FAILURES, Integer.MAX_VALUE);
    Map<Planned, Integer> codes = new LinkedHashMap<>();
    int failures = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(parallel)) {
      List<Planned> waiting = new ArrayList<>(plans);
      Map<Planned, Future<Integer>> running = new LinkedHashMap<>();
      while (!running.isEmpty() || (!waiting.isEmpty() && failures < most)) {
        while (!waiting.isEmpty() && running.size() < parallel && failures < most) {
          Planned next = waiting.removeFirst();
          running.put(next, pool.submit(() -> one(next)));
        }
        Map.Entry<Planned, Future<Integer>> oldest = running.entrySet().iterator().next();
        Planned first = oldest.getKey();
        int code = result(oldest.getValue(), first);
        running.remove(first);
        codes.put(first, code);
        if (code != ExitCode.CLEAN) {
          failures++;
        }
      }
      waiting.forEach(
          p ->
              session.tell(
                  "not begun  " + p.release().path() + ": " + most + " recoveries failed before"));
    }
    long recovered = codes.values().stream().filter(c -> c == ExitCode.CLEAN).count();
    session.tell("");
    session.tell(recovered + " of " + plans.size() + " recovered.");
    return recovered == plans.size()
        ? ExitCode.CLEAN
        : codes.values().stream().max(Integer::compare).orElse(ExitCode.STEP_FAILED);
  }

  private int result(Future<Integer> running, Planned p) {
    try {
      return running.get();
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof CommandException c ? c.what() : String.valueOf(e.getCause());
      session.tell("[" + p.release().path() + "] " + why);
      return ExitCode.STEP_FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.STEP_FAILED;
    }
  }

  private int one(Planned p) {
    Session own = session.narrating(new Prefixed(session.err(), "[" + p.release().path() + "] "));
    RecoverCommand.refuseUnready(arguments, cluster, p.look(), p.plan());
    return RecoverCommand.carryOut(
        false,
        arguments,
        own,
        cluster,
        diagnoser,
        recoveries,
        wishes.forRecovery(p.id()),
        p.look(),
        p.plan());
  }

  private int number(String option, int otherwise, int most) {
    return arguments
        .text(option)
        .map(
            text -> {
              if (!text.matches("[1-9]\\d{0,3}") || Integer.parseInt(text) > most) {
                throw new CommandException(
                    "option " + option + " does not understand '" + text + "'",
                    null,
                    "it takes a number from 1");
              }
              return Integer.parseInt(text);
            })
        .orElse(otherwise);
  }

  /// Tells which of several recoveries a line is about.
  private static final class Prefixed extends PrintStream {
    private final PrintStream target;
    private final String prefix;

    Prefixed(PrintStream target, String prefix) {
      super(target, true);
      this.target = target;
      this.prefix = prefix;
    }

    @Override
    public void println(String line) {
      target.println(prefix + line);
    }
  }
}
