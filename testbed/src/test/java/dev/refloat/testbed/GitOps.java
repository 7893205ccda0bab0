package dev.refloat.testbed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A bare repository, a clone of it in which a person works, and a stand-in for what Flux does with
/// the branch `main` of it: the part of source-controller that notes the revision of a
/// GitRepository, and the part of kustomize-controller that applies one file of it.
///
/// Like them it acts at once when it is asked to; else every few seconds.
final class GitOps implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 5_000;

  private final Playground playground;
  private final String namespace;
  private final Path remote;
  private final Path clone;
  private final Path reviewer;
  private final Thread thread;
  private volatile boolean ended;
  private volatile String trouble = "";
  private String revision = "";
  private volatile long looked;

  private GitOps(Playground playground, String namespace, Path folder) {
    this.playground = playground;
    this.namespace = namespace;
    this.remote = folder.resolve("remote.git");
    this.clone = folder.resolve("clone");
    this.reviewer = folder.resolve("reviewer");
    this.thread = Thread.ofVirtual().name("testbed-git").unstarted(this::run);
  }

  /// Makes the repository with one file, and has it applied.
  ///
  /// @param folder for the repositories
  static GitOps start(Playground playground, String namespace, Path folder, String manifest)
      throws IOException {
    GitOps all = new GitOps(playground, namespace, folder);
    git(folder, "init", "-q", "--bare", "-b", "main", all.remote.toString());
    all.cloneInto(all.clone);
    git(all.clone, "switch", "-q", "-c", "main");
    Files.writeString(all.clone.resolve("other.txt"), "one\n");
    Files.createDirectories(all.clone.resolve(all.file()).getParent());
    Files.writeString(all.clone.resolve(all.file()), manifest);
    git(all.clone, "add", "-A");
    git(all.clone, "commit", "-q", "-m", "Declare the application");
    git(all.clone, "push", "-q", "-u", "origin", "main");
    all.cloneInto(all.reviewer);
    playground
        .cluster()
        .apply(
            """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: GitRepository
            metadata: {namespace: %1$s, name: fleet}
            spec: {interval: 1m, url: "https://git.example.com/fleet", ref: {branch: main}}
            ---
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {namespace: %1$s, name: apps}
            spec:
              interval: 10m
              path: ./apps
              prune: true
              sourceRef: {kind: GitRepository, name: fleet}
            """
                .formatted(namespace));
    all.thread.start();
    return all;
  }

  /// The file that declares the application.
  String file() {
    return "apps/app.yaml";
  }

  /// Where the person works.
  Path workplace() {
    return clone;
  }

  Path remote() {
    return remote;
  }

  /// Has the source looked at now.
  void reconcile() {
    looked = 0;
  }

  /// Merges a branch of the remote into `main`, as a reviewer does.
  void merge(String branch) {
    git(reviewer, "pull", "-q", "--ff-only");
    git(reviewer, "merge", "-q", "--no-edit", "--no-ff", "origin/" + branch);
    git(reviewer, "push", "-q", "origin", "main");
  }

  private void cloneInto(Path folder) {
    git(remote, "clone", "-q", remote.toString(), folder.toString());
    git(folder, "config", "user.name", "Test");
    git(folder, "config", "user.email", "test@example.com");
    git(folder, "config", "commit.gpgsign", "false");
  }

  /// Runs git, and wants success.
  static String git(Path folder, String... arguments) {
    try {
      List<String> line = new ArrayList<>(List.of("git"));
      line.addAll(List.of(arguments));
      Process process =
          new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(line + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new IllegalStateException("cannot run git", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void run() {
    while (!ended) {
      try {
        look();
      } catch (RuntimeException e) {
        if (!ended && !trouble.equals(String.valueOf(e.getMessage()))) {
          trouble = String.valueOf(e.getMessage());
          Narration.say("git: " + trouble);
        }
      }
      LockSupport.parkNanos(200_000_000);
    }
  }

  private void look() {
    JsonNode source =
        playground
            .api()
            .get(
                "/apis/source.toolkit.fluxcd.io/v1/namespaces/"
                    + namespace
                    + "/gitrepositories/fleet");
    if (asked(source) || System.currentTimeMillis() - looked > INTERVAL_MILLIS) {
      looked = System.currentTimeMillis();
      revision = git(remote, "rev-parse", "main").strip();
      ObjectNode status = ready(source);
      status
          .putObject("artifact")
          .put("revision", "main@sha1:" + revision)
          .put("digest", "sha256:" + "0".repeat(64))
          .put("lastUpdateTime", now())
          .put("path", "fleet")
          .put("url", "http://source/fleet");
      write(source, status);
    }
    JsonNode kustomization =
        playground
            .api()
            .get(
                "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/"
                    + namespace
                    + "/kustomizations/apps");
    String wanted = "main@sha1:" + revision;
    if (asked(kustomization)
        || !kustomization.path("status").path("lastAppliedRevision").asString("").equals(wanted)) {
      ObjectNode release = Manifests.read(git(remote, "show", revision + ":" + file())).getFirst();
      release
          .withObject("metadata")
          .putObject("labels")
          .put("kustomize.toolkit.fluxcd.io/name", "apps")
          .put("kustomize.toolkit.fluxcd.io/namespace", namespace);
      playground.api().apply(release, "kustomize-controller");
      write(
          kustomization,
          ready(kustomization)
              .put("lastAppliedRevision", wanted)
              .put("lastAttemptedRevision", wanted));
    }
  }

  private static boolean asked(JsonNode object) {
    String token =
        object
            .path("metadata")
            .path("annotations")
            .path("reconcile.fluxcd.io/requestedAt")
            .asString("");
    return !token.equals(object.path("status").path("lastHandledReconcileAt").asString(""));
  }

  private static ObjectNode ready(JsonNode object) {
    ObjectNode status = ApiClient.JSON.createObjectNode();
    status.put(
        "lastHandledReconcileAt",
        object
            .path("metadata")
            .path("annotations")
            .path("reconcile.fluxcd.io/requestedAt")
            .asString(""));
    status.put("observedGeneration", object.path("metadata").path("generation").asInt());
    status
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", "True")
        .put("reason", "Succeeded")
        .put("message", "as in Git")
        .put("observedGeneration", object.path("metadata").path("generation").asInt())
        .put("lastTransitionTime", now());
    return status;
  }

  private void write(JsonNode object, ObjectNode status) {
    ObjectNode patch = ApiClient.JSON.createObjectNode();
    patch.set("status", status);
    playground.api().mergePatch(playground.api().path((ObjectNode) object) + "/status", patch);
  }

  private static String now() {
    return Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
  }

  @Override
  public void close() {
    ended = true;
    LockSupport.unpark(thread);
  }
}
