package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.model.Resource;
import dev.refloat.render.Page;
import dev.refloat.render.ReleaseList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `refloat get`: the list of releases as flux prints it, with the cause.
final class GetCommand implements Command {

  enum Format {
    TABLE,
    WIDE,
    JSON,
    YAML,
    NAME
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "get",
        "[NAME ...] [options]",
        "Lists HelmReleases with the columns of 'flux get helmreleases', then the cause.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        List.of(
            new Section(
                "Which releases",
                List.of(Options.NAMESPACE, Options.ALL_NAMESPACES, Options.SELECTOR)),
            Options.cluster(),
            new Section(
                "Output",
                List.of(
                    Options.output(Format.class),
                    Option.flag("rows only", "--no-headers").alsoAs("--no-header"),
                    Options.catalog())),
            Options.general()),
        List.of(
            new Example("the whole cluster", "get -A"),
            new Example("names of the releases of a snapshot", "get --from incident.tgz -o name")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Format format = arguments.choice("--output", Format.class, Format.TABLE);
    ClusterSource source = Options.source(arguments);
    Diagnoser diagnoser =
        new Diagnoser(session.backend().knowledge(arguments.path("--catalog")).rules());
    try (Backend.Cluster cluster = session.backend().open(source, session.env())) {
      Target target = Target.of(arguments, cluster.namespace());
      Survey survey = survey(arguments, session, cluster, diagnoser, target);
      print(arguments, session.masking(cluster.mask(survey.evidence())), format, target, survey);
      return survey.diagnoses().stream().allMatch(Diagnosis::healthy)
          ? ExitCode.CLEAN
          : ExitCode.FINDINGS;
    }
  }

  private static Survey survey(
      Arguments arguments,
      Session session,
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Target target) {
    try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      return Survey.take(cluster, diagnoser, target, Hints.of(arguments), progress);
    }
  }

  private static void print(
      Arguments arguments, Session session, Format format, Target target, Survey survey) {
    List<ReleaseList.Row> rows = new ArrayList<>();
    for (Diagnosis d : survey.diagnoses()) {
      Optional<Resource> release = survey.evidence().find(d.release().object());
      release.ifPresent(r -> rows.add(ReleaseList.Row.of(r, d)));
    }
    switch (format) {
      case TABLE, WIDE -> {
        if (rows.isEmpty()) {
          session.tell("No HelmReleases " + target.where() + ".");
          return;
        }
        ReleaseList.print(
            session.page(arguments),
            rows,
            target.namespace().isEmpty() || target.names().size() > 1,
            format == Format.WIDE,
            !arguments.flag("--no-headers"));
      }
      case JSON ->
          session
              .json()
              .document(
                  ReleaseList.head(survey.evidence().takenAt()),
                  "items",
                  rows.stream().map(ReleaseList::item).iterator());
      case YAML ->
          session
              .yaml()
              .document(
                  ReleaseList.head(survey.evidence().takenAt()),
                  "items",
                  rows.stream().map(ReleaseList::item).iterator());
      case NAME -> {
        Page page = session.page(arguments);
        rows.forEach(r -> page.line("helmrelease.helm.toolkit.fluxcd.io/" + r.name()));
      }
    }
  }
}
