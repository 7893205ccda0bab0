package dev.refloat.packaging;

import dev.refloat.adapter.demo.PlayedCluster;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Makes the AOT caches: one JVM runs the real commands, on a recorded cluster and on a stand-in
/// API
/// server, and keeps the classes it loaded, already linked (JEP 514). Recoveries are trained on the
/// played cluster of the demonstration, which runs in this JVM, so that nothing of it is in a
/// cache.
/// A command that is not trained works, only slower.
///
/// The JVM links all classes of a cache when it starts, needed or not, so there are two: commands
/// that read no cluster would pay for the HTTP client and TLS of those that do.
final class Training {
  private static final long LIMIT_SECONDS = 300;

  private final Path lib;
  private final List<Path> jars;

  /// Which commands a cache is for.
  enum Share {
    /// Those that answer from what they bring along.
    LIGHT,
    /// Those that read a cluster, a snapshot or a repository.
    CLUSTER
  }

  Training(Path lib, List<Path> jars) {
    this.lib = lib;
    this.jars = jars;
  }

  /// The cache, or nothing when this JVM makes none; Refloat works without, only slower.
  Optional<Path> run(Share share, String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path cache = lib.resolve(name);
    Path work = Files.createTempDirectory("refloat-training");
    Path log = work.resolve("log");
    String trouble;
    try (StandInServer server = new StandInServer(work, work.resolve("cluster"));
        PlayedCluster played = PlayedCluster.start(recording(work.resolve("played")))) {
      Path commands = work.resolve("commands");
      Files.write(
          commands,
          switch (share) {
            case LIGHT -> light();
            case CLUSTER -> {
              List<String> lines =
                  new ArrayList<>(
                      cluster(
                          work.resolve("cluster"), server.kubeconfig(), played.kubeconfig(), work));
              lines.addAll(repository(work.resolve("fleet")));
              yield lines;
            }
          });
      ProcessBuilder training =
          new ProcessBuilder(command(cache, commands))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      training.environment().put("REFLOAT_STATE", work.resolve("state").toString());
      training.environment().put("REFLOAT_OFFLINE", "1");
      Process process = training.start();
      if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        trouble = process.exitValue() == 0 ? "" : "ended with " + process.exitValue();
      } else {
        process.destroyForcibly();
        trouble = "did not end in " + LIMIT_SECONDS + " s";
      }
    }
    if (trouble.isEmpty() && Files.exists(cache)) {
      Assemble.delete(work);
      return Optional.of(cache);
    }
    System.err.println(
        "WARNING: no AOT cache, so that Refloat starts slowly: the training run "
            + (trouble.isEmpty() ? "wrote none" : trouble)
            + "; its output is in "
            + log);
    Files.deleteIfExists(cache);
    return Optional.empty();
  }

  /// The bundled recording, for the cluster that is played.
  private static Path recording(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (InputStream in = PlayedCluster.class.getResourceAsStream("/demo/objects.json")) {
      if (in == null) {
        throw new IOException("the recorded cluster is not in the jar");
      }
      Files.copy(in, folder.resolve("objects.json"));
    }
    return folder;
  }

  private List<String> command(Path cache, Path commands) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(LaunchFile.JVM_OPTIONS);
    command.add("-XX:AOTCacheOutput=" + cache);
    command.add("-Drefloat.home=" + lib.getParent());
    command.add("-cp");
    command.add(String.join(File.pathSeparator, jars.stream().map(Path::toString).toList()));
    command.add("dev.refloat.wiring.AotTraining");
    command.add(commands.toString());
    return command;
  }

  /// One command a line, words separated by tabs. bin/refloat knows these commands by name.
  private static List<String> light() {
    return List.of(
        "--version",
        "version",
        "help",
        "help\tdiagnose",
        "explain",
        "explain\timage-pull",
        "permissions\tdiagnose",
        "completion\tbash",
        "__complete\tdia",
        "__complete\texplain\tima",
        "no-such-command");
  }

  /// What is run on a repository.
  private static List<String> repository(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("web.yaml"),
        """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: HelmRepository
        metadata:
          name: charts
          namespace: shop
        spec:
          interval: 1h
          url: https://charts.example.com
        ---
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata:
          name: web
          namespace: shop
        spec:
          interval: 10m
          chart:
            spec:
              chart: web
              version: "*" # refloat:ignore chart-version-not-pinned for the training run
              sourceRef:
                kind: HelmRepository
                name: charts
          values:
            replicas: 2
        """);
    Files.writeString(folder.resolve("kustomization.yaml"), "resources:\n  - web.yaml\n");
    Files.writeString(
        folder.resolve(".refloat.yaml"),
        "apiVersion: refloat.dev/v1\nkind: LintConfig\nrules:\n  suspended-in-git: off\n");
    List<String> lines = new ArrayList<>();
    for (String output : List.of("text", "json", "sarif", "github")) {
      lines.add("lint\t" + folder + "\t-o\t" + output);
    }
    lines.add("fix\t--dry-run\t" + folder);
    return lines;
  }

  /// The first makes the recorded cluster.
  private static List<String> cluster(Path cluster, Path kubeconfig, Path played, Path work) {
    List<String> lines = new ArrayList<>();
    lines.add("demo\t--extract\t" + cluster);
    for (String from :
        List.of("--from\t" + cluster, "--kubeconfig\t" + kubeconfig + "\t--timeout\t30s")) {
      for (String output : List.of("table", "wide", "json", "yaml", "markdown", "name")) {
        lines.add("diagnose\t-A\t-o\t" + output + "\t" + from);
      }
      lines.add("diagnose\t-n\tai\tlibrechat\t" + from);
      lines.add("get\t-A\t" + from);
    }
    lines.add("diagnose\t-A\t--color\talways\t--from\t" + cluster);
    lines.add(
        "snapshot\t-A\t--kubeconfig\t" + kubeconfig + "\t" + work.resolve("snapshot.tgz"));
    String live = "\t--kubeconfig\t" + played;
    for (String output : List.of("text", "json", "yaml", "markdown")) {
      lines.add("plan\tdocs/wiki\t-o\t" + output + live);
    }
    lines.add("history\tdocs/wiki" + live);
    lines.add("recover\tdocs/wiki\t--dry-run" + live);
    lines.add("recover\tdocs/wiki\t--yes" + live);
    lines.add("recover\t-A\t--cause\tsuspended\t--yes" + live);
    lines.add("rollback\tdocs/wiki\t--to\t1\t--dry-run" + live);
    lines.add("validate\tdocs/wiki\t--watch-window\t1s\t--in-cluster" + live);
    lines.add("validate\tdocs/wiki\t--watch-window\t0\t-o\tjunit" + live);
    lines.add("probe\tregistry\tdocs/wiki\t--dry-run" + live);
    lines.add("recoveries");
    lines.add("__complete\tdiagnose\t--kubeconfig\t" + kubeconfig + "\t-n\t");
    return lines;
  }
}
