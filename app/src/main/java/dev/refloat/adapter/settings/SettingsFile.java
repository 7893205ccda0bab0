package dev.refloat.adapter.settings;

import dev.refloat.adapter.yaml.YamlNode;
import dev.refloat.lint.PathPattern;
import dev.refloat.lint.Settings;
import dev.refloat.lint.Settings.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `.refloat.yaml`, kind `LintConfig` (docs/lint.md).
public final class SettingsFile {
  public static final String NAME = ".refloat.yaml";

  private static final String NEVER = "never";
  private static final Map<String, Level> LEVELS = words();

  /// Sources whose files are a tree.
  private static final List<String> SOURCES =
      List.of("GitRepository", "Bucket", "ExternalArtifact");

  private final Collection<String> known;

  /// @param known ids of all rules: a file that names another has a mistake
  public SettingsFile(Collection<String> known) {
    this.known = Set.copyOf(known);
  }

  /// Reads the file.
  ///
  /// @param file its name in messages
  /// @throws UnusableFile with all its problems
  public Settings read(String file, byte[] text) {
    return Fields.read(
        file,
        text,
        "LintConfig",
        List.of("rules", "overrides", "exclude", "environments", "failOn", "sources"),
        this::settings);
  }

  private Settings settings(Fields root) {
    List<Settings.Local> overrides = new ArrayList<>();
    for (YamlNode item : root.items("overrides")) {
      Fields f = root.below(item, "an override", List.of("paths", "rules"));
      if (f.items("paths").isEmpty()) {
        f.problem(item, "an override needs 'paths'");
      }
      overrides.add(new Settings.Local(patterns(f, "paths"), rules(f)));
    }
    List<Settings.Environment> environments = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlNode item : root.items("environments")) {
      Fields f = root.below(item, "an environment", List.of("name", "clusters", "contexts"));
      String name = f.text("name");
      if (!names.add(name)) {
        f.problem(item, "the environment '" + name + "' is there twice");
      }
      environments.add(
          new Settings.Environment(name, patterns(f, "clusters"), f.texts("contexts")));
    }
    return new Settings(
        rules(root),
        overrides,
        patterns(root, "exclude"),
        environments,
        failOn(root),
        sources(root));
  }

  private static List<Settings.Copy> sources(Fields root) {
    List<Settings.Copy> copies = new ArrayList<>();
    for (YamlNode item : root.items("sources")) {
      Fields f = root.below(item, "a source", List.of("kind", "namespace", "name", "path"));
      String kind = f.optionalText("kind").orElse(SOURCES.getFirst());
      if (!SOURCES.contains(kind)) {
        f.problem(item, "'kind' must be " + String.join(" or ", SOURCES) + ", not '" + kind + "'");
      }
      copies.add(
          new Settings.Copy(kind, f.optionalText("namespace"), f.text("name"), f.text("path")));
    }
    return copies;
  }

  private static List<PathPattern> patterns(Fields fields, String key) {
    return fields.texts(key).stream().map(PathPattern::new).toList();
  }

  private Map<String, Level> rules(Fields fields) {
    Map<String, Level> rules = new LinkedHashMap<>();
    for (YamlNode.Entry e : fields.entries("rules")) {
      String id = e.key().text();
      if (!known.contains(id)) {
        fields.problem(e.key(), "there is no rule '" + id + "'" + Fields.meant(id, known));
      }
      level(fields, e.value(), LEVELS).ifPresent(l -> rules.put(id, l));
    }
    return rules;
  }

  private static Optional<Level> failOn(Fields root) {
    Map<String, Level> words = new LinkedHashMap<>();
    LEVELS.forEach((word, level) -> words.put(level == Level.OFF ? NEVER : word, level));
    return root.node("failOn").flatMap(n -> level(root, n, words));
  }

  private static Optional<Level> level(Fields fields, YamlNode value, Map<String, Level> words) {
    // as written: `off` is a boolean to YAML 1.1
    String word = fields.scalar(value, "a severity");
    Optional<Level> level = Optional.ofNullable(words.get(word));
    if (level.isEmpty()) {
      fields.problem(value, "'" + word + "' must be one of " + String.join(", ", words.keySet()));
    }
    return level;
  }

  private static Map<String, Level> words() {
    Map<String, Level> words = new LinkedHashMap<>();
    for (Level level : Level.values()) {
      words.put(level.name().toLowerCase(Locale.ROOT), level);
    }
    return words;
  }
}
