package dev.refloat.cli;

import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.diagnosis.Investigation;
import dev.refloat.diagnosis.Progress;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.plan.Planner;
import dev.refloat.plan.RunbookOption;
import dev.refloat.plan.Wishes;
import dev.refloat.port.ClusterReader;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What `plan`, `recover` and `validate` share: the release, its diagnosis, its plan.
final class Recovering {

  private Recovering() {}

  static final Option OPTION =
      Option.value(
          "OPTION",
          "one of the runbook's options: "
              + String.join(
                  ", ", Arrays.stream(RunbookOption.values()).map(RunbookOption::word).toList()),
          Completing.words(Arrays.stream(RunbookOption.values()).map(RunbookOption::word).toList()),
          "--option");
  static final Option REMEDY =
      Option.value(
          "ID",
          "one remedy of the cause, as diagnose lists them",
          Completing.nothing(),
          "--remedy");
  static final Option REVISION =
      Option.value("REVISION", "for a rollback: to this revision", Completing.nothing(), "--to");
  static final Option CLAIM =
      Option.value("NAME", "for a volume: this claim", Completing.nothing(), "--claim");
  static final Option SNAPSHOT =
      Option.value(
          "NAME",
          "for a volume: the new claim gets its data from this VolumeSnapshot",
          Completing.nothing(),
          "--restore-snapshot");
  static final Option REPO =
      Option.value(
          "DIR",
          "a working tree of the Git repository, for fixes in Git",
          Completing.of(Completing.What.DIRECTORIES),
          "--repo");

  /// What the options ask for.
  static Wishes wishes(Arguments arguments) {
    Optional<RunbookOption> option =
        arguments
            .text("--option")
            .map(
                word ->
                    RunbookOption.of(word)
                        .orElseThrow(
                            () ->
                                new CommandException(
                                    "there is no option '" + word + "'",
                                    null,
                                    "one of "
                                        + String.join(
                                            ", ",
                                            Arrays.stream(RunbookOption.values())
                                                .map(RunbookOption::word)
                                                .toList()))));
    Optional<Integer> revision =
        arguments
            .text("--to")
            .map(
                text -> {
                  if (!text.matches("[1-9]\\d{0,8}")) {
                    throw new CommandException(
                        "'" + text + "' is not a revision", null, "refloat history lists them");
                  }
                  return Integer.valueOf(text);
                });
    return new Wishes(
        option,
        arguments.text("--remedy"),
        revision,
        arguments.text("--claim"),
        arguments.text("--restore-snapshot"),
        arguments.path("--repo").isPresent(),
        Wishes.none().recovery());
  }

  /// A release that is not there.
  static final class NoRelease extends CommandException {
    private static final long serialVersionUID = 1L;

    NoRelease(ReleaseRef release, String cluster) {
      super(
          "there is no HelmRelease " + release.path() + " in " + cluster,
          null,
          "check the name and the namespace");
    }
  }

  /// One release, looked at in full.
  ///
  /// @param all the diagnoses of every release that was seen on the way
  record Look(Evidence evidence, Diagnosis diagnosis, List<Diagnosis> all) {}

  static Look look(
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      ReleaseRef release,
      Set<Inquiry> more,
      Progress progress) {
    ClusterReader reader = cluster.reader();
    Scope scope = Scope.release(release);
    Evidence evidence = new Investigation(diagnoser).collect(reader, scope, progress);
    Set<Inquiry> open = new java.util.HashSet<>(more);
    open.removeIf(evidence::asked);
    if (!open.isEmpty()) {
      evidence = evidence.plus(reader.ask(open));
    }
    List<Diagnosis> found = diagnoser.diagnose(evidence, scope);
    if (found.isEmpty()) {
      throw new NoRelease(release, cluster.title());
    }
    List<Diagnosis> all = diagnoser.diagnose(evidence, Scope.namespace(release.namespace()));
    return new Look(evidence, found.getFirst(), all);
  }

  /// The same, with what a plan needs to know.
  static Look forPlan(
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      ReleaseRef release,
      Wishes wishes,
      Progress progress) {
    Look look = look(cluster, diagnoser, release, Set.of(), progress);
    Evidence evidence = look.evidence();
    // names of records, the records, and the objects that only they name
    for (int i = 0; i < 4; i++) {
      Set<Inquiry> needs = Planner.needs(evidence, look.diagnosis(), wishes);
      if (needs.isEmpty()) {
        break;
      }
      evidence = evidence.plus(cluster.reader().ask(needs));
    }
    return new Look(evidence, look.diagnosis(), look.all());
  }

  /// The one release that was named.
  static ReleaseRef only(Survey survey) {
    return survey.diagnoses().getFirst().release();
  }
}
