package dev.refloat.adapter.rules;

import dev.refloat.adapter.json.Limits;
import dev.refloat.adapter.settings.LearntFile;
import dev.refloat.adapter.settings.SettingsFile;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlPatch;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Finding;
import dev.refloat.lint.Fix;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Past;
import dev.refloat.lint.Place;
import dev.refloat.lint.Report;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Settings;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/// A small repository that shows what a rule finds, or what it must not find.
///
/// In a folder: `expected.yaml`; `fixed/`, the changed files after all fixes; `base/`, the
/// repository before the change; `renderings.yaml`, what its charts render (see
/// [CaseRenderings]); `.refloat.yaml` and `.refloat/learnt.yaml`, what is declared and learnt;
/// everything else is the repository.
@NullMarked
record RuleCase(Path folder) {

  /// What `expected.yaml` says of one finding. What it does not say does not matter.
  record Expected(Json item) {
    boolean matches(Finding f) {
      return item.get("rule").text(f.rule()).equals(f.rule())
          && item.get("file").text().equals(f.place().file())
          && item.get("line").integer(-1) == f.place().line()
          && item.get("column").integer(f.place().column()) == f.place().column()
          && item.get("severity").text(f.severity().word()).equals(f.severity().word())
          && item.get("prevents").text().equals(f.prevents().orElse(""));
    }
  }

  static List<RuleCase> all(Path rule) throws IOException {
    Path cases = rule.resolve("cases");
    if (!Files.isDirectory(cases)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(cases)) {
      return folders.filter(Files::isDirectory).sorted().map(RuleCase::new).toList();
    }
  }

  String name() {
    return folder.getFileName().toString();
  }

  List<Expected> expected() throws IOException {
    Path file = folder.resolve("expected.yaml");
    return YamlTrees.read(file.toString(), Files.readString(file))
        .getFirst()
        .get("findings")
        .list()
        .stream()
        .map(Expected::new)
        .toList();
  }

  /// What the rule finds.
  List<Finding> findings(Check rule) throws IOException {
    return findings(rule, files());
  }

  List<Finding> findings(Check rule, Map<String, String> files) throws IOException {
    Path base = folder.resolve("base");
    Optional<Cluster> before =
        Files.isDirectory(base) ? Optional.of(cluster(read(base))) : Optional.empty();
    Report report = new Report(rule.info());
    CaseRenderings rendered = CaseRenderings.read(folder);
    CaseRenderings renderedBefore = CaseRenderings.read(base);
    rule.check(
        rendered.answered(
            new Scene(cluster(files), before, Map.of())
                .with(rendered.renderings(), renderedBefore.renderings(), rendered.images())
                .with(past(files))),
        report);
    return report.findings();
  }

  private static Past past(Map<String, String> files) {
    String settings = files.get(SettingsFile.NAME);
    String learnt = files.get(LearntFile.NAME);
    return Past.of(
        "",
        settings == null
            ? Settings.NONE
            : new SettingsFile(List.of())
                .read(SettingsFile.NAME, settings.getBytes(StandardCharsets.UTF_8)),
        learnt == null
            ? Learnt.NOTHING
            : LearntFile.read(LearntFile.NAME, learnt.getBytes(StandardCharsets.UTF_8)));
  }

  /// The repository's files by name.
  Map<String, String> files() throws IOException {
    return read(folder);
  }

  /// The files that `fixed/` holds.
  Map<String, String> fixed() throws IOException {
    Path fixed = folder.resolve("fixed");
    return Files.isDirectory(fixed) ? read(fixed) : Map.of();
  }

  private static Map<String, String> read(Path root) throws IOException {
    Map<String, String> out = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path p : walk.filter(Files::isRegularFile).sorted().toList()) {
        String name = root.relativize(p).toString().replace('\\', '/');
        if (!name.equals("expected.yaml")
            && !name.equals(CaseRenderings.FILE)
            && !name.startsWith("base/")
            && !name.startsWith("fixed/")) {
          out.put(name, Files.readString(p));
        }
      }
    }
    return out;
  }

  /// The files with the fixes made.
  static Map<String, String> apply(Map<String, String> files, List<Finding> findings)
      throws IOException {
    Map<String, String> out = new TreeMap<>(files);
    for (Finding f : findings) {
      if (f.fix().isPresent()) {
        apply(out, f.fix().get());
      }
    }
    return out;
  }

  private static void apply(Map<String, String> files, Fix fix) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      List<YamlNode> documents = YamlPatch.documents(file.getKey(), file.getValue());
      for (int i = 0; i < documents.size(); i++) {
        if (Resource.of(documents.get(i).json()).ref().sameObject(fix.object())) {
          file.setValue(YamlPatch.apply(file.getKey(), file.getValue(), i, fix.edits()));
          return;
        }
      }
    }
    throw new AssertionError("no document declares " + fix.object().display());
  }

  private static Cluster cluster(Map<String, String> files) throws IOException {
    List<Declared> objects = new ArrayList<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      for (YamlNode document : documents(file.getKey(), file.getValue())) {
        Resource object = Resource.of(document.json());
        if (!object.kind().isEmpty()) {
          objects.add(
              new Declared(
                  object,
                  path -> place(file.getKey(), document, path),
                  by(object),
                  object.root().get("sops").exists()));
        }
      }
    }
    return new Cluster("", objects, true);
  }

  private static List<YamlNode> documents(String name, String text) throws IOException {
    try (InputStream in = new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
      return YamlTrees.nodes(name, in, Limits.DOCUMENT, YamlTrees.Duplicates.LAST_WINS);
    }
  }

  private static Optional<ObjectRef> by(Resource object) {
    return object
        .label("kustomize.toolkit.fluxcd.io/name")
        .map(
            name ->
                new ObjectRef(
                    "kustomize.toolkit.fluxcd.io/v1",
                    "Kustomization",
                    object.label("kustomize.toolkit.fluxcd.io/namespace").orElse("flux-system"),
                    name));
  }

  private static Place place(String file, YamlNode document, List<FieldEdit.Step> path) {
    YamlNode here = document;
    Place place = new Place(file, document.line(), document.column());
    for (FieldEdit.Step step : path) {
      YamlNode above = here;
      switch (step) {
        case FieldEdit.Key(var name) when above instanceof YamlNode.Mapping m -> {
          Optional<YamlNode.Entry> entry =
              m.entries().stream().filter(e -> e.key().text().equals(name)).findFirst();
          if (entry.isEmpty()) {
            return place;
          }
          here = entry.get().value();
          place = new Place(file, entry.get().key().line(), entry.get().key().column());
        }
        case FieldEdit.Index(var at)
            when above instanceof YamlNode.Sequence s && at < s.items().size() -> {
          here = s.items().get(at);
          place = new Place(file, here.line(), here.column());
        }
        case FieldEdit.Key _, FieldEdit.Index _ -> {
          return place;
        }
      }
    }
    return place;
  }
}
