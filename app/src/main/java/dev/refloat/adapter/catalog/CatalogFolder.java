package dev.refloat.adapter.catalog;

import dev.refloat.rule.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// One folder of a catalog, read and checked.
///
/// @param page what `refloat explain` prints
record CatalogFolder(Rule rule, String page, List<CatalogCase> cases) {

  /// Beside the failure classes.
  static final String SCHEMA = "schema";

  private static final int MAX_FOLDERS = 1000;
  private static final int MAX_CASES = 200;

  /// Every folder of a catalog, ordered by id.
  ///
  /// @param base the failure classes that may be refined, and whose ids are taken
  /// @throws CatalogException that names every problem
  static List<CatalogFolder> readAll(Path catalog, Function<String, Optional<Rule>> base) {
    Problems problems = new Problems();
    String shownCatalog = shown(catalog);
    List<CatalogFolder> folders = new ArrayList<>();
    for (Path folder : list(catalog, shownCatalog, MAX_FOLDERS, problems)) {
      String id = folder.getFileName().toString();
      if (Files.isDirectory(folder) && !id.equals(SCHEMA) && !id.startsWith(".")) {
        read(folder, id, shownCatalog + "/" + id, base, problems).ifPresent(folders::add);
      }
    }
    if (folders.isEmpty() && problems.none()) {
      problems.add(
          Place.of(shownCatalog), "holds no failure class: a class is a folder with a rule.yaml");
    }
    problems.raise();
    return folders;
  }

  private static Optional<CatalogFolder> read(
      Path folder,
      String id,
      String shown,
      Function<String, Optional<Rule>> base,
      Problems problems) {
    int before = problems.count();
    Map<String, Path> files = new LinkedHashMap<>();
    for (String name : List.of("rule.yaml", "playbook.yaml", "README.md")) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        files.put(name, file);
      } else {
        problems.add(Place.of(shown), "has no " + name);
      }
    }
    if (base.apply(id).isPresent()) {
      problems.add(
          Place.of(shown),
          "the id '"
              + id
              + "' is taken by a built-in failure class: choose your own, and write"
              + " 'refines: "
              + id
              + "' if yours is a special case of it");
    }
    Optional<Located> ruleFile = yaml(files, "rule.yaml", shown, problems);
    Optional<Located> playbook = yaml(files, "playbook.yaml", shown, problems);
    Optional<Rule> rule =
        ruleFile.flatMap(r -> new RuleReader(problems, base).read(id, r, playbook));
    Optional<String> page =
        Optional.ofNullable(files.get("README.md"))
            .flatMap(p -> LocatedYaml.text(p, shown + "/README.md", problems));
    if (rule.isPresent() && page.isPresent()) {
      Page.check(id, rule.get().title(), page.get(), shown + "/README.md", problems);
    }
    List<CatalogCase> cases = cases(folder, id, shown, problems);
    return problems.count() == before && rule.isPresent() && page.isPresent()
        ? Optional.of(new CatalogFolder(rule.get(), page.get(), cases))
        : Optional.empty();
  }

  private static Optional<Located> yaml(
      Map<String, Path> files, String name, String shown, Problems problems) {
    return Optional.ofNullable(files.get(name))
        .flatMap(p -> LocatedYaml.read(p, shown + "/" + name, problems));
  }

  private static List<CatalogCase> cases(Path folder, String id, String shown, Problems problems) {
    Path dir = folder.resolve("cases");
    List<CatalogCase> cases = new ArrayList<>();
    int before = problems.count();
    if (Files.isDirectory(dir)) {
      for (Path file : list(dir, shown + "/cases", MAX_CASES, problems)) {
        String name = shown + "/cases/" + file.getFileName();
        if (!name.endsWith(".yaml")) {
          problems.add(Place.of(name), "a case is a .yaml file");
          continue;
        }
        LocatedYaml.read(file, name, problems)
            .flatMap(n -> new CaseReader(problems).read(name, n))
            .ifPresent(cases::add);
      }
    }
    if (problems.count() == before) {
      if (cases.stream().noneMatch(c -> c.expect().cause().equals(id))) {
        problems.add(Place.of(shown + "/cases"), "no case expects the cause '" + id + "'");
      }
      if (cases.stream().allMatch(c -> c.expect().cause().equals(id))) {
        problems.add(
            Place.of(shown + "/cases"),
            "no near-miss: one case must look alike and expect another cause");
      }
    }
    return cases;
  }

  private static List<Path> list(Path dir, String shown, int most, Problems problems) {
    try (Stream<Path> entries = Files.list(dir)) {
      List<Path> found = entries.limit(most + 1L).sorted().toList();
      if (found.size() > most) {
        problems.add(Place.of(shown), "holds more than " + most + " entries");
        return List.of();
      }
      return found;
    } catch (IOException e) {
      problems.add(Place.of(shown), "cannot be listed: " + e.getMessage());
      return List.of();
    }
  }

  /// The folder's own name leads, wherever it lies: `catalog/image-pull/rule.yaml`.
  private static String shown(Path catalog) {
    Path name = catalog.toAbsolutePath().normalize().getFileName();
    return name == null ? catalog.toString() : name.toString();
  }
}
