package dev.refloat.adapter.settings;

import java.io.Serial;
import java.util.List;

/// A file that cannot be used. Every problem names its file, line and column.
public final class UnusableFile extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  UnusableFile(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /// One line each: `.refloat.yaml:7:3: unknown field 'rulez', did you mean 'rules'?`.
  public List<String> problems() {
    return problems;
  }
}
