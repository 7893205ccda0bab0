package dev.refloat.adapter.catalog;

import java.io.Serial;
import java.util.List;

/// A catalog that cannot be used. Every problem names its file, line and column.
public final class CatalogException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  public CatalogException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /// One line each: `catalog/x/rule.yaml:7:7 unknown signal 'contaner', did you mean 'container'?`.
  public List<String> problems() {
    return problems;
  }
}
