package dev.refloat.wiring;

import dev.refloat.cli.Terminal;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Finds out what the standard streams are. Java tells only whether input and output together are a
/// terminal, and loads a line editor to say so; Linux has it in /proc.
final class TerminalProbe {
  private static final int PATIENCE_MILLIS = 500;

  private TerminalProbe() {}

  static Terminal look(Map<String, String> env, Charset charset) {
    boolean out = isTerminal(1);
    boolean err = isTerminal(2);
    int columns = out && env.getOrDefault("COLUMNS", "").isEmpty() ? columns() : 0;
    return new Terminal(out, err, columns, charset);
  }

  // NullAway and the check of console() against null do not agree on what it may return.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    try {
      if (Files.isSymbolicLink(link)) {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      }
    } catch (IOException e) {
      return false;
    }
    java.io.Console console = System.console();
    return console != null && console.isTerminal();
  }

  /// `stty size` prints rows and columns of its standard input.
  private static int columns() {
    File terminal = new File("/dev/tty");
    if (!terminal.exists()) {
      return 0;
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(terminal)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        stty.destroyForcibly();
        return 0;
      }
      String[] size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ", -1);
      return size.length == 2 ? Integer.parseInt(size[1]) : 0;
    } catch (IOException | NumberFormatException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }
}
