package dev.refloat.cli;

import dev.refloat.diagnosis.Diagnoser;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Looks at the releases that were asked for, once or, with `--watch`, whenever something changed:
/// what `diagnose` and `get` share.
final class Following {

  /// What stands between two looks.
  enum Between {
    /// For people: a terminal is cleared.
    SCREEN,
    BLANK_LINE,
    YAML_DOCUMENTS,
    /// Lines and JSON documents stand by themselves.
    NOTHING
  }

  /// Prints one look.
  @FunctionalInterface
  interface Printer {
    /// Prints it and says what the exit code is.
    int print(Session session, Target target, Survey survey);
  }

  /// How long a watched cluster is not read again while no release changes.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  /// `3m`, `2h15m`: ages grow while nothing happens.
  private static final Pattern AGE = Pattern.compile("\\b\\d+(?:ms|[dhms])(?:\\d+[hms])*\\b");

  private final Arguments arguments;
  private final Session session;
  private final Between between;
  private final Function<Survey, ?> content;
  private final Printer printer;

  private Following(
      Arguments arguments,
      Session session,
      Between between,
      Function<Survey, ?> content,
      Printer printer) {
    this.arguments = arguments;
    this.session = session;
    this.between = between;
    this.content = content;
    this.printer = printer;
  }

  /// @param content what the printer shows: two looks with the same are printed once
  static int run(
      Arguments arguments,
      Session session,
      Between between,
      Function<Survey, ?> content,
      Printer printer) {
    return new Following(arguments, session, between, content, printer).run();
  }

  private int run() {
    ClusterSource source = Options.source(arguments);
    boolean watch = arguments.flag("--watch");
    if (watch && source instanceof ClusterSource.Snapshot) {
      throw new CommandException(
          "--watch and --from do not go together", "a snapshot does not change", null);
    }
    try (Backend.Cluster cluster = session.backend().open(source, session.env())) {
      // the cluster first: its connection opens while the catalog is read
      Diagnoser diagnoser = Diagnosing.diagnoser(arguments, session);
      Target target = Target.of(arguments, cluster.namespace());
      return watch
          ? follow(cluster, diagnoser, target)
          : print(cluster, target, survey(cluster, diagnoser, target));
    }
  }

  private Survey survey(Backend.Cluster cluster, Diagnoser diagnoser, Target target) {
    try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      boolean shown = target.single() || arguments.flag("--all");
      Diagnoser.Detail healthy = shown ? Diagnoser.Detail.FULL : Diagnoser.Detail.BRIEF;
      return Survey.take(cluster, diagnoser, target, healthy, Hints.of(arguments), progress);
    }
  }

  private int print(Backend.Cluster cluster, Target target, Survey survey) {
    return printer.print(session.masking(cluster.mask(survey.evidence())), target, survey);
  }

  private int follow(Backend.Cluster cluster, Diagnoser diagnoser, Target target) {
    AtomicInteger code = new AtomicInteger(ExitCode.CLEAN);
    session.onInterrupt().accept(code::get);
    String shown = "";
    String trouble = "";
    try (Backend.Changes changes = cluster.changes(target.scope().namespace())) {
      while (!session.out().checkError()) {
        try {
          Survey survey = survey(cluster, diagnoser, target);
          trouble = "";
          String now = "of " + AGE.matcher(content.apply(survey).toString()).replaceAll("");
          if (!now.equals(shown)) {
            separate(shown.isEmpty());
            code.set(print(cluster, target, survey));
            session.out().flush();
            shown = now;
          }
        } catch (CommandException e) {
          // Who cannot begin has typed something wrong; what happens later may pass.
          if (shown.isEmpty()) {
            throw e;
          }
          String what = e.what() + e.because().map(b -> ": " + b).orElse("");
          if (!what.equals(trouble)) {
            session.tell("warning: " + what + "; still watching");
            trouble = what;
          }
        }
        // Pods change without their release: after a while everything is read again all the same.
        changes.await(LONGEST_WAIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return code.get();
  }

  private void separate(boolean first) {
    if (between == Between.SCREEN && session.terminal().outIsTerminal()) {
      // Home, then clear.
      session.out().print("\u001b[H\u001b[2J");
    } else if (!first) {
      switch (between) {
        case SCREEN, BLANK_LINE -> session.out().println();
        case YAML_DOCUMENTS -> session.out().println("---");
        case NOTHING -> {}
      }
    }
  }
}
