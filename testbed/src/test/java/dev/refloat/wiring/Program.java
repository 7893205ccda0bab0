package dev.refloat.wiring;

import dev.refloat.cli.Cli;
import dev.refloat.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The whole program as its entry point puts it together, run inside this JVM.
public final class Program {
  private Program() {}

  /// What one run left behind.
  public record Result(int code, String out, String err) {}

  /// Runs one command line with this environment and nothing else.
  public static Result run(Map<String, String> env, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = run(env, arguments, out, err);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// The same, with streams that can be read while it runs.
  public static int run(
      Map<String, String> env, List<String> arguments, OutputStream out, OutputStream err) {
    return new Cli(new Adapters(), Terminal.none(), _ -> {})
        .run(
            arguments.toArray(String[]::new),
            Reader.nullReader(),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            env);
  }
}
