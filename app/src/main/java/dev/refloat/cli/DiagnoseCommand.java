package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.diagnosis.CauseGroup;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.diagnosis.Diagnosis;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.render.CauseTable;
import dev.refloat.render.DiagnosisTree;
import dev.refloat.render.Findings;
import dev.refloat.render.MarkdownReport;
import dev.refloat.render.Page;
import dev.refloat.render.ReleaseRows;
import dev.refloat.render.ReleaseView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

  /// How often a watched cluster is asked whether a release changed, and after how many such looks
  /// everything is read again, because pods change without their release.
  private static final long LOOK_MILLIS = 2000;

  private static final int LOOKS_BETWEEN_READS = 8;

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
          : print(arguments, session, format, target, survey(session, cluster, diagnoser, target));
    }
  }

  private static Survey survey(
      Session session, Backend.Cluster cluster, Diagnoser diagnoser, Target target) {
    try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      return Survey.take(cluster, diagnoser, target, session.program(), progress);
    }
  }

  private static int print(
      Arguments arguments, Session session, Format format, Target target, Survey survey) {
    List<CauseGroup> groups = Diagnoser.group(survey.diagnoses());
    boolean all = arguments.flag("--all");
    boolean headers = !arguments.flag("--no-headers");
    Findings findings =
        new Findings(survey.diagnoses(), groups, target.where(), survey.evidence().blindSpots());
    List<Diagnosis> listed =
        survey.diagnoses().stream().filter(d -> all || target.single() || !d.healthy()).toList();
    switch (format) {
      case TABLE -> {
        if (target.single()) {
          ReleaseView.print(
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
    String from = arguments.text("--from").map(f -> "--from " + f + " ").orElse("");
    session.hint("");
    session.hint("In depth: " + session.program() + " diagnose " + from + release);
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
    List<Diagnosis> shown = List.of();
    boolean first = true;
    while (!session.out().checkError()) {
      Set<String> versions = versions(cluster, target);
      Survey survey = survey(session, cluster, diagnoser, target);
      if (first || !survey.diagnoses().equals(shown)) {
        shown = survey.diagnoses();
        if (session.terminal().outIsTerminal()
            && (format == Format.TABLE || format == Format.WIDE)) {
          // Home, then clear: what scrolled away stays readable above.
          session.out().print("\u001b[H\u001b[2J");
        } else if (!first && (format == Format.TABLE || format == Format.WIDE)) {
          session.out().println();
        }
        if (format == Format.YAML && !first) {
          session.out().println("---");
        }
        code.set(print(arguments, session, format, target, survey));
        session.out().flush();
        first = false;
      }
      try {
        int looks = 0;
        do {
          Thread.sleep(LOOK_MILLIS);
          looks++;
        } while (looks < LOOKS_BETWEEN_READS && versions(cluster, target).equals(versions));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return code.get();
      }
    }
    return code.get();
  }

  /// The versions of the releases: one cheap list tells whether anything happened.
  private static Set<String> versions(Backend.Cluster cluster, Target target) {
    Inquiry list = new Inquiry.ListOf(Kind.HELM_RELEASE, target.scope().namespace().orElse(""));
    Set<String> versions = new TreeSet<>();
    if (cluster.reader().ask(Set.of(list)).get(list)
        instanceof Observation.Seen<Answer>(Answer.Objects(var items))) {
      items.forEach(r -> versions.add(r.uid() + "@" + r.meta("resourceVersion").text()));
    }
    return versions;
  }
}
