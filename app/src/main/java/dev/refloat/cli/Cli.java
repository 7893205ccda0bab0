package dev.refloat.cli;

import dev.refloat.model.Nearest;
import dev.refloat.render.Edge;
import dev.refloat.render.Look;
import dev.refloat.render.Page;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/// The command line as a function: arguments, streams and environment in, exit code out.
public final class Cli {
  /// Set by the launcher: the name the program was started by.
  public static final String INVOKED_AS = "REFLOAT_INVOKED_AS";

  /// Options that may stand before the command and take a value.
  private static final Set<String> WITH_VALUE =
      Set.of(
          "-n",
          "--namespace",
          "-l",
          "--selector",
          "-o",
          "--output",
          "--from",
          "--kubeconfig",
          "--context",
          "--kube-context",
          "--as",
          "--kube-as",
          "--as-group",
          "--kube-as-group",
          "--timeout",
          "--catalog",
          "--color");

  private final Backend backend;
  private final Terminal terminal;
  private final Consumer<IntSupplier> onInterrupt;

  /// @param onInterrupt takes what the exit code is when the user presses Ctrl-C
  public Cli(Backend backend, Terminal terminal, Consumer<IntSupplier> onInterrupt) {
    this.backend = backend;
    this.terminal = terminal;
    this.onInterrupt = onInterrupt;
  }

  /// Runs one command line. Nothing is thrown; a reader that goes away ends the output silently.
  public int run(
      String[] args, Reader in, PrintStream out, PrintStream err, Map<String, String> env) {
    String program = program(env);
    Session session =
        new Session(
            in, out, err, env, terminal, backend, program, new Edge(backend.mask()), onInterrupt);
    List<String> words = List.of(args);
    boolean debug = words.contains("--debug");
    int code;
    try {
      code = dispatch(words, session);
    } catch (CommandException e) {
      code = report(e, session, debug);
    } catch (UncheckedIOException e) {
      code =
          report(
              new CommandException("reading or writing failed", e.getMessage(), null, e),
              session,
              debug);
    } catch (RuntimeException | StackOverflowError e) {
      code =
          report(
              new CommandException(
                  "Refloat has a bug",
                  e.getClass().getSimpleName() + ": " + e.getMessage(),
                  debug ? "report it with the lines below" : "report it with what --debug prints",
                  e),
              session,
              debug);
    } catch (OutOfMemoryError e) {
      code =
          report(
              new CommandException(
                  "there is not enough memory",
                  String.valueOf(e.getMessage()),
                  "give Java more with JAVA_TOOL_OPTIONS=-Xmx2g, or name a namespace with -n",
                  e),
              session,
              debug);
    }
    out.flush();
    err.flush();
    return code;
  }

  private static int dispatch(List<String> words, Session session) {
    if (!words.isEmpty() && words.getFirst().startsWith("__complete")) {
      new Completer(session)
          .print(words.subList(1, words.size()), !words.getFirst().endsWith("NoDesc"));
      return ExitCode.CLEAN;
    }
    int at = commandIndex(words);
    if (at < 0) {
      if (words.contains("--version") || words.contains("-V")) {
        session.out().println("refloat " + session.backend().version());
        return ExitCode.CLEAN;
      }
      refuseWithoutCommand(words, session.program());
      HelpText.print(page(session, words), Commands.ALL, session.program());
      return ExitCode.CLEAN;
    }
    String name = words.get(at);
    List<String> rest = new ArrayList<>(words.subList(0, at));
    rest.addAll(words.subList(at + 1, words.size()));
    if (name.equals("help")) {
      if (rest.isEmpty() || rest.getFirst().equals("help") || asksForHelp(rest)) {
        HelpText.print(page(session, words), Commands.ALL, session.program());
        return ExitCode.CLEAN;
      }
      name = rest.getFirst();
      rest = List.of("--help");
    }
    Commands.Entry entry = command(name, session.program());
    Command command = entry.command().get();
    CommandInfo info = command.info();
    if (asksForHelp(rest)) {
      HelpText.print(page(session, words), info, session.program());
      return ExitCode.CLEAN;
    }
    return command.run(Arguments.parse(info, rest, session.program()), session);
  }

  /// Options alone are fine when they ask for help.
  private static void refuseWithoutCommand(List<String> words, String program) {
    Set<String> alone = Set.of("-h", "--help", "-V", "--version", "--debug", "--ascii");
    for (String word : words) {
      if (alone.contains(word)) {
        continue;
      }
      Optional<String> near =
          word.startsWith("--")
              ? Nearest.of(word, alone, 1).stream().findFirst()
              : Optional.empty();
      throw new CommandException(
          "there is no command in '" + String.join(" ", words) + "'",
          null,
          near.isPresent()
              ? "did you mean " + near.get() + "? else " + program + " --help"
              : "put one in front, for example: " + program + " diagnose " + words.getFirst());
    }
  }

  private static boolean asksForHelp(List<String> words) {
    for (String word : words) {
      if (word.equals("--")) {
        return false;
      }
      if (word.equals("-h") || word.equals("--help")) {
        return true;
      }
    }
    return false;
  }

  private static Commands.Entry command(String name, String program) {
    return Commands.named(name)
        .orElseThrow(
            () -> {
              Optional<String> near = Nearest.of(name, Commands.names(), 1).stream().findFirst();
              return new CommandException(
                  "there is no command '" + name + "'",
                  null,
                  near.map(n -> "did you mean '" + program + " " + n + "'?")
                      .orElse(program + " --help"));
            });
  }

  /// Where the command is: the first word that is neither an option nor the value of one.
  private static int commandIndex(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("-")) {
        return i;
      }
      if (WITH_VALUE.contains(word)) {
        i++;
      }
    }
    return -1;
  }

  /// Help is printed before any option is understood.
  private static Page page(Session session, List<String> words) {
    Arguments none =
        Arguments.parse(
            new CommandInfo(
                "help", "", "", Optional.empty(), List.of(Options.general()), List.of()),
            words.contains("--ascii") ? List.of("--ascii") : List.of(),
            session.program());
    Look look = session.look(none);
    // Help in one column of 100 reads better than in one of 300.
    int most = 100;
    int width = look.width() == 0 ? most : Math.min(look.width(), most);
    return new Page(session.out(), new Look(look.color(), look.unicode(), width), Edge.unmasked());
  }

  private static int report(CommandException e, Session session, boolean debug) {
    session.out().flush();
    session.tell("error: " + e.what());
    e.because().ifPresent(b -> session.tell("because: " + b));
    e.next().ifPresent(n -> session.tell("next: " + n));
    if (debug) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      session.tell(cause.toString());
      Arrays.stream(cause.getStackTrace()).forEach(f -> session.tell("    at " + f));
    }
    return e instanceof Refusal ? ExitCode.REFUSED : ExitCode.ERROR;
  }

  /// kubectl and flux find plugins by their file names, and their users type the two words.
  private static String program(Map<String, String> env) {
    String name = env.getOrDefault(INVOKED_AS, "").replace('\\', '/');
    name = name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    if (name.startsWith("kubectl-refloat")) {
      return "kubectl refloat";
    }
    return name.startsWith("flux-refloat") ? "flux refloat" : "refloat";
  }
}
