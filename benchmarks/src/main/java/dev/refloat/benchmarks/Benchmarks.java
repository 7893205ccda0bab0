package dev.refloat.benchmarks;

import dev.refloat.benchmarks.Measured.Contender;
import dev.refloat.testbed.Binaries;
import dev.refloat.testbed.Binary;
import dev.refloat.testbed.FaultProxy;
import dev.refloat.testbed.Recording;
import dev.refloat.testbed.TestCluster;
import dev.refloat.testbed.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Measures the packaged Refloat and prints a report in Markdown. See `benchmarks/README.md`.
public final class Benchmarks {
  private static final int LOADERS = 8;

  /// Releases that `helm template` renders in one run of a benchmark.
  private static final int RENDERED = 20;

  /// Releases that a repository has at most that is rendered.
  private static final int MOST_RENDERED = 200;

  private final Path project = Path.of("").toAbsolutePath();
  private final String refloat = project.resolve("app/target/refloat/bin/refloat").toString();
  private int runs = 5;
  private int releases = 1000;
  private int failing = 100;
  private Optional<Path> kubeconfig = Optional.empty();

  private Benchmarks() {}

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    Benchmarks benchmarks = new Benchmarks();
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--runs" -> benchmarks.runs = Integer.parseInt(args[++i]);
        case "--releases" -> benchmarks.releases = Integer.parseInt(args[++i]);
        case "--failing" -> benchmarks.failing = Integer.parseInt(args[++i]);
        case "--kubeconfig" -> benchmarks.kubeconfig = Optional.of(Path.of(args[++i]));
        default -> chosen.add(args[i]);
      }
    }
    benchmarks.run(chosen.isEmpty() ? List.of("all") : chosen);
    // the servers that stand in for kubelets, one for each loaded part, would go on for ever
    System.exit(0);
  }

  private void run(List<String> chosen) throws Exception {
    print("# Measured on " + LocalDate.now(ZoneOffset.UTC));
    print("");
    print(
        ("%d processors, %d MiB of memory, %s %s, Java %s. Whole processes, medians of %d runs in"
                + " turn after one that is not counted.")
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                memoryMebibytes(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                System.getProperty("java.runtime.version"),
                runs));
    for (String one : chosen) {
      switch (one) {
        case "startup" -> startUp();
        case "snapshot" -> snapshots();
        case "cluster" -> cluster();
        case "lint" -> lint();
        case "render" -> render();
        case "hold" -> hold();
        case "all" -> {
          startUp();
          snapshots();
          cluster();
          lint();
          render();
        }
        default -> throw new IllegalArgumentException("no benchmark named " + one);
      }
    }
  }

  private void startUp() throws Exception {
    heading("Start-up");
    List<Contender> contenders = new ArrayList<>();
    contenders.add(refloat("`refloat --version`", List.of("--version"), List.of(0)));
    contenders.add(
        new Contender(
            "`refloat --version` without the AOT cache",
            List.of(refloat, "--version"),
            Map.of("REFLOAT_JAVA_OPTS", "-XX:AOTMode=off"),
            List.of(0)));
    contenders.add(refloat("`refloat help`", List.of("help"), List.of(0)));
    contenders.add(
        refloat("`refloat explain image-pull`", List.of("explain", "image-pull"), List.of(0)));
    int baseline = contenders.size();
    contenders.add(peer("kubectl", kubectl(), "version", "--client"));
    flux().ifPresent(flux -> contenders.add(peer("flux", flux, "--version")));
    table(Measured.compare(contenders, Math.max(runs, 10)), "kubectl version --client", baseline);
  }

  private void snapshots() throws Exception {
    heading("From a snapshot: linear in the number of releases, a tenth of them failing");
    Path work = Files.createTempDirectory("refloat-benchmark");
    List<Contender> contenders = new ArrayList<>();
    List<Integer> sizes = List.of(1000, 3000, 10_000);
    for (int size : sizes) {
      Path folder = work.resolve("snapshot-" + size);
      new Population(recordings()).write(folder, 0, size, size / 10, size);
      contenders.add(
          refloat(
              "%,d releases, %,d MiB of JSON"
                  .formatted(size, Files.size(folder.resolve("objects.json")) >> 20),
              List.of("diagnose", "-A", "--from", folder.toString()),
              List.of(1)));
    }
    List<Measured> measured = Measured.compare(contenders, runs);
    table(measured, "1,000 releases", 0);
    for (int i = 0; i < sizes.size(); i++) {
      print(
          "- %,d releases: %.2f ms per release"
              .formatted(sizes.get(i), measured.get(i).median() * 1000 / sizes.get(i)));
    }
  }

  /// Beside `helm template`, which renders one release each time it is called. Linting without
  /// rendering does less; what the two have in common is that both run before a merge.
  private void lint() throws Exception {
    heading("A repository: %,d HelmReleases, without rendering".formatted(releases));
    Path work = Files.createTempDirectory("refloat-benchmark");
    Path folder = Files.createDirectory(work.resolve("fleet"));
    GitOpsRepository repository = new GitOpsRepository(folder);
    repository.write(releases);
    List<Contender> contenders = new ArrayList<>();
    for (String format : List.of("text", "sarif")) {
      contenders.add(
          refloat(
              "`refloat lint --no-render -o " + format + "`",
              List.of("lint", folder.toString(), "--no-render", "-o", format, "--fail-on", "never"),
              List.of(0)));
    }
    List<String> absent = new ArrayList<>();
    for (List<String> other :
        List.of(
            List.of("kubeconform", "-ignore-missing-schemas"), List.of("kube-linter", "lint"))) {
      other(other, folder, contenders, absent);
    }
    int some = Math.min(releases, RENDERED);
    Optional<String> helm = helm();
    if (helm.isPresent()) {
      Path chart = work.resolve("webapp");
      repository.writeChart(chart);
      contenders.add(
          new Contender(
              "`helm template`, %d releases one after the other".formatted(some),
              List.of(
                  "sh",
                  "-c",
                  "i=0; while [ $i -lt \"$1\" ]; do \"$2\" template app \"$3\" >/dev/null || exit 1;"
                      + " i=$((i+1)); done",
                  "sh",
                  Integer.toString(some),
                  helm.get(),
                  chart.toString()),
              Map.of(),
              List.of(0)));
    }
    List<Measured> measured = Measured.compare(contenders, runs);
    leftOut(absent);
    table(measured, "refloat lint --no-render -o text", 0);
    for (Measured m : measured) {
      int of = m.name().contains("helm template") ? some : releases;
      print("- %s: %.2f ms per release".formatted(m.name(), m.median() * 1000 / of));
    }
  }

  /// With the charts, which lie in the repository: each release is another run of Helm's engine.
  /// Cold
  /// is with an empty cache, warm what a second run takes.
  private void render() throws Exception {
    int some = Math.min(releases, MOST_RENDERED);
    heading("A repository: %,d HelmReleases, rendered".formatted(some));
    Optional<String> helm = helm();
    if (helm.isEmpty()) {
      print("Left out: there is no helm.");
      return;
    }
    Path work = Files.createTempDirectory("refloat-benchmark");
    Path folder = Files.createDirectory(work.resolve("fleet"));
    GitOpsRepository repository = new GitOpsRepository(folder);
    repository.writeWithChart(some);
    List<String> lint = List.of(refloat, "lint", folder.toString(), "--fail-on", "never");
    List<Contender> contenders = new ArrayList<>();
    Path cache = work.resolve("cache");
    List<String> cold = new ArrayList<>(List.of("sh", "-c", "rm -rf \"$1\"; shift; exec \"$@\""));
    cold.addAll(List.of("sh", work.resolve("cold").toString()));
    cold.addAll(lint);
    contenders.add(
        new Contender(
            "`refloat lint`, empty cache",
            cold,
            Map.of("REFLOAT_CACHE", work.resolve("cold").toString(), "REFLOAT_HELM", helm.get()),
            List.of(0)));
    contenders.add(
        new Contender(
            "`refloat lint`, warm cache",
            lint,
            Map.of("REFLOAT_CACHE", cache.toString(), "REFLOAT_HELM", helm.get()),
            List.of(0)));
    Path values = Files.createDirectory(work.resolve("values"));
    for (int i = 0; i < some; i++) {
      Files.writeString(values.resolve("app-%04d.yaml".formatted(i)), GitOpsRepository.values(i));
    }
    for (int parallel : List.of(1, Runtime.getRuntime().availableProcessors())) {
      contenders.add(
          new Contender(
              "`helm template` for each release, %d at a time".formatted(parallel),
              List.of(
                  "sh",
                  "-c",
                  "ls \"$1\"/*.yaml | xargs -P \"$2\" -I{} \"$3\" template app \"$4\" -f {} >/dev/null",
                  "sh",
                  values.toString(),
                  Integer.toString(parallel),
                  helm.get(),
                  folder.resolve("charts/webapp").toString()),
              Map.of(),
              List.of(0)));
    }
    List<String> absent = new ArrayList<>();
    other(
        List.of("flux-local", "test", "--enable-helm", "--path"),
        folder.resolve("clusters/production"),
        contenders,
        absent);
    List<Measured> measured = Measured.compare(contenders, runs);
    leftOut(absent);
    table(measured, "refloat lint, empty cache", 0);
    for (Measured m : measured) {
      print("- %s: %.2f ms per release".formatted(m.name(), m.median() * 1000 / some));
    }
  }

  /// Another linter on the same folder, where it is on the PATH.
  private static void other(
      List<String> command, Path folder, List<Contender> contenders, List<String> absent) {
    Optional<String> program = found(command.getFirst());
    if (program.isEmpty()) {
      absent.add(command.getFirst());
      return;
    }
    List<String> all = new ArrayList<>(command);
    all.set(0, program.get());
    all.add(folder.toString());
    contenders.add(
        new Contender("`" + String.join(" ", command) + "`", all, Map.of(), List.of(0, 1)));
  }

  private static void leftOut(List<String> absent) {
    if (!absent.isEmpty()) {
      print("Not on the PATH, and left out: " + String.join(", ", absent) + ".");
      print("");
    }
  }

  private void cluster() throws Exception {
    heading("On an API server: %,d HelmReleases, %,d of them failing".formatted(releases, failing));
    if (kubeconfig.isPresent()) {
      onCluster(kubeconfig.get().toString());
      return;
    }
    try (TestCluster cluster = TestCluster.start(TestCluster.Part.FLUX)) {
      load(cluster);
      try (FaultProxy counting = FaultProxy.before(cluster)) {
        Path through = cluster.kubeconfig(cluster.admin().at(counting.uri()));
        requests(counting, through.toString());
      }
      onCluster(cluster.kubeconfig(cluster.admin()).toString());
    } catch (UnavailableException e) {
      print("Left out: " + Objects.toString(e.getMessage(), "the test bed is not there"));
    }
  }

  /// Keeps a loaded API server up for a profiler, until interrupted.
  private void hold() throws Exception {
    try (TestCluster cluster = TestCluster.start(TestCluster.Part.FLUX)) {
      load(cluster);
      print("KUBECONFIG=" + cluster.kubeconfig(cluster.admin()));
      Thread.sleep(Duration.ofDays(1));
    }
  }

  private void load(TestCluster cluster) throws Exception {
    narrate("loading %,d releases".formatted(releases));
    Path work = Files.createTempDirectory("refloat-benchmark");
    Population population = new Population(recordings());
    List<Callable<Boolean>> loads = new ArrayList<>();
    for (int k = 0; k < LOADERS; k++) {
      Path folder = work.resolve("part-" + k);
      population.write(
          folder, k * releases / LOADERS, (k + 1) * releases / LOADERS, failing, releases);
      loads.add(
          () -> {
            Recording.read(folder).load(cluster);
            return true;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(LOADERS)) {
      List<Future<Boolean>> all = threads.invokeAll(loads);
      for (Future<Boolean> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot load the releases", e);
    }
  }

  private void requests(FaultProxy counting, String config) throws Exception {
    Measured.compare(
        List.of(refloat("diagnose", List.of("diagnose", "-A", "--kubeconfig", config), List.of(1))),
        0);
    Map<String, Integer> kinds = new TreeMap<>();
    int perRelease = 0;
    int lists = 0;
    for (FaultProxy.Seen seen : counting.seen()) {
      String path = seen.path();
      if (path.contains("/namespaces/")) {
        perRelease++;
        kinds.merge(
            path.endsWith("/log") ? "logs" : path.contains("/secrets/") ? "Helm records" : "others",
            1,
            Integer::sum);
      } else {
        lists++;
      }
    }
    print(
        ("`refloat diagnose -A` sends **%d requests**: %d lists and discovery, %d about single"
                + " objects (%.2f per failing release): %s.")
            .formatted(
                counting.seen().size(), lists, perRelease, (double) perRelease / failing, kinds));
    print("");
  }

  private void onCluster(String config) throws Exception {
    List<Contender> contenders = new ArrayList<>();
    contenders.add(
        refloat(
            "`refloat diagnose -A`",
            List.of("diagnose", "-A", "--kubeconfig", config),
            List.of(0, 1)));
    contenders.add(
        refloat(
            "`refloat diagnose -A -o json`",
            List.of("diagnose", "-A", "-o", "json", "--kubeconfig", config),
            List.of(0, 1)));
    contenders.add(
        refloat("`refloat get -A`", List.of("get", "-A", "--kubeconfig", config), List.of(0, 1)));
    contenders.add(
        refloat(
            "`refloat diagnose NAME`",
            List.of("diagnose", "-n", "team-00009", "app", "--kubeconfig", config),
            List.of(0, 1)));
    int baseline = contenders.size();
    contenders.add(
        peer("kubectl", kubectl(), "get", "hr", "-A", "-o", "json", "--kubeconfig", config));
    flux()
        .ifPresent(
            flux -> contenders.add(peer("flux", flux, "get", "hr", "-A", "--kubeconfig", config)));
    table(Measured.compare(contenders, runs), "kubectl get hr -A -o json", baseline);
  }

  private Contender refloat(String name, List<String> arguments, List<Integer> expected) {
    List<String> command = new ArrayList<>();
    command.add(refloat);
    command.addAll(arguments);
    return new Contender(name, command, Map.of("NO_COLOR", "1"), expected);
  }

  private static Contender peer(String name, String program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(program);
    command.addAll(List.of(arguments));
    String shown = String.join(" ", List.of(arguments)).replaceAll(" --kubeconfig \\S+", "");
    return new Contender("`" + name + " " + shown + "`", command, Map.of(), List.of(0));
  }

  private static String kubectl() throws UnavailableException {
    return Binaries.ofEnvironment().path(Binary.KUBECTL).toString();
  }

  private static Optional<String> helm() {
    try {
      return Optional.of(Binaries.ofEnvironment().path(Binary.HELM).toString());
    } catch (UnavailableException e) {
      return found("helm");
    }
  }

  private static Optional<String> flux() {
    try {
      return Optional.of(Binaries.supplied("flux").toString());
    } catch (UnavailableException e) {
      return found("flux");
    }
  }

  /// One of the user's own programs.
  private static Optional<String> found(String name) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return Optional.of(program.toString());
      }
    }
    return Optional.empty();
  }

  private Path recordings() {
    return project.resolve("app/src/test/resources/recordings");
  }

  /// @param baseline the row that the ratios are to
  private static void table(List<Measured> rows, String baselineName, int baseline) {
    print(
        "| command | median | fastest – slowest | ratio to `%s` | peak memory |"
            .formatted(baselineName));
    print("| --- | ---: | ---: | ---: | ---: |");
    for (Measured row : rows) {
      print(
          "| %s | %.0f ms | %.0f – %.0f ms | %.2f | %d MiB |"
              .formatted(
                  row.name(),
                  row.median() * 1000,
                  row.fastest() * 1000,
                  row.slowest() * 1000,
                  row.ratioTo(rows.get(baseline)),
                  row.peakMebibytes()));
    }
    print("");
  }

  private static long memoryMebibytes() throws IOException {
    Path info = Path.of("/proc/meminfo");
    if (!Files.isReadable(info)) {
      return Runtime.getRuntime().maxMemory() >> 20;
    }
    return Long.parseLong(Files.readAllLines(info).getFirst().replaceAll("[^0-9]", "")) / 1024;
  }

  private static void heading(String text) {
    print("");
    print("## " + text);
    print("");
  }

  private static void print(String line) {
    System.out.println(line);
  }

  private static void narrate(String line) {
    System.err.println(line);
  }
}
