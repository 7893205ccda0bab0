package dev.refloat.adapter.chart;

import dev.refloat.lint.Rendering.Failed.At;
import java.util.Optional;

/// How what Helm said is kept: a line that tells what it is, then the text.
final class Kept {
  private static final String MANIFESTS = "manifests";

  private Kept() {}

  /// Nothing for what may come out differently next time.
  static Optional<String> text(HelmTemplate.Rendered rendered) {
    return switch (rendered) {
      case HelmTemplate.Manifests(var text) -> Optional.of(MANIFESTS + "\n" + text);
      case HelmTemplate.SchemaAway _ -> Optional.empty();
      case HelmTemplate.Refused(var at, var message, var lasting) ->
          lasting ? at.map(a -> a.name() + "\n" + message) : Optional.empty();
    };
  }

  static HelmTemplate.Rendered read(String kept) {
    int line = kept.indexOf('\n');
    String first = line < 0 ? kept : kept.substring(0, line);
    String rest = kept.substring(line + 1);
    if (first.equals(MANIFESTS)) {
      return new HelmTemplate.Manifests(rest);
    }
    for (At at : At.values()) {
      if (at.name().equals(first)) {
        return new HelmTemplate.Refused(Optional.of(at), rest, true);
      }
    }
    return new HelmTemplate.Refused(Optional.of(At.TEMPLATE), rest, true);
  }
}
