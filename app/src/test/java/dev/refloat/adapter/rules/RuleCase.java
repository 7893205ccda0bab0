package dev.refloat.adapter.rules;

import dev.refloat.adapter.archive.Unpacked;
import dev.refloat.adapter.git.RepositoryReader;
import dev.refloat.adapter.settings.LearntFile;
import dev.refloat.adapter.settings.SettingsFile;
import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.adapter.yaml.YamlPatch;
import dev.refloat.adapter.yaml.YamlTrees;
import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Finding;
import dev.refloat.lint.Fix;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Linter;
import dev.refloat.lint.Past;
import dev.refloat.lint.Repository;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Settings;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.io.IOException;
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
    List<Cluster> before = Files.isDirectory(base) ? repository(read(base)).clusters() : List.of();
    CaseRenderings rendered = CaseRenderings.read(folder);
    CaseRenderings renderedBefore = CaseRenderings.read(base);
    Repository repository = repository(files);
    List<Scene> scenes = new ArrayList<>();
    for (Cluster cluster : repository.clusters()) {
      Optional<Cluster> same =
          before.stream().filter(b -> b.name().equals(cluster.name())).findFirst();
      scenes.add(
          rendered.answered(
              new Scene(cluster, same, Map.of())
                  .with(rendered.renderings(), renderedBefore.renderings(), rendered.images())
                  .with(past(files))));
    }
    return Linter.run(List.of(rule), scenes, repository).findings();
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

  /// The case as `refloat lint` reads a repository.
  private static Repository repository(Map<String, String> files) throws IOException {
    Path folder = Files.createTempDirectory("refloat-case");
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      return RepositoryReader.read(List.of(folder));
    } finally {
      Unpacked.remove(folder);
    }
  }
}
