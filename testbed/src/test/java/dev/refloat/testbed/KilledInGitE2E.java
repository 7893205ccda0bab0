package dev.refloat.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.adapter.journal.RecoveryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Recoveries that fix a field in Git, killed with SIGKILL: before, in and after every run of git
/// that writes, at every write to the API server, and while they wait for the merge. Each time the
/// recovery is resumed. The end is one commit on one branch, a release that is well, and a working
/// tree as the person left it.
@RequiresTestBed
@EnabledOnOs({OS.LINUX, OS.MAC})
final class KilledInGitE2E {
  /// As people write it: comments, quotes, flow style.
  private static String manifest(String namespace) {
    return """
      # the application of the team
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata:
        name: app
        namespace: %s
      spec:
        interval: 10m
        timeout: 12s
        chart:
          spec:
            chart: "webapp"   # from our own repository
            version: 1.0.0
            interval: 10m
            sourceRef: {kind: HelmRepository, name: charts}
        values:
          message: hello   # to the world
      """
        .formatted(namespace);
  }

  private static Playground playground;

  @TempDir Path folder;

  /// What the person has in hand in the clone.
  enum Hand {
    /// Another branch, with commits, staged, changed and new files, the file of the release among
    /// them. The name of the chart is misspelt.
    OTHER_BRANCH("\"webapp\"", "\"webap\"", "spec.chart.spec.chart"),
    /// No branch; changes in another file. The image of the new version is missing.
    DETACHED("message: hello", "tag: does-not-exist", "spec.values", "--option=rollback"),
    /// The branch that Flux follows, with changes in another file. The chart crashes.
    SAME_BRANCH("message: hello", "sim: crash", "spec.values");

    private final String well;
    private final String broken;
    private final String field;
    private final List<String> options;

    Hand(String well, String broken, String field, String... options) {
      this.well = well;
      this.broken = broken;
      this.field = field;
      this.options = List.of(options);
    }

    private List<String> arguments(String command, Release release, GitOps git) {
      List<String> all =
          new ArrayList<>(
              List.of(command, "-n", release.namespace(), "app", "--repo=" + git.workplace()));
      all.addAll(options);
      return all;
    }

    private void take(GitOps git) throws IOException {
      Path clone = git.workplace();
      switch (this) {
        case OTHER_BRANCH -> {
          GitOps.git(clone, "switch", "-q", "-c", "feature", "main~1");
          Files.writeString(clone.resolve("feature.txt"), "half\n");
          GitOps.git(clone, "add", "feature.txt");
          GitOps.git(clone, "commit", "-q", "-m", "Half a feature");
          Files.writeString(clone.resolve(git.file()), "# all of it anew\n");
        }
        case DETACHED -> GitOps.git(clone, "checkout", "-q", "--detach", "main");
        case SAME_BRANCH -> {}
      }
      Files.writeString(clone.resolve("other.txt"), "one\nstaged\n");
      GitOps.git(clone, "add", "other.txt");
      Files.writeString(clone.resolve("other.txt"), "one\nstaged\nnot staged\n");
      Files.writeString(clone.resolve("new.txt"), "new\n");
    }
  }

  @BeforeAll
  static void start() throws Exception {
    playground = Playground.withStandIn();
  }

  @AfterAll
  static void stop() {
    playground.close();
  }

  @ParameterizedTest
  @EnumSource
  void makesOneCommitAndLosesNothing(Hand hand) throws Exception {
    Release release =
        Release.webapp("git-" + hand.name().toLowerCase(Locale.ROOT).replace('_', '-'), "app");
    playground.namespace(release.namespace());
    String well = manifest(release.namespace());
    try (GitOps git = GitOps.start(playground, release.namespace(), folder, well);
        FaultProxy proxy = FaultProxy.before(playground.cluster())) {
      playground.await("Flux applied it", () -> playground.exists(release));
      playground.awaitReady(release);
      Path file = git.workplace().resolve(git.file());
      Files.writeString(file, well.replace(hand.well, hand.broken));
      GitOps.git(git.workplace(), "commit", "-q", "-a", "-m", "Improve it");
      GitOps.git(git.workplace(), "push", "-q");
      git.reconcile();
      Refloat look = Refloat.as(playground.cluster(), playground.cluster().admin());
      playground.await(
          "the cause shows in full",
          () ->
              look.run(hand.arguments("plan", release, git).toArray(String[]::new))
                  .out()
                  .contains(hand.field));
      hand.take(git);
      Map<String, String> before = inHand(git);

      Path state = Files.createDirectory(folder.resolve("state"));
      Map<String, String> environment = new HashMap<>();
      environment.put(
          "KUBECONFIG",
          playground.cluster().kubeconfig(playground.cluster().admin().at(proxy.uri())).toString());
      environment.put("HOME", state.toString());
      environment.put("REFLOAT_STATE", state.toString());
      environment.put("PATH", deadlyGit(state) + ":/usr/bin:/bin");
      Deaths deaths =
          new Deaths(
              playground, proxy, new RecoveryFolder(state.resolve("recoveries")), environment);
      if (hand != Hand.SAME_BRANCH) {
        proxy.heal(); // deaths in git alone
      }
      List<String> first = hand.arguments("recover", release, git);
      first.add("--yes");
      Child handed = untilItEnds(deaths, first, git);
      assertThat(handed.await()).as("%s%n%s", handed.said(), deaths).isEqualTo(3);
      String branch = "refloat/" + deaths.recovery().orElseThrow();
      assertThat(handed.said()).contains("By hand: Review branch " + branch);
      assertThat(inHand(git)).isEqualTo(before);

      String id = deaths.recovery().orElseThrow();
      if (hand != Hand.SAME_BRANCH) {
        waitAndDie(environment, resume(id, git));
      }
      assertThat(playground.state(release).suspended()).isFalse();

      git.merge(branch);
      Child end = untilItEnds(deaths, resume(id, git), git);
      assertThat(end.await()).as("%s%n%s", end.said(), deaths).isZero();
      assertThat(end.said()).contains("Verdict: recovered");
      Narration.say(
          hand
              + ": "
              + deaths.runs()
              + " runs, killed at "
              + deaths.count()
              + " writes of the API");

      assertThat(inHand(git)).isEqualTo(before);
      assertThat(branches(git.remote())).containsExactly("main", branch);
      assertThat(branches(git.workplace())).contains(branch);
      assertThat(GitOps.git(git.remote(), "log", "--format=%s", "main~1.." + branch).lines())
          .singleElement()
          .satisfies(subject -> assertThat(subject).contains(hand.field));
      assertThat(GitOps.git(git.remote(), "diff", "--name-only", "main~1", branch).strip())
          .isEqualTo(git.file());
      assertThat(GitOps.git(git.workplace(), "worktree", "list").lines()).hasSize(1);
      assertThat(git.workplace().resolve(".git/refloat")).isEmptyDirectory();
      RecoverE2E.isWell(playground, RecoveryCase.IMAGE, release);
    }
  }

  /// Somebody says too early that it is merged: the recovery waits for it, and is killed.
  private static void waitAndDie(Map<String, String> environment, List<String> arguments) {
    Child waiting = Child.start("dev.refloat.wiring.Main", environment, arguments);
    playground
        .cluster()
        .await(
            "it waits for the merge",
            Duration.ofSeconds(90),
            () -> waiting.said().contains("the change has not arrived") || !waiting.alive());
    assertThat(waiting.alive()).as(waiting.said()).isTrue();
    waiting.kill();
  }

  private static List<String> resume(String id, GitOps git) {
    return List.of("recover", "--resume", id, "--yes", "--repo=" + git.workplace());
  }

  /// Resumes as often as it is killed.
  private static Child untilItEnds(Deaths deaths, List<String> first, GitOps git)
      throws InterruptedException {
    List<String> arguments = first;
    while (true) {
      Child child = deaths.run(arguments);
      if (child.await() <= 128) {
        return child;
      }
      if (deaths.recovery().isPresent()) {
        arguments = resume(deaths.recovery().get(), git);
      }
    }
  }

  private static List<String> branches(Path repository) {
    return GitOps.git(repository, "for-each-ref", "--format=%(refname:short)", "refs/heads")
        .lines()
        .toList();
  }

  /// Everything that is the person's: files, index, branches, and where HEAD was.
  private static Map<String, String> inHand(GitOps git) throws IOException {
    Map<String, String> all = new HashMap<>();
    Path clone = git.workplace();
    all.put("status", GitOps.git(clone, "status", "--porcelain=v2", "--untracked-files=all"));
    all.put("index", GitOps.git(clone, "ls-files", "--stage"));
    all.put("stash", GitOps.git(clone, "stash", "list"));
    all.put("reflog", GitOps.git(clone, "reflog", "HEAD"));
    all.put("config", GitOps.git(clone, "config", "--local", "--list"));
    for (String b : branches(clone)) {
      if (!b.startsWith("refloat/")) {
        all.put("branch " + b, GitOps.git(clone, "rev-parse", b));
      }
    }
    for (String file : List.of("other.txt", "new.txt", git.file())) {
      all.put(file, Files.readString(clone.resolve(file)));
    }
    return all;
  }

  /// A folder with a git that kills Refloat at everything that writes: before it runs; while it
  /// runs, and then it goes on by itself, a little later; and after it ran.
  private static Path deadlyGit(Path state) throws IOException {
    Path bin = Files.createDirectory(state.resolve("bin"));
    Path script = bin.resolve("git");
    Files.writeString(
        script,
        """
        #!/bin/sh
        verb= skip=
        for a in "$@"; do
          if [ -n "$skip" ]; then skip=; continue; fi
          case "$a" in -c) skip=1 ;; -*) ;; *) verb="$verb-$a"; case "$a" in worktree) ;; *) break ;; esac ;; esac
        done
        case "$verb" in
          -worktree-add|-worktree-remove|-add|-commit|-update-ref|-push) ;;
          *) exec /usr/bin/git "$@" ;;
        esac
        if mkdir "%1$s/before$verb" 2>/dev/null; then kill -9 $PPID; exit 1; fi
        if mkdir "%1$s/in$verb" 2>/dev/null; then kill -9 $PPID; sleep 1; exec /usr/bin/git "$@"; fi
        /usr/bin/git "$@"
        code=$?
        if mkdir "%1$s/after$verb" 2>/dev/null; then kill -9 $PPID; fi
        exit $code
        """
            .formatted(state));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return bin;
  }
}
