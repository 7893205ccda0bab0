package dev.refloat.lint;

import dev.refloat.model.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `.refloat.yaml` says.
///
/// @param rules by id, for the whole repository
/// @param overrides for some of its paths; later ones win
/// @param excluded paths that are not looked at
/// @param environments in the order in which a change passes through them
/// @param failOn the least severity that fails a run; nothing when the file does not say
/// @param sources copies of the files of sources that charts lie in
public record Settings(
    Map<String, Level> rules,
    List<Local> overrides,
    List<PathPattern> excluded,
    List<Environment> environments,
    Optional<Level> failOn,
    List<Copy> sources) {

  /// What a repository without the file has.
  public static final Settings NONE =
      new Settings(Map.of(), List.of(), List.of(), List.of(), Optional.empty(), List.of());

  public Settings {
    rules = Map.copyOf(rules);
    overrides = List.copyOf(overrides);
    excluded = List.copyOf(excluded);
    environments = List.copyOf(environments);
    sources = List.copyOf(sources);
  }

  /// How a rule counts.
  public enum Level {
    OFF,
    INFO,
    WARNING,
    ERROR;

    /// Nothing for [#OFF].
    public Optional<Severity> severity() {
      return switch (this) {
        case OFF -> Optional.empty();
        case INFO -> Optional.of(Severity.INFO);
        case WARNING -> Optional.of(Severity.WARNING);
        case ERROR -> Optional.of(Severity.ERROR);
      };
    }
  }

  /// Rules that count otherwise in some paths.
  public record Local(List<PathPattern> paths, Map<String, Level> rules) {
    public Local {
      paths = List.copyOf(paths);
      rules = Map.copyOf(rules);
    }
  }

  /// A stage that changes pass through, such as `dev` or `prod`.
  ///
  /// @param clusters patterns of the folders that its clusters start from, as in `clusters/prod`
  /// @param contexts contexts of the kubeconfig that reach them, for `refloat learn`
  public record Environment(String name, List<PathPattern> clusters, List<String> contexts) {
    public Environment {
      clusters = List.copyOf(clusters);
      contexts = List.copyOf(contexts);
    }
  }

  /// Where the files of a source are on this machine.
  ///
  /// @param kind `GitRepository`, `Bucket` or `ExternalArtifact`
  /// @param namespace nothing for any
  /// @param path from the folder of the settings
  public record Copy(String kind, Optional<String> namespace, String name, String path) {
    public boolean is(ObjectRef source) {
      return kind.equals(source.kind())
          && name.equals(source.name())
          && namespace.map(source.namespace()::equals).orElse(true);
    }
  }

  /// What is said of a rule at a place; nothing when nothing is.
  public Optional<Level> level(String rule, String file) {
    for (int i = overrides.size() - 1; i >= 0; i--) {
      Local o = overrides.get(i);
      Level level = o.rules().get(rule);
      if (level != null && o.paths().stream().anyMatch(p -> p.matches(file))) {
        return Optional.of(level);
      }
    }
    return Optional.ofNullable(rules.get(rule));
  }

  /// Whether a rule is off everywhere, so that it need not run.
  public boolean off(String rule) {
    return rules.get(rule) == Level.OFF
        && overrides.stream()
            .map(o -> o.rules().getOrDefault(rule, Level.OFF))
            .allMatch(Level.OFF::equals);
  }

  public boolean excludes(String file) {
    return excluded.stream().anyMatch(p -> p.matches(file));
  }

  /// The environment that a cluster belongs to.
  ///
  /// @param cluster the folder that it starts from
  public Optional<Environment> environmentOf(String cluster) {
    return environments.stream()
        .filter(e -> e.clusters().stream().anyMatch(p -> p.matches(cluster)))
        .findFirst();
  }
}
