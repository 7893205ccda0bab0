package dev.refloat.adapter.catalog;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Confidence;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import dev.refloat.model.Times;
import dev.refloat.release.ReleaseRef;
import dev.refloat.release.ReleaseState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `cases/*.yaml`.
final class CaseReader {
  static final List<String> CASE_FIELDS =
      List.of(
          "about",
          "snapshot",
          "objects",
          "logs",
          "records",
          "chart-versions",
          "image-tags",
          "taken-at",
          "release",
          "expect");
  static final List<String> EXPECT_FIELDS =
      List.of(
          "cause",
          "variant",
          "confidence",
          "root",
          "state",
          "symptoms",
          "summary",
          "remedies",
          "plan");
  static final List<String> PLAN_FIELDS = List.of("remedy", "how", "approvals");
  static final List<String> HOW =
      Arrays.stream(CatalogCase.How.values()).map(CatalogCase.How::word).toList();
  static final List<String> RECORD_FIELDS =
      List.of(
          "name",
          "namespace",
          "version",
          "status",
          "description",
          "first-deployed",
          "last-deployed",
          "chart-name",
          "chart-version",
          "values",
          "manifest",
          "hooks");
  static final List<String> HOOK_FIELDS = List.of("object", "events", "phase");
  static final List<String> STATES =
      Arrays.stream(ReleaseState.values()).map(ReleaseState::word).toList();

  private static final int MAX_REVISION = 1_000_000;

  private final Problems problems;

  CaseReader(Problems problems) {
    this.problems = problems;
  }

  /// The case, or nothing when a problem was found.
  Optional<CatalogCase> read(String file, Located node) {
    int before = problems.count();
    FieldReader f = new FieldReader(node, "a case", problems, CASE_FIELDS);
    String about = f.text("about");
    Optional<String> snapshot = f.optionalText("snapshot");
    if (snapshot.isPresent() == f.has("objects")) {
      problems.add(f.place(), "a case has either 'snapshot' or 'objects'");
    }
    if (snapshot.isPresent()) {
      for (String inline : List.of("logs", "records", "taken-at")) {
        if (f.has(inline)) {
          problems.add(f.placeOf(inline), "'" + inline + "' comes from the snapshot");
        }
      }
    }
    List<Resource> objects = new ArrayList<>();
    f.items("objects").forEach(o -> resource(o).ifPresent(objects::add));
    List<HelmRecord> records = new ArrayList<>();
    f.items("records").forEach(r -> record(r).ifPresent(records::add));
    CatalogCase.Expectation expect =
        f.required("expect")
            .map(this::expectation)
            .orElse(
                new CatalogCase.Expectation(
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty()));
    CatalogCase read =
        new CatalogCase(
            file,
            about,
            snapshot,
            objects,
            logs(f),
            records,
            lists(f, "chart-versions"),
            lists(f, "image-tags"),
            time(f, "taken-at"),
            release(f),
            expect);
    return problems.count() == before ? Optional.of(read) : Optional.empty();
  }

  private CatalogCase.Expectation expectation(Located node) {
    FieldReader e = new FieldReader(node, "expect", problems, EXPECT_FIELDS);
    Optional<String> root = e.optionalText("root");
    if (root.isPresent() && !root.get().matches("\\S+ \\S+")) {
      problems.add(e.placeOf("root"), "a root is written 'Kind namespace/name'");
    }
    return new CatalogCase.Expectation(
        e.text("cause"),
        e.optionalText("variant"),
        e.word(
            "confidence",
            w -> Arrays.stream(Confidence.values()).filter(c -> c.word().equals(w)).findFirst(),
            RuleReader.CONFIDENCES),
        root,
        e.word("state", w -> STATES.contains(w) ? Optional.of(w) : Optional.empty(), STATES),
        List.copyOf(e.texts("symptoms").keySet()),
        e.optionalText("summary"),
        List.copyOf(e.texts("remedies").keySet()),
        e.node("plan").flatMap(this::plan));
  }

  private Optional<CatalogCase.ExpectedPlan> plan(Located node) {
    FieldReader p = new FieldReader(node, "plan", problems, PLAN_FIELDS);
    p.required("how");
    return p.word(
            "how",
            w ->
                Arrays.stream(CatalogCase.How.values()).filter(h -> h.word().equals(w)).findFirst(),
            HOW)
        .map(
            how ->
                new CatalogCase.ExpectedPlan(
                    p.optionalText("remedy"), how, List.copyOf(p.texts("approvals").keySet())));
  }

  private Optional<Resource> resource(Located node) {
    Json root = node.json();
    Resource r = Resource.of(root);
    if (r.ref().apiVersion().isEmpty() || r.kind().isEmpty() || r.name().isEmpty()) {
      problems.add(node.place(), "an object needs apiVersion, kind and metadata.name");
      return Optional.empty();
    }
    return Optional.of(r);
  }

  private Optional<HelmRecord> record(Located node) {
    FieldReader r = new FieldReader(node, "a record", problems, RECORD_FIELDS);
    String name = r.text("name");
    String namespace = r.text("namespace");
    r.required("version");
    int version = r.number("version", 1, MAX_REVISION).orElse(1);
    List<Resource> manifest = new ArrayList<>();
    r.items("manifest").forEach(o -> resource(o).ifPresent(manifest::add));
    List<HelmRecord.Hook> hooks = new ArrayList<>();
    for (Located item : r.items("hooks")) {
      FieldReader h = new FieldReader(item, "a hook", problems, HOOK_FIELDS);
      h.required("object")
          .flatMap(this::resource)
          .ifPresent(
              o ->
                  hooks.add(
                      new HelmRecord.Hook(
                          o,
                          List.copyOf(h.texts("events").keySet()),
                          h.optionalText("phase").orElse(""))));
    }
    return Optional.of(
        new HelmRecord(
            new ObjectRef("v1", "Secret", namespace, "sh.helm.release.v1." + name + ".v" + version),
            name,
            namespace,
            version,
            r.text("status"),
            r.optionalText("description").orElse(""),
            time(r, "first-deployed"),
            time(r, "last-deployed"),
            r.optionalText("chart-name").orElse("chart"),
            r.optionalText("chart-version").orElse("1.0.0"),
            r.node("values").map(Located::json).orElse(Json.emptyObject()),
            manifest,
            hooks));
  }

  private Map<String, String> logs(FieldReader f) {
    Map<String, String> logs = new LinkedHashMap<>();
    f.node("logs")
        .ifPresent(
            node -> {
              if (!(node instanceof Located.Fields m)) {
                problems.add(node.place(), "'logs' is a mapping from namespace/pod/container");
                return;
              }
              m.fields()
                  .forEach(
                      (path, field) -> {
                        if (!path.matches("[^/]+/[^/]+/[^/]+(/previous)?")) {
                          problems.add(
                              field.key(),
                              "a log is named namespace/pod/container[/previous], not '"
                                  + path
                                  + "'");
                        } else if (field.value() instanceof Located.Text t) {
                          logs.put(path, t.text());
                        } else {
                          problems.add(field.value().place(), "a log is a text");
                        }
                      });
            });
    return logs;
  }

  private Map<String, List<String>> lists(FieldReader f, String key) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    f.node(key)
        .ifPresent(
            node -> {
              if (!(node instanceof Located.Fields m)) {
                problems.add(node.place(), "'" + key + "' is a mapping to lists");
                return;
              }
              m.fields()
                  .forEach(
                      (name, field) ->
                          lists.put(
                              name, field.value().json().list().stream().map(Json::text).toList()));
            });
    return lists;
  }

  private Optional<Instant> time(FieldReader f, String key) {
    Optional<String> text = f.optionalText(key);
    Optional<Instant> time = text.flatMap(t -> Times.parse(new Json.Str(t)));
    if (text.isPresent() && time.isEmpty()) {
      problems.add(f.placeOf(key), "'" + text.get() + "' is no time such as 2026-11-23T09:00:00Z");
    }
    return time;
  }

  private Optional<ReleaseRef> release(FieldReader f) {
    return f.optionalText("release")
        .flatMap(
            text -> {
              int slash = text.indexOf('/');
              if (slash <= 0 || slash != text.lastIndexOf('/')) {
                problems.add(f.placeOf("release"), "a release is written namespace/name");
                return Optional.empty();
              }
              return Optional.of(
                  new ReleaseRef(text.substring(0, slash), text.substring(slash + 1)));
            });
  }
}
