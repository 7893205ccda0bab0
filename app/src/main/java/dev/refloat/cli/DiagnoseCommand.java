package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

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

  /// How long a watched cluster is not read again while no release changes.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "diagnose",
        "[NAME | hr/NAME | NAMESPACE/NAME ...] [options]",
        "Names the cause of failing HelmReleases, with the evidence. One name gives everything about"
            + " that release; else one block for each cause, worst first.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        List.of(
            new Section(
                "Which releases",
                List.of(
                    Options.NAMESPACE,
                    Options.ALL_NAMESPACES,
                    Options.SELECTOR,
                    Option.flag("healthy releases too", "--all"))),
            Options.cluster(),
            new Section(
                "Output",
                List.of(
                    Options.output(Format.class),
                    Option.flag("go on, and print again when something changed", "-w", "--watch"),
                    Option.flag("rows only", "--no-headers").alsoAs("--no-header"),
                    Options.catalog())),
            Options.general()),
        List.of(
            new Example("the whole cluster", "diagnose -A"),
            new Example("one release in depth", "diagnose -n ai librechat"),
            new Example("for the incident ticket", "diagnose -n ai librechat -o markdown"),
            new Example("a cluster on disk", "diagnose --from incident.tgz"),
            new Example("for scripts: exit code 1 and names", "diagnose -A -o name")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Format format = arguments.choice("--output", Format.class, Format.TABLE);
    ClusterSource source = Options.source(arguments);
    boolean watch = arguments.flag("--watch");
    if (watch && source instanceof ClusterSource.Snapshot) {
      throw new CommandException(
          "--watch and --from do not go together", "a snapshot does not change", null);
    }
    Diagnoser diagnoser =
        new Diagnoser(session.backend().knowledge(arguments.path("--catalog")).rules());
    try (Backend.Cluster cluster = session.backend().open(source, session.env())) {
      Target target = Target.of(arguments, cluster.namespace());
      return watch
          ? watch(arguments, session, format, cluster, diagnoser, target)
          : print(
              arguments,
              session,
              format,
              cluster,
              target,
              survey(arguments, session, cluster, diagnoser, target));
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

  private static int print(
      Arguments arguments,
      Session surroundings,
      Format format,
      Backend.Cluster cluster,
      Target target,
      Survey survey) {
    Session session = surroundings.masking(cluster.mask(survey.evidence()));
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

  private static int watch(
      Arguments arguments,
      Session session,
      Format format,
      Backend.Cluster cluster,
      Diagnoser diagnoser,
      Target target) {
    AtomicInteger code = new AtomicInteger(ExitCode.CLEAN);
    session.onInterrupt().accept(code::get);
    boolean text = format == Format.TABLE || format == Format.WIDE;
    List<Diagnosis> shown = List.of();
    boolean first = true;
    try (Backend.Changes changes = cluster.changes(target.scope().namespace())) {
      while (!session.out().checkError()) {
        Survey survey = survey(arguments, session, cluster, diagnoser, target);
        if (first || !survey.diagnoses().equals(shown)) {
          if (text && session.terminal().outIsTerminal()) {
            // Home, then clear.
            session.out().print("\u001b[H\u001b[2J");
          } else if (!first && format != Format.JSON && format != Format.NAME) {
            session.out().println(format == Format.YAML ? "---" : "");
          }
          code.set(print(arguments, session, format, cluster, target, survey));
          session.out().flush();
          shown = survey.diagnoses();
          first = false;
        }
        // Pods change without their release: after a while everything is read again all the same.
        changes.await(LONGEST_WAIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return code.get();
  }
}
