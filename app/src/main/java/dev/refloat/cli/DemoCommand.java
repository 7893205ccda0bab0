package dev.refloat.cli;

import dev.refloat.cli.CommandInfo.Example;
import dev.refloat.cli.CommandInfo.Section;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/// `refloat demo`: the main job on a recorded cluster that comes with the program: first as it was
/// recorded, then brought to life, to recover two of its releases.
final class DemoCommand implements Command {
  private static final String ROOT = "/demo/";

  /// The release that is explained in depth: the runbook's own example.
  private static final String EXAMPLE = "ai/librechat";

  /// One that Refloat recovers alone, and one that needs a correction in Git.
  private static final String FOREIGN = "docs/wiki";

  private static final String BY_HAND = "shop/db";

  @Override
  public CommandInfo info() {
    return new CommandInfo(
        "demo",
        "[--serve | --extract DIR]",
        "Diagnoses a recorded cluster with real failures, then recovers two of its releases: no"
            + " cluster is needed. The failures were recorded from real Flux, Helm and Kubernetes;"
            + " for the recoveries the recording is served by a stand-in for an API server on this"
            + " machine, and something that reacts as Flux was recorded to.",
        Optional.empty(),
        List.of(
            new Section(
                "Output",
                List.of(
                    Option.flag(
                        "keep the cluster up, for kubectl and refloat in other terminals",
                        "--serve"),
                    Option.value(
                        "DIR",
                        "write the recorded cluster to this folder, to play with",
                        Completing.of(Completing.What.DIRECTORIES),
                        "--extract"))),
            Options.general()),
        List.of(
            new Example("a broken cluster, one release in depth, and two recoveries", "demo"),
            new Example("a cluster to play with", "demo --serve"),
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
      if (arguments.flag("--serve")) {
        serve(arguments, session, folder);
      } else {
        show(arguments, session, folder);
        try (Backend.Played cluster = session.backend().play(folder)) {
          recover(arguments, session.with(around(session, folder)), cluster);
        }
        yourTurn(arguments, session);
      }
    } finally {
      remove(folder);
    }
    return ExitCode.CLEAN;
  }

  /// Journals stay in the folder that goes, and nobody outside of this machine is asked.
  private static Map<String, String> around(Session session, Path folder) {
    Map<String, String> env = new HashMap<>(session.env());
    env.put("REFLOAT_STATE", folder.resolve("state").toString());
    env.put("REFLOAT_OFFLINE", "1");
    return Map.copyOf(env);
  }

  private static void serve(Arguments arguments, Session session, Path folder) {
    Backend.Played cluster = session.backend().play(folder);
    session
        .onInterrupt()
        .accept(
            () -> {
              cluster.close();
              remove(folder);
              return ExitCode.CLEAN;
            });
    Page page = session.page(arguments);
    page.line("A stand-in for a cluster with Flux answers at " + cluster.url() + " until Ctrl-C.");
    page.line("In another terminal:");
    page.blank();
    page.line("  export KUBECONFIG=" + cluster.kubeconfig());
    page.line("  export REFLOAT_OFFLINE=1");
    page.line("  kubectl get helmreleases -A");
    page.line("  " + session.program() + " diagnose -A");
    page.line("  " + session.program() + " recover " + FOREIGN);
    session.out().flush();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cluster.close();
    }
  }

  /// Two recoveries: one that Refloat can carry out alone, and one that needs a person, whose part
  /// the demonstration plays.
  private static void recover(Arguments arguments, Session session, Backend.Played cluster) {
    Page page = session.page(arguments);
    List<String> to = List.of("--kubeconfig", cluster.kubeconfig().toString());
    page.blank();
    page.line(
        Span.dim(
            "The same cluster, brought to life at " + cluster.url() + " by stand-ins for an API"));
    page.line(Span.dim("server and for Flux. Refloat does not know that they are none."));
    command(page, arguments, session, "recover", to, FOREIGN);
    command(page, arguments, session, "validate", to, "--watch-window", "2s", FOREIGN);
    int code = command(page, arguments, session, "recover", to, BY_HAND);
    Optional<String> id = session.backend().recoveries(session.env()).ids().stream().findFirst();
    if (code == ExitCode.REFUSED && id.isPresent()) {
      page.blank();
      page.line(
          Span.dim("The tag is Git's, so a person has to correct it. The demonstration does:"));
      page.line(Span.dim("spec.values.image.tag: does-not-exist -> 1.0.0"));
      correct(session, cluster);
      command(page, arguments, session, "recover", to, "--resume", id.get());
    }
    command(page, arguments, session, "get", to, "-n", "shop");
  }

  private static void correct(Session session, Backend.Played cluster) {
    ClusterSource source =
        new ClusterSource.Live(
            Optional.of(cluster.kubeconfig()),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            Options.TIMEOUT);
    try (Backend.Cluster open = session.backend().open(source, session.env())) {
      Json image = Json.from(Map.of("repository", "ghcr.io/example/webapp", "tag", "1.0.0"));
      open.acting()
          .writer()
          .merge(
              new ObjectRef("helm.toolkit.fluxcd.io/v2", "HelmRelease", "shop", "db"),
              Json.from(Map.of("spec", Map.of("values", Map.of("image", image)))),
              "",
              "kustomize-controller",
              false);
    }
  }

  /// Runs a command as if it had been typed. Without a terminal nobody can be asked: the cluster is
  /// made up, so that its plans are carried out.
  private static int command(
      Page page,
      Arguments arguments,
      Session session,
      String name,
      List<String> to,
      String... more) {
    boolean asks = session.terminal().outIsTerminal() && session.terminal().errIsTerminal();
    List<String> words = new ArrayList<>(List.of(more));
    if (name.equals("recover") && !asks) {
      words.add("--yes");
    }
    page.blank();
    prompt(page, session.program() + " " + name + " " + String.join(" ", words));
    page.blank();
    session.out().flush();
    arguments.text("--color").ifPresent(c -> words.addAll(List.of("--color", c)));
    if (arguments.flag("--ascii")) {
      words.add("--ascii");
    }
    words.addAll(to);
    Command command = Commands.named(name).orElseThrow().command().get();
    try {
      // narration and data of a session in one column
      return command.run(
          Arguments.parse(command.info(), words, session.program()), session.onOneStream());
    } catch (Refusal e) {
      session.out().println(session.edge().line(String.valueOf(e.getMessage())));
      return ExitCode.CLEAN;
    }
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
  }

  private static void yourTurn(Arguments arguments, Session session) {
    Page page = session.page(arguments);
    page.blank();
    page.heading("Your turn");
    List<List<Span>> rows = new ArrayList<>();
    for (String[] step :
        new String[][] {
          {"demo --serve", "this cluster alive, for kubectl and refloat"},
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
