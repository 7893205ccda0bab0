package dev.refloat.adapter.json;

import java.io.IOException;
import java.io.Serial;

/// Input that is broken, or larger or deeper than Refloat is willing to read. The message says what
/// and where, as `source:line:column: problem`; it never quotes the content, which may be secret.
public final class MalformedInput extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final String source;
  private final int line;
  private final int column;
  private final String problem;

  /// @param source a file name, or what was read in plain words
  /// @param line from 1; 0 when the place is unknown
  /// @param column from 1; 0 when the place is unknown
  public MalformedInput(String source, int line, int column, String problem) {
    super(source + (line > 0 ? ":" + line + ":" + column : "") + ": " + problem);
    this.source = source;
    this.line = line;
    this.column = column;
    this.problem = problem;
  }

  public MalformedInput(String source, String problem) {
    this(source, 0, 0, problem);
  }

  public String source() {
    return source;
  }

  public int line() {
    return line;
  }

  public int column() {
    return column;
  }

  /// What is wrong, without the place.
  public String problem() {
    return problem;
  }
}
