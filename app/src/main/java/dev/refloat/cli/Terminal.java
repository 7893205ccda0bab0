package dev.refloat.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// Where the output goes.
///
/// @param outIsTerminal standard output is a terminal, not a file or a pipe
/// @param errIsTerminal standard error is one
/// @param columns its width; 0 when unknown
/// @param charset what it understands
public record Terminal(boolean outIsTerminal, boolean errIsTerminal, int columns, Charset charset) {

  /// Files and pipes.
  public static Terminal none() {
    return new Terminal(false, false, 0, StandardCharsets.UTF_8);
  }

  boolean unicode() {
    return charset.name().toUpperCase(java.util.Locale.ROOT).startsWith("UTF");
  }
}
