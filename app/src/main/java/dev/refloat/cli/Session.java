package dev.refloat.cli;

import dev.refloat.render.Edge;
import dev.refloat.render.JsonText;
import dev.refloat.render.Look;
import dev.refloat.render.Page;
import dev.refloat.render.YamlText;
import java.io.PrintStream;
import java.io.Reader;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;

/// What surrounds one run: streams, environment, terminal, and the rest of the program.
///
/// @param program how the user calls this program: `refloat`, `kubectl refloat`, `flux refloat`
/// @param edge what everything printed passes
/// @param onInterrupt takes what to answer when the user presses Ctrl-C
record Session(
    Reader in,
    PrintStream out,
    PrintStream err,
    Map<String, String> env,
    Terminal terminal,
    Backend backend,
    String program,
    Edge edge,
    Consumer<IntSupplier> onInterrupt) {

  enum Color {
    AUTO,
    ALWAYS,
    NEVER
  }

  /// The same with what is known of the secrets of one cluster.
  Session masking(UnaryOperator<String> mask) {
    return new Session(in, out, err, env, terminal, backend, program, new Edge(mask), onInterrupt);
  }

  /// The same with its narration elsewhere, and nobody there to answer questions.
  Session narrating(PrintStream elsewhere) {
    return new Session(
        in,
        out,
        elsewhere,
        env,
        new Terminal(false, false, terminal.columns(), terminal.charset()),
        backend,
        program,
        edge,
        onInterrupt);
  }

  /// The same with its narration among the data.
  Session onOneStream() {
    return new Session(in, out, out, env, terminal, backend, program, edge, onInterrupt);
  }

  /// The same with other surroundings.
  Session with(Map<String, String> environment) {
    return new Session(in, out, err, environment, terminal, backend, program, edge, onInterrupt);
  }

  /// The same without hints and progress.
  Session quiet() {
    return new Session(
        in,
        out,
        err,
        env,
        new Terminal(terminal.outIsTerminal(), false, terminal.columns(), terminal.charset()),
        backend,
        program,
        edge,
        onInterrupt);
  }

  /// How text on standard output looks, as the options and the environment want it:
  /// `--color`, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether it is a terminal.
  Look look(Arguments arguments) {
    Color wanted = arguments.choice("--color", Color.class, Color.AUTO);
    boolean color =
        switch (wanted) {
          case ALWAYS -> true;
          case NEVER -> false;
          case AUTO -> {
            if (set("NO_COLOR")) {
              yield false;
            }
            String force = env.getOrDefault("CLICOLOR_FORCE", "");
            yield (!force.isEmpty() && !force.equals("0"))
                || (terminal.outIsTerminal() && !"dumb".equals(env.get("TERM")));
          }
        };
    return new Look(color, terminal.unicode() && !arguments.flag("--ascii"), columns());
  }

  /// `COLUMNS` counts for pipes too: who sets it wants it.
  private int columns() {
    try {
      String columns = env.getOrDefault("COLUMNS", "").strip();
      if (!columns.isEmpty()) {
        return Integer.parseInt(columns);
      }
    } catch (NumberFormatException e) {
      // Not a number: as good as not set.
    }
    return terminal.outIsTerminal() ? terminal.columns() : 0;
  }

  private boolean set(String variable) {
    return !env.getOrDefault(variable, "").isEmpty();
  }

  Page page(Arguments arguments) {
    return new Page(out, look(arguments), edge());
  }

  JsonText json() {
    return new JsonText(out, edge(), !terminal.unicode());
  }

  YamlText yaml() {
    return new YamlText(out, edge(), !terminal.unicode());
  }

  /// Narration: for people who watch, never data.
  void tell(String line) {
    err.println(edge().line(line));
    // standard error is buffered, and a person watches it
    err.flush();
  }

  /// A hint that only people at a terminal need.
  void hint(String line) {
    if (terminal.outIsTerminal() && terminal.errIsTerminal()) {
      tell(line);
    }
  }
}
