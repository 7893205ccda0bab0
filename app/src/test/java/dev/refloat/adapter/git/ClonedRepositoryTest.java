package dev.refloat.adapter.git;

import static dev.refloat.adapter.git.TestClone.git;
import static dev.refloat.adapter.git.TestClone.release;
import static dev.refloat.adapter.git.TestClone.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.refloat.port.GitFailure;
import dev.refloat.port.GitRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Commits, pushes and undoes with the real git.
class ClonedRepositoryTest {
  private static final String BRANCH = "refloat/timeout-apps-podinfo-1a2b";
  private static final String MESSAGE = "Give podinfo time\n\nWhy.\n\nRefloat-Cause: timeout\n";

  @TempDir Path folder;
  private TestClone clone;

  @BeforeEach
  void start() {
    clone =
        new TestClone(folder.resolve("clone").toFile().mkdirs() ? folder.resolve("clone") : folder)
            .file("podinfo.yaml", release("podinfo", "interval: 5m\n"))
            .file("other.yaml", "a: 1\n")
            .commit();
  }

  private GitRepository.Change change() throws GitFailure {
    return clone.change(Optional.empty(), set("10m", "spec", "timeout"));
  }

  @Test
  void commitsOnABranchAndLeavesTheUsersWorkAlone() throws Exception {
    clone.file("other.yaml", "a: 2\n").run("add", "other.yaml");
    clone.file("other.yaml", "a: 3\n").file("new.txt", "x");
    String status = clone.run("status", "--porcelain");
    String head = clone.run("rev-parse", "HEAD").strip();
    GitRepository.Commit commit = clone.open().commit(change(), BRANCH, MESSAGE);
    assertThat(clone.run("status", "--porcelain")).isEqualTo(status);
    assertThat(clone.run("symbolic-ref", "HEAD").strip()).isEqualTo("refs/heads/main");
    assertThat(clone.run("rev-parse", BRANCH).strip()).isEqualTo(commit.id());
    assertThat(clone.run("rev-parse", BRANCH + "^").strip()).isEqualTo(head);
    assertThat(clone.run("show", BRANCH + ":podinfo.yaml")).contains("  timeout: 10m\n");
    assertThat(clone.run("diff", "--name-only", "main", BRANCH)).isEqualTo("podinfo.yaml\n");
    assertThat(clone.run("log", "-1", "--format=%B", BRANCH).strip()).isEqualTo(MESSAGE.strip());
    assertThat(clone.run("log", "-1", "--format=%an", BRANCH).strip()).isEqualTo("Test");
    assertThat(clone.run("worktree", "list").lines()).hasSize(1);
    assertThat(clone.read("podinfo.yaml")).doesNotContain("timeout");
  }

  @Test
  void givesTheDiffThatGitGives() throws Exception {
    GitRepository.Change change = change();
    clone.open().commit(change, BRANCH, MESSAGE);
    String real =
        clone
            .run("diff", "main", BRANCH)
            .lines()
            .filter(l -> !l.startsWith("index "))
            .reduce("", (a, b) -> a + b + "\n");
    assertThat(change.diff()).isEqualTo(real.replaceAll("(@@ .* @@).*\n", "$1\n"));
  }

  @Test
  void returnsTheSameCommitWhenAskedAgainAndRefusesAnotherOne() throws Exception {
    GitRepository.Change change = change();
    GitRepository.Commit once = clone.open().commit(change, BRANCH, MESSAGE);
    assertThat(clone.open().commit(change, BRANCH, MESSAGE)).isEqualTo(once);
    GitRepository.Change other = clone.change(Optional.empty(), set("9m", "spec", "timeout"));
    assertThatThrownBy(() -> clone.open().commit(other, BRANCH, MESSAGE))
        .isInstanceOf(GitFailure.class)
        .hasMessageContaining("exists already with something else");
  }

  @Test
  void goesOnAfterARunThatWasKilled() throws Exception {
    Path left = folder.resolve("clone/.git/refloat/" + BRANCH.replace('/', '_'));
    clone.run("worktree", "add", "-q", "--detach", left.toString());
    Files.writeString(left.resolve("podinfo.yaml"), "half");
    GitRepository.Commit commit = clone.open().commit(change(), BRANCH, MESSAGE);
    assertThat(clone.run("show", commit.id() + ":podinfo.yaml")).contains("timeout: 10m");
    assertThat(left).doesNotExist();
    assertThat(clone.run("worktree", "list").lines()).hasSize(1);
  }

  @Test
  void refusesOnlyWhenTheTouchedFileIsDirty() throws Exception {
    clone.file("podinfo.yaml", release("podinfo", "interval: 6m\n"));
    assertThat(clone.propose(Optional.empty(), set("10m", "spec", "timeout")))
        .isInstanceOfSatisfying(
            GitRepository.Refused.class,
            r ->
                assertThat(r.reason())
                    .isEqualTo("podinfo.yaml has changes that are not committed"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void runsTheUsersHooksAndSaysWhatTheySaid() throws Exception {
    hook("pre-commit", "echo 'no commits on Fridays' >&2; exit 1");
    GitRepository.Change change = change();
    assertThatThrownBy(() -> clone.open().commit(change, BRANCH, MESSAGE))
        .isInstanceOf(GitFailure.class)
        .hasMessageContaining("no commits on Fridays");
    assertThat(clone.run("branch", "--list", BRANCH)).isEmpty();
    assertThat(clone.run("worktree", "list").lines()).hasSize(1);
    hook("pre-commit", "echo x >> other.yaml; git add other.yaml");
    assertThatThrownBy(() -> clone.open().commit(change, BRANCH, MESSAGE))
        .hasMessageContaining("changed the commit beyond the shown diff");
    assertThat(clone.run("branch", "--list", BRANCH)).isEmpty();
    hook("pre-commit", "test -f podinfo.yaml -a -f other.yaml");
    clone.open().commit(change, BRANCH, MESSAGE);
  }

  @Test
  void keepsLineBreaksThatGitTranslates() throws Exception {
    clone.run("config", "core.autocrlf", "true");
    Files.delete(folder.resolve("clone/podinfo.yaml"));
    clone.run("checkout", "--", "podinfo.yaml");
    assertThat(clone.read("podinfo.yaml")).contains("\r\n");
    GitRepository.Commit commit = clone.open().commit(change(), BRANCH, MESSAGE);
    assertThat(clone.run("show", commit.id() + ":podinfo.yaml"))
        .contains("  timeout: 10m\n")
        .doesNotContain("\r");
  }

  @Test
  void pushesWithoutForceAndTakesBack(@TempDir Path remote) throws Exception {
    git(remote, "init", "-q", "--bare", "-b", "main");
    clone.run("remote", "add", "origin", remote.toUri().toString());
    clone.run("push", "-q", "-u", "origin", "main");
    GitRepository repository = clone.open();
    GitRepository.Commit commit = repository.commit(change(), BRANCH, MESSAGE);
    repository.push(commit, BRANCH);
    repository.push(commit, BRANCH);
    assertThat(git(remote, "rev-parse", BRANCH).strip()).isEqualTo(commit.id());
    repository.discard(commit);
    repository.discard(commit);
    assertThat(git(remote, "branch", "--list", BRANCH)).isEmpty();
    assertThat(clone.run("branch", "--list", BRANCH)).isEmpty();

    GitRepository.Commit again = repository.commit(change(), BRANCH, MESSAGE);
    repository.push(again, "main");
    assertThat(git(remote, "rev-parse", "main").strip()).isEqualTo(again.id());
    clone.run("commit", "-q", "--allow-empty", "-m", "elsewhere");
    GitRepository.Commit behind = repository.commit(change(), BRANCH + "2", MESSAGE);
    assertThatThrownBy(() -> repository.push(behind, "main"))
        .isInstanceOf(GitFailure.class)
        .hasMessageContaining("git push failed");
    assertThat(git(remote, "rev-parse", "main").strip()).isEqualTo(again.id());
  }

  @Test
  void doesNotTakeBackWhatSomebodyBuildsOn() throws Exception {
    GitRepository.Commit commit = clone.open().commit(change(), BRANCH, MESSAGE);
    clone.run("checkout", "-q", BRANCH);
    assertThatThrownBy(() -> clone.open().discard(commit)).hasMessageContaining("is checked out");
    clone.run("commit", "-q", "--allow-empty", "-m", "more");
    clone.run("checkout", "-q", "main");
    assertThatThrownBy(() -> clone.open().discard(commit))
        .hasMessageContaining("Somebody has committed on");
  }

  @Test
  void revertsWhatWasMerged() throws Exception {
    GitRepository.Commit commit = clone.open().commit(change(), BRANCH, MESSAGE);
    clone.run("merge", "-q", "--ff-only", BRANCH);
    assertThat(clone.read("podinfo.yaml")).contains("timeout");
    GitRepository.Commit back = clone.open().revert(commit, "refloat/undo", "Take it back\n");
    assertThat(clone.open().revert(commit, "refloat/undo", "Take it back\n")).isEqualTo(back);
    assertThat(clone.run("show", back.id() + ":podinfo.yaml")).doesNotContain("timeout");
    assertThat(clone.run("status", "--porcelain")).isEmpty();
  }

  @Test
  void saysWhenThereIsNoRepositoryOrNoGit() {
    assertThatThrownBy(() -> ClonedRepository.open(folder))
        .isInstanceOf(GitFailure.class)
        .hasMessageContaining("is not in the working tree of a git repository");
    assertThatThrownBy(() -> ClonedRepository.open(folder, "no-such-git"))
        .hasMessageContaining("Install git");
  }

  private void hook(String name, String script) throws Exception {
    Path hook = folder.resolve("clone/.git/hooks/" + name);
    Files.createDirectories(hook.getParent());
    Files.writeString(hook, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
