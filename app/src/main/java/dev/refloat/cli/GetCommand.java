package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
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
        Options.ofReleases(
            List.of(), List.of(Options.output(Format.class), Options.WATCH, Options.NO_HEADERS)),
        List.of(
            new Example("the whole cluster", "get -A"),
            new Example("and again when something changes", "get -A -w"),
            new Example("names of the releases of a snapshot", "get --from incident.tgz -o name")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Format format = arguments.choice("--output", Format.class, Format.TABLE);
    return Following.run(
        arguments,
        session,
        switch (format) {
          case TABLE, WIDE -> Following.Between.SCREEN;
          case YAML -> Following.Between.YAML_DOCUMENTS;
          case JSON, NAME -> Following.Between.NOTHING;
        },
        GetCommand::rows,
        (masked, target, survey) -> {
          print(arguments, masked, format, target, survey);
          return survey.diagnoses().stream().allMatch(Diagnosis::healthy)
              ? ExitCode.CLEAN
              : ExitCode.FINDINGS;
        });
  }

  private static List<ReleaseList.Row> rows(Survey survey) {
    List<ReleaseList.Row> rows = new ArrayList<>();
    for (Diagnosis d : survey.diagnoses()) {
      Optional<Resource> release = survey.evidence().find(d.release().object());
      release.ifPresent(r -> rows.add(ReleaseList.Row.of(r, d)));
    }
    return rows;
  }

  private static void print(
      Arguments arguments, Session session, Format format, Target target, Survey survey) {
    List<ReleaseList.Row> rows = rows(survey);
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
