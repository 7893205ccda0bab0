package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.render.Page;
import dev.refloat.render.Span;
import dev.refloat.render.Style;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `refloat demo`: the main job on a recorded cluster that comes with the program.
final class DemoCommand implements Command {
  private static final String ROOT = "/demo/";

  /// The release that is explained in depth: the runbook's own example.
  private static final String EXAMPLE = "ai/librechat";

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "demo",
        "[--extract DIR]",
        "Diagnoses a recorded cluster with real failures: no cluster is needed. The failures were"
            + " recorded from real Flux, Helm and Kubernetes.",
        Optional.empty(),
        List.of(
            new Section(
                "Output",
                List.of(
                    Option.value(
                        "DIR",
                        "write the recorded cluster to this folder, to play with",
                        Completing.of(Completing.What.DIRECTORIES),
                        "--extract"))),
            Options.general()),
        List.of(
            new Example("a broken cluster, and one release in depth", "demo"),
            new Example("the same by hand", "demo --extract /tmp/broken"),
            new Example("then", "diagnose --from /tmp/broken")));
  }

  @Override
  public int run(Arguments arguments, Session session) {
    Optional<Path> target = arguments.path("--extract");
    if (target.isPresent()) {
      extractTo(target.get());
      session.tell("Wrote a recorded cluster to " + target.get() + ". Try:");
      session.tell("  " + session.program() + " diagnose --from " + target.get());
      session.tell("  " + session.program() + " diagnose --from " + target.get() + " " + EXAMPLE);
      return ExitCode.CLEAN;
    }
    Path folder = temporary();
    try {
      extract(folder);
      show(arguments, session, folder);
    } finally {
      remove(folder);
    }
    return ExitCode.CLEAN;
  }

  private static void show(Arguments arguments, Session session, Path folder) {
    Page page = session.page(arguments);
    page.line(Span.dim("A recorded cluster: real failures of Flux, Helm and Kubernetes."));
    page.blank();
    prompt(page, session.program() + " diagnose --from broken");
    page.blank();
    diagnose(arguments, session.quiet(), folder, List.of());
    page.blank();
    page.blank();
    prompt(page, session.program() + " diagnose --from broken " + EXAMPLE);
    page.blank();
    diagnose(arguments, session.quiet(), folder, List.of(EXAMPLE));
    page.blank();
    page.blank();
    page.heading("Your turn");
    List<List<Span>> rows = new ArrayList<>();
    for (String[] step :
        new String[][] {
          {"demo --extract broken", "this cluster as a folder"},
          {"diagnose --from broken NAMESPACE/NAME", "any of its releases in depth"},
          {"explain volume-corrupt", "the page of a cause"},
          {"diagnose -A", "your own cluster"}
        }) {
      rows.add(List.of(new Span(Style.CYAN, session.program() + " " + step[0]), Span.dim(step[1])));
    }
    page.columns("  ", 3, true, rows);
  }

  private static void prompt(Page page, String command) {
    page.line(Span.dim("$ "), Span.bold(command));
  }

  private static void diagnose(
      Arguments arguments, Session session, Path folder, List<String> names) {
    List<String> words = new ArrayList<>(List.of("--from", folder.toString()));
    arguments.text("--color").ifPresent(c -> words.addAll(List.of("--color", c)));
    if (arguments.flag("--ascii")) {
      words.add("--ascii");
    }
    words.addAll(names);
    DiagnoseCommand command = new DiagnoseCommand();
    int ignored = command.run(Arguments.parse(command.info(), words, session.program()), session);
    assert ignored != ExitCode.ERROR : "errors are thrown";
  }

  private static void extractTo(Path folder) {
    try {
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new CommandException(
            "cannot write to " + folder, "it is a file", "name a folder that does not exist");
      }
      if (Files.isDirectory(folder)) {
        try (Stream<Path> inside = Files.list(folder)) {
          if (inside.findAny().isPresent()) {
            throw new CommandException(
                "cannot write to " + folder,
                "the folder is not empty",
                "name a folder that does not exist");
          }
        }
      }
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    extract(folder);
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("refloat-demo-");
    } catch (IOException e) {
      throw new CommandException("cannot make a temporary folder", e.toString(), null, e);
    }
  }

  private static void extract(Path folder) {
    try {
      for (String file : text("index.txt").lines().toList()) {
        Path out = folder.resolve(file);
        Files.createDirectories(out.getParent() == null ? folder : out.getParent());
        try (InputStream in = open(file)) {
          Files.copy(in, out);
        }
      }
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  private static CommandException unwritable(Path folder, IOException e) {
    return new CommandException("cannot write to " + folder, e.toString(), null, e);
  }

  private static String text(String file) throws IOException {
    try (InputStream in = open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream open(String file) {
    InputStream in = DemoCommand.class.getResourceAsStream(ROOT + file);
    if (in == null) {
      throw new IllegalStateException("resource " + ROOT + file + " is missing");
    }
    return in;
  }

  private static void remove(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Left to the system, which clears its temporary folder.
    }
  }
}
