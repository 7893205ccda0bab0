package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.evidence.Answer;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.Inquiry;
import dev.refloat.evidence.Kind;
import dev.refloat.evidence.Observation;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Lessons;
import dev.refloat.lint.Settings;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.ReleaseView;
import dev.refloat.render.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `refloat learn`: keeps in the repository how long the actions of releases took and which chart
/// versions were Ready, so that the next change is judged by it.
final class LearnCommand implements Command {
  private static final Inquiry.ListOf RELEASES = new Inquiry.ListOf(Kind.HELM_RELEASE, "");
  private static final Inquiry.ListOf EVENTS = new Inquiry.ListOf(Kind.EVENT, "");

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "learn",
        "[PATH] [options]",
        "Reads how long the Helm actions of releases took and which chart versions became Ready,"
            + " and keeps it in .refloat/learnt.yaml of the repository at PATH (default: here). lint"
            + " and diagnose judge timeouts by it. Without --context or --from, the contexts of the"
            + " environments in .refloat.yaml are read.",
        Optional.of(Completing.of(Completing.What.DIRECTORIES)),
        List.of(
            new Section(
                "What",
                List.of(
                    Option.value(
                        "NAME",
                        "environment that the cluster is; else the one whose context it is",
                        Completing.nothing(),
                        "--environment"),
                    Option.flag("show what would be written, and write nothing", "--dry-run"))),
            Options.cluster(),
            Options.general()),
        List.of(
            new Example("all environments of .refloat.yaml", "learn"),
            new Example("one cluster", "learn --context prod-eu --environment prod"),
            new Example("from a snapshot", "learn --from prod.tgz --environment prod")));
  }

  /// One cluster to read.
  private record Lesson(String environment, ClusterSource source) {}

  @Override
  public int run(Arguments arguments, Session session) {
    if (arguments.words().size() > 1) {
      throw new CommandException("learn takes one path", null, session.program() + " learn .");
    }
    Path path = Arguments.path("path", arguments.words().stream().findFirst().orElse("."));
    Backend.Kept kept = session.backend().kept(path, Optional.empty(), Optional.empty());
    Learnt learnt = kept.learnt();
    List<Learnt.Environment> seen = new ArrayList<>();
    for (Lesson lesson : lessons(arguments, kept.settings())) {
      Learnt.Environment environment = read(lesson, session);
      seen.add(environment);
      learnt = learnt.with(environment);
    }
    print(session.page(arguments), seen, learnt);
    if (arguments.flag("--dry-run")) {
      session.tell("Nothing is written (--dry-run).");
    } else {
      session.tell("Wrote " + kept.write(learnt) + ". Commit it: lint judges by it.");
    }
    return ExitCode.CLEAN;
  }

  private static List<Lesson> lessons(Arguments arguments, Settings settings) {
    Optional<String> context = arguments.text("--context");
    Optional<String> named = arguments.text("--environment");
    if (context.isPresent() || arguments.path("--from").isPresent() || named.isPresent()) {
      String environment =
          named
              .or(() -> context.flatMap(c -> Diagnosing.environmentOf(c, settings)))
              .or(() -> context)
              .orElseThrow(
                  () ->
                      new CommandException(
                          "it is not known which environment this cluster is",
                          "a snapshot has no context",
                          "name it with --environment"));
      return List.of(new Lesson(environment, Options.source(arguments)));
    }
    List<Lesson> lessons = new ArrayList<>();
    for (Settings.Environment e : settings.environments()) {
      for (String c : e.contexts()) {
        lessons.add(
            new Lesson(
                e.name(),
                new ClusterSource.Live(
                    arguments.path("--kubeconfig"),
                    Optional.of(c),
                    arguments.text("--as"),
                    arguments.texts("--as-group"),
                    List.of(),
                    arguments.duration("--timeout").orElse(Options.TIMEOUT))));
      }
    }
    if (lessons.isEmpty()) {
      throw new CommandException(
          "there is no cluster to learn from",
          "no environment in .refloat.yaml has contexts",
          "declare them, or name one: refloat learn --context NAME --environment NAME");
    }
    return lessons;
  }

  private static Learnt.Environment read(Lesson lesson, Session session) {
    try (Backend.Cluster cluster = session.backend().open(lesson.source(), session.env());
        ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
      Evidence evidence =
          Evidence.of(cluster.reader().takenAt(), cluster.reader().ask(List.of(RELEASES, EVENTS)));
      if (evidence.answer(RELEASES).flatMap(Observation::seen).isEmpty()) {
        throw new CommandException(
            "cannot read HelmReleases from " + cluster.title(),
            evidence
                .answer(RELEASES)
                .map(a -> a instanceof Observation.Unreadable<Answer>(var why) ? why : "no Flux")
                .orElse("no answer"),
            "check the context and its rights: refloat permissions learn");
      }
      List<Resource> releases = evidence.all(Kind.HELM_RELEASE);
      evidence = evidence.plus(cluster.reader().ask(names(releases, evidence)));
      progress.asking(2, releases.size());
      evidence = evidence.plus(cluster.reader().ask(contents(releases, evidence)));
      List<Learnt.Release> learnt = new ArrayList<>();
      for (Resource release : releases) {
        Learnt.Release one = lesson(release, evidence);
        if (!one.actions().isEmpty()) {
          learnt.add(one);
        }
      }
      return new Learnt.Environment(lesson.environment(), evidence.takenAt(), learnt);
    }
  }

  private static Set<Inquiry> names(List<Resource> releases, Evidence evidence) {
    Set<Inquiry> names = new LinkedHashSet<>();
    for (Resource r : releases) {
      ReleaseView view = ReleaseView.of(r, evidence);
      if (!view.remote()) {
        names.add(new Inquiry.HelmRecordNames(view.storageNamespace(), view.storageName()));
      }
    }
    return names;
  }

  private static Set<Inquiry> contents(List<Resource> releases, Evidence evidence) {
    Set<Inquiry> contents = new LinkedHashSet<>();
    for (Resource r : releases) {
      Lessons.unclear(r, records(r, evidence))
          .forEach(s -> contents.add(new Inquiry.HelmRecordNamed(s.namespace(), s.name())));
    }
    return contents;
  }

  private static List<Resource> records(Resource release, Evidence evidence) {
    ReleaseView view = ReleaseView.of(release, evidence);
    return evidence.recordNames(view.storageNamespace(), view.storageName());
  }

  private static Learnt.Release lesson(Resource release, Evidence evidence) {
    List<Resource> events =
        evidence.eventsAbout(release.namespace(), release.name()).stream()
            .filter(e -> e.at("involvedObject", "kind").text().equals(release.kind()))
            .filter(e -> e.at("involvedObject", "name").text().equals(release.name()))
            .toList();
    return Lessons.of(
        release,
        records(release, evidence),
        events,
        secret -> evidence.record(secret.namespace(), secret.name()));
  }

  private static void print(
      dev.refloat.render.Page page, List<Learnt.Environment> seen, Learnt learnt) {
    List<List<Span>> rows = new ArrayList<>();
    rows.add(
        List.of(
            Span.bold("ENVIRONMENT"),
            Span.bold("RELEASE"),
            Span.bold("LONGEST"),
            Span.bold("SAMPLES"),
            Span.bold("TIMEOUT"),
            Span.bold("NEWEST READY")));
    for (Learnt.Environment e : seen) {
      for (Learnt.Release r : learnt.find(e.name()).orElse(e).releases()) {
        rows.add(
            List.of(
                Span.of(e.name()),
                Span.of(r.namespace() + "/" + r.name()),
                Span.of(r.longest().map(Times::display).orElse("")),
                Span.of(Integer.toString(r.samples())),
                Span.of(r.limit().map(Times::display).orElse("")),
                Span.of(
                    r.actions().stream()
                        .filter(a -> a.outcome() == Learnt.Outcome.READY)
                        .findFirst()
                        .map(Learnt.Action::chartVersion)
                        .orElse(""))));
      }
    }
    page.columns("", 3, false, rows);
  }
}
