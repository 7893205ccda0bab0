package dev.refloat.lint;

import java.util.List;
import java.util.regex.Pattern;

/// What is fixed about a rule. The long text is its page, `lint/<id>/README.md`.
///
/// @param id kebab-case, public, never reused
/// @param title what the rule demands, one line without a full stop
/// @param severity unless the configuration says otherwise
/// @param prevents causes of the catalog that it catches before they happen; may be empty
/// @param needs what it looks at beyond the repository's own objects
public record RuleInfo(
    String id, String title, Severity severity, List<String> prevents, Needs needs) {
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  /// What must be there for a rule to run. Where it is not, the rule is reported as not checked.
  public enum Needs {
    /// The repository alone.
    REPOSITORY,
    /// Charts: rendered manifests, default values, schemas.
    CHARTS,
    /// An earlier state of the repository (`--diff`).
    BASE,
    /// Registries and chart repositories (`--online`).
    ONLINE,
    /// What `refloat learn` wrote.
    LEARNT,
    /// A cluster's API server (`--server-dry-run`).
    CLUSTER
  }

  public RuleInfo {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(id + " is no kebab-case id");
    }
    prevents = List.copyOf(prevents);
  }
}
