package dev.refloat.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A stand-in for the part of a kubelet that KWOK leaves out: runs the command of each running pod
/// of a namespace as a process of this machine, and tells its exit code and its log.
///
/// `nslookup` and `nc` are stand-ins as well, made of `getent` and of bash: they resolve and
/// connect for real.
final class PodPrograms implements AutoCloseable {
  private static final long LIMIT_SECONDS = 20;

  private final TestCluster cluster;
  private final String namespace;
  private final Path programs;
  private final Thread thread;
  private final Set<String> run = new HashSet<>();
  private volatile boolean ended;

  private PodPrograms(TestCluster cluster, String namespace, Path programs) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.programs = programs;
    this.thread = Thread.ofVirtual().name("testbed-programs").unstarted(this::look);
  }

  static PodPrograms start(TestCluster cluster, String namespace) throws IOException {
    Path bin = Files.createDirectories(cluster.state().resolve("programs"));
    program(
        bin.resolve("nslookup"),
        """
        address=$(getent hosts "$1" | cut -d' ' -f1)
        if [ -z "$address" ]; then echo "** server can't find $1: NXDOMAIN"; exit 1; fi
        printf 'Name:\\t%s\\nAddress: %s\\n' "$1" "$address"
        """);
    program(
        bin.resolve("nc"),
        """
        # nc -z -w SECONDS HOST PORT
        timeout "$3" bash -c ': 2>/dev/null > "/dev/tcp/$0/$1"' "$4" "$5"
        """);
    PodPrograms all = new PodPrograms(cluster, namespace, bin);
    all.thread.start();
    return all;
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private void look() {
    while (!ended) {
      try {
        for (JsonNode pod :
            cluster
                .api()
                .get("/api/v1/namespaces/" + namespace + "/pods?labelSelector=refloat.dev%2Fprobe")
                .path("items")) {
          if (pod.path("status").path("phase").asString("").equals("Running")
              && run.add(pod.path("metadata").path("uid").asString())) {
            end(pod);
          }
        }
      } catch (RuntimeException e) {
        if (!ended) {
          Narration.say("programs of pods: " + e.getMessage());
        }
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private void end(JsonNode pod) {
    String name = pod.path("metadata").path("name").asString();
    JsonNode container = pod.path("spec").path("containers").get(0);
    List<String> command = new ArrayList<>();
    container.path("command").forEach(c -> command.add(c.asString()));
    StringBuilder log = new StringBuilder();
    int code = run(command, log);
    cluster
        .podLogs()
        .put(namespace, name, container.path("name").asString(), false, log.toString());
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode status =
        Manifests.read(
                """
                status:
                  phase: %1$s
                  containerStatuses:
                  - name: %2$s
                    image: "%3$s"
                    imageID: ""
                    ready: false
                    started: false
                    restartCount: 0
                    state:
                      terminated: {exitCode: %4$d, reason: %5$s, startedAt: "%6$s", finishedAt: "%6$s"}
                """
                    .formatted(
                        code == 0 ? "Succeeded" : "Failed",
                        container.path("name").asString(),
                        container.path("image").asString(),
                        code,
                        code == 0 ? "Completed" : "Error",
                        now))
            .getFirst();
    cluster
        .api()
        .mergePatch("/api/v1/namespaces/" + namespace + "/pods/" + name + "/status", status);
  }

  private int run(List<String> command, StringBuilder log) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.command().set(0, programs.resolve(command.getFirst()).toString());
      Process process = builder.start();
      log.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      return process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    ended = true;
    LockSupport.unpark(thread);
  }
}
