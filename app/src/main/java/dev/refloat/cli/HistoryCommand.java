package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.diagnosis.Diagnoser;
import dev.refloat.evidence.Evidence;
import dev.refloat.evidence.HelmRecord;
import dev.refloat.evidence.Inquiry;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.ActionTimes;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseView;
import dev.refloat.render.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `refloat history`: the revisions that Helm keeps, how long they took and what changed.
final class HistoryCommand implements Command {

  enum Format {
    TABLE,
    JSON,
    YAML
  }

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "history",
        "NAME [options]",
        "Lists the revisions of a release as Helm keeps them: chart, status, duration, and what"
            + " changed against the revision before. Values are compared by their paths, never shown.",
        Optional.of(Completing.of(Completing.What.RELEASES)),
        List.of(
            new Section("What", List.of(Options.NAMESPACE)),
            Options.cluster(),
            new Section("Output", List.of(Options.output(Format.class))),
            Options.general()),
        List.of(
            new Example("what happened to it?", "history -n shop web"),
            new Example("then return to one that worked", "rollback -n shop web --to 7")));
  }

  /// One revision.
  private record Row(
      int revision, String when, String status, String chart, String took, String changed) {}

  @Override
  public int run(Arguments arguments, Session session) {
    Format format = arguments.choice("--output", Format.class, Format.TABLE);
    Diagnoser diagnoser = new Diagnoser(session.backend().knowledge(Optional.empty()).rules());
    try (Backend.Cluster cluster =
        session.backend().open(Options.source(arguments), session.env())) {
      ReleaseRef release = RecoverCommand.release(arguments, session, cluster, diagnoser);
      Evidence evidence;
      ReleaseView view;
      try (ProgressLine progress = ProgressLine.start(session, "reading " + cluster.title())) {
        evidence = Recovering.look(cluster, diagnoser, release, Set.of(), progress).evidence();
        view =
            ReleaseView.of(
                evidence
                    .find(release.object())
                    .orElseThrow(
                        () ->
                            new CommandException(
                                "there is no HelmRelease " + release.path(), null, null)),
                evidence);
        evidence =
            evidence.plus(
                cluster
                    .reader()
                    .ask(
                        Set.of(
                            new Inquiry.HelmRecordNames(
                                view.storageNamespace(), view.storageName()))));
        Set<Inquiry> records = new LinkedHashSet<>();
        evidence
            .recordNames(view.storageNamespace(), view.storageName())
            .forEach(r -> records.add(new Inquiry.HelmRecordNamed(r.namespace(), r.name())));
        evidence = evidence.plus(cluster.reader().ask(records));
      }
      List<Row> rows = rows(view, evidence);
      if (rows.isEmpty()) {
        session.tell("Helm keeps no revision of " + release.path() + ".");
        return ExitCode.CLEAN;
      }
      print(arguments, session.masking(cluster.mask(evidence)), format, release, rows);
      return ExitCode.CLEAN;
    }
  }

  private static List<Row> rows(ReleaseView view, Evidence evidence) {
    List<Resource> secrets = evidence.recordNames(view.storageNamespace(), view.storageName());
    Map<Integer, Duration> took = new HashMap<>();
    ActionTimes.of(view.resource(), secrets, List.of())
        .samples()
        .forEach(s -> took.put(s.revision(), s.took()));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < secrets.size(); i++) {
      Resource secret = secrets.get(i);
      int revision = (int) Json.from(secret.label("version").orElse("0")).integer(0);
      Optional<HelmRecord> record = evidence.record(secret.namespace(), secret.name());
      Optional<HelmRecord> before =
          i + 1 < secrets.size()
              ? evidence.record(secrets.get(i + 1).namespace(), secrets.get(i + 1).name())
              : Optional.empty();
      rows.add(
          new Row(
              revision,
              record
                  .flatMap(HelmRecord::lastDeployed)
                  .or(secret::created)
                  .map(Object::toString)
                  .orElse(""),
              record.map(HelmRecord::status).orElse(secret.label("status").orElse("")),
              record.map(r -> r.chartName() + "-" + r.chartVersion()).orElse("not readable"),
              Optional.ofNullable(took.get(revision)).map(Times::display).orElse(""),
              record.map(r -> changed(r, before)).orElse("")));
    }
    return rows;
  }

  private static String changed(HelmRecord now, Optional<HelmRecord> before) {
    if (before.isEmpty()) {
      return now.description();
    }
    List<String> what = new ArrayList<>();
    if (!now.chartVersion().equals(before.get().chartVersion())) {
      what.add("chart " + before.get().chartVersion() + " -> " + now.chartVersion());
    }
    Set<String> paths = new TreeSet<>();
    compare("", before.get().values(), now.values(), paths);
    if (!paths.isEmpty()) {
      what.add("values " + String.join(", ", paths));
    }
    String description = now.description();
    what.add(description);
    return String.join("; ", what.stream().filter(w -> !w.isEmpty()).toList());
  }

  /// The paths of values that differ.
  private static void compare(String at, Json before, Json now, Set<String> paths) {
    if (before instanceof Json.Obj b && now instanceof Json.Obj n) {
      Set<String> keys = new TreeSet<>(b.keys());
      keys.addAll(n.keys());
      for (String key : keys) {
        compare(at.isEmpty() ? key : at + "." + key, b.get(key), n.get(key), paths);
      }
    } else if (!before.equals(now) && (before.exists() || now.exists())) {
      paths.add(at.isEmpty() ? "(all)" : at);
    }
  }

  private static void print(
      Arguments arguments, Session session, Format format, ReleaseRef release, List<Row> rows) {
    switch (format) {
      case TABLE -> {
        List<List<Span>> table = new ArrayList<>();
        table.add(
            List.of(
                Span.bold("REVISION"),
                Span.bold("UPDATED"),
                Span.bold("STATUS"),
                Span.bold("CHART"),
                Span.bold("TOOK"),
                Span.bold("WHAT CHANGED")));
        for (Row r : rows) {
          table.add(
              List.of(
                  Span.of(Integer.toString(r.revision())),
                  Span.of(r.when()),
                  Span.of(r.status()),
                  Span.of(r.chart()),
                  Span.of(r.took()),
                  Span.of(r.changed())));
        }
        session.page(arguments).columns("", 3, true, table);
      }
      case JSON ->
          session
              .json()
              .document(head(release), "items", rows.stream().map(HistoryCommand::item).iterator());
      case YAML ->
          session
              .yaml()
              .document(head(release), "items", rows.stream().map(HistoryCommand::item).iterator());
    }
  }

  private static Json.Obj head(ReleaseRef release) {
    return Json.builder()
        .put("apiVersion", "refloat.dev/v1")
        .put("kind", "RevisionList")
        .put(
            "release",
            Json.builder()
                .put("namespace", release.namespace())
                .put("name", release.name())
                .build())
        .build();
  }

  private static Json.Obj item(Row r) {
    return Json.builder()
        .put("revision", r.revision())
        .put("updated", r.when())
        .put("status", r.status())
        .put("chart", r.chart())
        .put("took", r.took())
        .put("changed", r.changed())
        .build();
  }
}
