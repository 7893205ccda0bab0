package dev.refloat.wiring;

import dev.refloat.cli.Cli;
import dev.refloat.cli.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/// Starts the program: puts its parts together and turns the result into the exit code.
public final class Main {
  private static final int BUFFER = 1 << 15;

  private Main() {}

  public static void main(String[] args) {
    int code = run(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  /// One command, from its arguments to its exit code; output goes to the process's own streams.
  static int run(String[] args) {
    if (args.length == 1 && args[0].equals("--version")) {
      // Before anything is put together: scripts ask this often.
      System.out.println("refloat " + Version.text());
      return 0;
    }
    Charset charset = charset("stdout.encoding");
    Map<String, String> env = new HashMap<>(System.getenv());
    String invokedAs = System.getProperty("refloat.invoked-as", "");
    if (!invokedAs.isEmpty()) {
      env.put(Cli.INVOKED_AS, invokedAs);
    }
    Terminal terminal = TerminalProbe.look(env, charset);
    return new Cli(new Adapters(), terminal, Main::onInterrupt)
        .run(
            args,
            new InputStreamReader(System.in, charset("stdin.encoding")),
            stream(FileDescriptor.out, charset),
            stream(FileDescriptor.err, charset("stderr.encoding")),
            Map.copyOf(env));
  }

  /// Ctrl-C ends a watch with what it saw last, instead of the JVM's 130.
  private static void onInterrupt(IntSupplier code) {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(code.getAsInt()), "interrupt"));
  }

  private static PrintStream stream(FileDescriptor descriptor, Charset charset) {
    return new PrintStream(
        new java.io.BufferedOutputStream(new FileOutputStream(descriptor), BUFFER), false, charset);
  }

  /// What the terminal understands, as Java found out from the locale.
  private static Charset charset(String property) {
    String name = System.getProperty(property, "");
    return !name.isEmpty() && Charset.isSupported(name)
        ? Charset.forName(name)
        : StandardCharsets.UTF_8;
  }
}
