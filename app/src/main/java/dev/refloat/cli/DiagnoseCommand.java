package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.diagnosis.CauseGroup;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.render.CauseTable;
import dev.refloat.render.DiagnosisTree;
import dev.refloat.render.Findings;
import dev.refloat.render.MarkdownReport;
import dev.refloat.render.Page;
import dev.refloat.render.ReleaseReport;
import dev.refloat.render.ReleaseRows;
import java.util.List;
import java.util.Optional;

/// `refloat diagnose`: from failing releases to their causes.
final class DiagnoseCommand implements Command {

  enum Format {
    TABLE,
    WIDE,
    JSON,
    YAML,
    MARKDOWN,
    NAME
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "diagnose",
        "[NAME | hr/NAME | NAMESPACE/NAME ...] [options]",
        "Names the cause of failing HelmReleases, with the evidence. One name gives everything about"
            + " that release; else one block for each cause, worst first.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        Options.ofReleases(
            List.of(Option.flag("healthy releases too", "--all"), Diagnosing.ENVIRONMENT),
            List.of(Options.output(Format.class), Options.WATCH, Options.NO_HEADERS)),
        List.of(
            new Example("the whole cluster", "diagnose -A"),
            new Example("one release in depth", "diagnose -n ai librechat"),
            new Example("for the incident ticket", "diagnose -n ai librechat -o markdown"),
            new Example("until it is repaired", "diagnose -n ai librechat -w"),
            new Example("a cluster on disk", "diagnose --from incident.tgz"),
            new Example("for scripts: exit code 1 and names", "diagnose -A -o name")));
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
          case MARKDOWN -> Following.Between.BLANK_LINE;
          case JSON, NAME -> Following.Between.NOTHING;
        },
        Survey::diagnoses,
        (masked, target, survey) -> print(arguments, masked, format, target, survey));
  }

  private static int print(
      Arguments arguments, Session session, Format format, Target target, Survey survey) {
    List<CauseGroup> groups = Diagnoser.group(survey.diagnoses());
    boolean all = arguments.flag("--all");
    boolean headers = !arguments.flag("--no-headers");
    Findings findings = new Findings(survey.diagnoses(), groups, target.where(), survey.unlisted());
    List<Diagnosis> listed =
        survey.diagnoses().stream().filter(d -> all || target.single() || !d.healthy()).toList();
    switch (format) {
      case TABLE -> {
        if (target.single()) {
          ReleaseReport.print(
              session.page(arguments), survey.diagnoses().getFirst(), survey.evidence().takenAt());
        } else if (headers) {
          CauseTable.print(session.page(arguments), findings, all);
          hint(session, arguments, findings);
        } else {
          ReleaseRows.print(session.page(arguments), findings, all, false, false);
        }
      }
      case WIDE ->
          ReleaseRows.print(
              session.page(arguments), findings, all || target.single(), true, headers);
      case JSON ->
          session
              .json()
              .document(
                  DiagnosisTree.head(survey.evidence().takenAt(), survey.diagnoses().size()),
                  DiagnosisTree.ITEMS,
                  listed.stream().map(DiagnosisTree::item).iterator());
      case YAML ->
          session
              .yaml()
              .document(
                  DiagnosisTree.head(survey.evidence().takenAt(), survey.diagnoses().size()),
                  DiagnosisTree.ITEMS,
                  listed.stream().map(DiagnosisTree::item).iterator());
      case MARKDOWN -> {
        MarkdownReport report = new MarkdownReport(session.page(arguments).unlimited());
        if (target.single()) {
          report.print(survey.diagnoses().getFirst(), survey.evidence().takenAt());
        } else {
          report.print(findings, survey.evidence().takenAt(), all);
        }
      }
      case NAME -> {
        Page page = session.page(arguments);
        listed.forEach(d -> page.line("helmrelease.helm.toolkit.fluxcd.io/" + d.release().name()));
      }
    }
    return groups.isEmpty() ? ExitCode.CLEAN : ExitCode.FINDINGS;
  }

  private static void hint(Session session, Arguments arguments, Findings findings) {
    if (findings.clean()) {
      return;
    }
    String release = findings.groups().getFirst().members().getFirst().release().path();
    session.hint("");
    session.hint("In depth: " + Hints.of(arguments).diagnose(release));
  }
}
