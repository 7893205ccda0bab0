package dev.refloat.adapter.git;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.ObjectRef;
import dev.refloat.port.GitFailure;
import dev.refloat.port.GitRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A clone on disk, worked on with the user's own git. Commits are made in a working tree of their
/// own
/// below the clone's `.git`, so that hooks and signing work as always and the user's working tree,
/// index
/// and branch stay as they are; the new branch appears only when the commit is whole.
public final class ClonedRepository implements GitRepository {
  private static final Duration LOCAL = Duration.ofSeconds(60);

  /// Hooks run linters, signing asks for a touch.
  private static final Duration COMMIT = Duration.ofMinutes(5);

  private static final Duration REMOTE = Duration.ofMinutes(2);
  private static final String NOBODY = "0".repeat(40);

  private final GitProgram git;
  private final Path root;
  private final Path common;

  private ClonedRepository(GitProgram git, Path root, Path common) {
    this.git = git;
    this.root = root;
    this.common = common;
  }

  /// Opens the clone that a folder lies in.
  public static ClonedRepository open(Path folder) throws GitFailure {
    return open(folder, "git");
  }

  /// Opens the clone that a folder lies in, with another git.
  ///
  /// @param program the git to run
  public static ClonedRepository open(Path folder, String program) throws GitFailure {
    if (!Files.isDirectory(folder)) {
      throw new GitFailure(folder + " is no folder", "Name a clone of the repository.");
    }
    GitProgram git = new GitProgram(program);
    GitProgram.Result top =
        git.run(
            folder,
            LOCAL,
            "rev-parse",
            "--path-format=absolute",
            "--show-toplevel",
            "--git-common-dir");
    List<String> lines = top.out().lines().toList();
    if (!top.ok() || lines.size() != 2) {
      throw new GitFailure(
          folder
              + " is not in the working tree of a git repository"
              + (top.said().isEmpty() ? "" : ": " + top.said()),
          "Name a clone of the repository that Flux follows.");
    }
    try {
      return new ClonedRepository(
          git, Path.of(lines.getFirst()).toRealPath(), Path.of(lines.getLast()).toRealPath());
    } catch (IOException e) {
      throw new GitFailure(folder + " cannot be read", "Check its permissions.");
    }
  }

  @Override
  public Search locate(ObjectRef object, Optional<Owner> owner) throws GitFailure {
    try {
      SourceTree tree = looked(owner).tree();
      Declarations declarations = new Declarations(tree, object);
      return switch (declarations.find(owner.map(Owner::kustomization))) {
        case Declarations.None(var why) -> why;
        case Declarations.One(var built) ->
            location(object, owner, built, new Layers(tree, declarations, built));
      };
    } catch (UncheckedIOException e) {
      throw new GitFailure(root + " cannot be read", "Check its permissions.");
    }
  }

  /// What is looked at, and what a commit is made on.
  ///
  /// @param commit empty when nothing is committed yet
  /// @param worked whether it is the working tree, where the user may be at work
  private record Looked(SourceTree tree, String commit, boolean worked) {}

  private Looked looked(Optional<Owner> owner) throws GitFailure {
    Optional<String> followed = owner.flatMap(Owner::sourceBranch);
    if (followed.isPresent() && !followed.get().equals(branch())) {
      String fetched = "refs/remotes/" + remote() + "/" + followed.get();
      Optional<String> commit = commit(fetched);
      if (commit.isPresent()) {
        return new Looked(
            new SourceTree(CommittedFiles.at(root, commit.get())), commit.get(), false);
      }
    }
    return new Looked(new SourceTree(root), commit("HEAD").orElse(""), true);
  }

  /// The branch that is checked out; empty for none.
  private String branch() throws GitFailure {
    return git.run(root, LOCAL, "symbolic-ref", "--short", "-q", "HEAD").out().strip();
  }

  private Optional<String> commit(String revision) throws GitFailure {
    GitProgram.Result r =
        git.run(root, LOCAL, "rev-parse", "--verify", "-q", revision + "^{commit}");
    return r.ok() ? Optional.of(r.out().strip()) : Optional.empty();
  }

  private Location location(
      ObjectRef object, Optional<Owner> owner, Declarations.Built built, Layers layers)
      throws GitFailure {
    List<String> notes = new ArrayList<>(built.notes());
    if (owner.isPresent()) {
      notes.addAll(otherClone(owner.get()));
    }
    Optional<Owner> known =
        owner.or(() -> built.owner().map(o -> new Owner(o, Optional.empty(), Optional.empty())));
    return new Location(object, known, layers.base(), layers.patches(), notes);
  }

  private List<String> otherClone(Owner owner) throws GitFailure {
    List<String> notes = new ArrayList<>();
    if (owner.sourceUrl().isPresent()) {
      List<String> remotes =
          git.run(root, LOCAL, "config", "--get-regexp", "^remote\\..*\\.url$")
              .out()
              .lines()
              .map(l -> l.substring(l.indexOf(' ') + 1))
              .toList();
      String wanted = repository(owner.sourceUrl().get());
      if (!remotes.isEmpty() && remotes.stream().noneMatch(r -> repository(r).equals(wanted))) {
        notes.add("Flux takes it from " + wanted + ", which is no remote of this clone");
      }
    }
    if (owner.sourceBranch().isPresent()) {
      String here = branch();
      String followed = owner.sourceBranch().get();
      if (!here.equals(followed)) {
        notes.add(
            "Flux follows the branch "
                + followed
                + ", checked out is "
                + (here.isEmpty() ? "no branch" : here)
                + (looked(Optional.of(owner)).worked()
                    ? ", which the fix is made on: nothing of the other one was fetched"
                    : ": the fix is made on " + followed + " as it was last fetched"));
      }
    }
    return notes;
  }

  /// `host/path` of a remote, however it is spelt.
  private static String repository(String url) {
    String plain = url.strip().toLowerCase(Locale.ROOT);
    int scheme = plain.indexOf("://");
    boolean scp = scheme < 0 && plain.indexOf(':') > 0;
    plain = scheme >= 0 ? plain.substring(scheme + 3) : plain;
    int at = plain.indexOf('@');
    plain = at >= 0 ? plain.substring(at + 1) : plain;
    plain = scp ? plain.replaceFirst(":", "/") : plain.replaceFirst("^([^/]+):[0-9]+/", "$1/");
    return plain.replaceFirst("/+$", "").replaceFirst("\\.git$", "");
  }

  @Override
  public Proposal propose(Location location, List<FieldEdit> edits) throws GitFailure {
    Looked looked = looked(location.owner());
    if (looked.commit().isEmpty()) {
      throw new GitFailure(
          "Nothing is committed in " + root,
          "Commit something first: a fix is a commit on top of another.");
    }
    SourceTree tree = looked.tree();
    Declarations declarations = new Declarations(tree, location.object());
    Declarations.Outcome outcome;
    try {
      outcome = declarations.find(location.owner().map(Owner::kustomization));
    } catch (UncheckedIOException e) {
      throw new GitFailure(root + " cannot be read", "Check its permissions.");
    }
    return switch (outcome) {
      case Declarations.None(var why) -> refused(why);
      case Declarations.One(var built) -> {
        try {
          Layers.Outcome done = new Layers(tree, declarations, built).edit(edits);
          yield done.texts().isEmpty() ? new NothingToDo() : change(looked, done);
        } catch (Layers.Unsafe e) {
          yield new Refused(String.valueOf(e.getMessage()), "Edit the file by hand.");
        }
      }
    };
  }

  private static Refused refused(Search why) {
    return switch (why) {
      case Ambiguous a ->
          new Refused(a.reason() + ": " + String.join(", ", a.candidates()), a.next());
      case NotDeclared n -> new Refused(n.reason(), n.next());
      case Location l -> throw new IllegalStateException("found after all: " + l.object());
    };
  }

  private Proposal change(Looked looked, Layers.Outcome done) throws GitFailure {
    List<EditedFile> files = new ArrayList<>();
    StringBuilder diff = new StringBuilder();
    for (var e : done.texts().entrySet()) {
      String path = e.getKey();
      if (looked.worked() && uncommitted(path)) {
        return new Refused(
            path + " has changes that are not committed",
            "Commit or stash them, then run it again.");
      }
      String before = looked.tree().read(path).map(SourceTree.Parsed::text).orElse("");
      files.add(new EditedFile(path, before, e.getValue()));
      diff.append(LineDiff.unified(path, before, e.getValue()));
    }
    return new Change(looked.commit(), files, diff.toString(), done.sharedBy());
  }

  private boolean uncommitted(String path) throws GitFailure {
    return !git.must(
            root,
            LOCAL,
            "Run `git status` to see what is wrong.",
            "status",
            "--porcelain",
            "--ignored",
            "--untracked-files=all",
            "--",
            ":(top,literal)" + path)
        .isBlank();
  }

  @Override
  public Optional<Commit> committed(String branch, String message) throws GitFailure {
    valid(branch);
    Optional<String> tip = tip(branch);
    if (tip.isEmpty()) {
      return Optional.empty();
    }
    String said = git.must(root, LOCAL, "", "log", "-1", "--format=%B", tip.get());
    if (!said.strip().equals(message.strip())) {
      return Optional.empty();
    }
    remove(work(branch));
    return Optional.of(new Commit(tip.get(), branch, paths(tip.get())));
  }

  /// The files that a commit changes.
  private List<String> paths(String id) throws GitFailure {
    return Arrays.stream(
            git.must(root, LOCAL, "", "diff-tree", "--no-commit-id", "--name-only", "-r", "-z", id)
                .split("\0", -1))
        .filter(p -> !p.isEmpty())
        .sorted()
        .toList();
  }

  @Override
  public Commit commit(Change change, String branch, String message) throws GitFailure {
    valid(branch);
    List<String> paths = change.files().stream().map(EditedFile::path).toList();
    Optional<String> tip = tip(branch);
    if (tip.isPresent()) {
      if (isDone(tip.get(), change)) {
        return new Commit(tip.get(), branch, paths);
      }
      throw taken(branch);
    }
    Path work = workingTree(branch, change.base());
    try {
      for (EditedFile file : change.files()) {
        write(work, file);
      }
      List<String> add = new ArrayList<>(List.of("add", "--"));
      paths.forEach(p -> add.add(":(top,literal)" + p));
      git.must(work, LOCAL, "See what git says.", add.toArray(String[]::new));
      String id = record(work, message);
      if (!paths(id).equals(paths.stream().sorted().toList()) || !isDone(id, change)) {
        throw new GitFailure(
            "A hook of this repository changed the commit beyond the shown diff",
            "Make the change by hand, or switch the hook off for it.");
      }
      publish(branch, id);
      return new Commit(id, branch, paths);
    } finally {
      remove(work);
    }
  }

  private static GitFailure taken(String branch) {
    return new GitFailure(
        "The branch " + branch + " exists already with something else",
        "Delete it with `git branch -D " + branch + "`, or keep it and merge it.");
  }

  private void valid(String branch) throws GitFailure {
    GitProgram.Result r = git.run(root, LOCAL, "check-ref-format", "--branch", branch);
    if (!r.ok() || branch.startsWith("-")) {
      throw new GitFailure("`" + branch + "` is no name for a branch", "Choose another one.");
    }
  }

  private Optional<String> tip(String branch) throws GitFailure {
    return commit("refs/heads/" + branch);
  }

  /// Whether a commit is the change: its only parent the base, its files as wanted.
  private boolean isDone(String id, Change change) throws GitFailure {
    String parents = git.must(root, LOCAL, "", "rev-list", "--parents", "-n", "1", id).strip();
    if (!parents.equals(id + " " + change.base())) {
      return false;
    }
    for (EditedFile file : change.files()) {
      // As it would be checked out here, with the line breaks that the user's git makes.
      GitProgram.Result r = git.run(root, LOCAL, "cat-file", "--filters", id + ":" + file.path());
      if (!r.ok() || !r.out().equals(file.after())) {
        return false;
      }
    }
    return true;
  }

  private void write(Path work, EditedFile file) throws GitFailure {
    Path target = work.resolve(file.path());
    try {
      Path real = target.toRealPath();
      if (!real.startsWith(work.toRealPath()) || !Files.readString(real).equals(file.before())) {
        throw new GitFailure(
            file.path() + " is not what was looked at", "Look at the diff again, then repeat.");
      }
      Files.write(real, file.after().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new GitFailure(
          file.path() + " cannot be written in " + work, "Check free space and permissions.");
    }
  }

  /// A working tree below `.git`, of a commit, with no branch. One that an interrupted run left is
  /// removed first.
  private Path workingTree(String branch, String commit) throws GitFailure {
    Path work = work(branch);
    remove(work);
    git.must(
        root,
        COMMIT,
        "Check free space and permissions of the repository.",
        "-c",
        "core.hooksPath=" + common.resolve("refloat").resolve("no-hooks"),
        "worktree",
        "add",
        "--detach",
        "--force",
        "--quiet",
        work.toString(),
        commit);
    return work;
  }

  private Path work(String branch) {
    return common.resolve("refloat").resolve(branch.replaceAll("[^A-Za-z0-9._-]", "_"));
  }

  private void remove(Path work) throws GitFailure {
    git.run(root, LOCAL, "worktree", "remove", "--force", "--force", work.toString());
    if (Files.exists(work)) {
      try (var all = Files.walk(work)) {
        for (Path p : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(p);
        }
      } catch (IOException | UncheckedIOException e) {
        throw new GitFailure(work + " cannot be removed", "Remove it by hand.");
      }
    }
    git.run(root, LOCAL, "worktree", "prune");
  }

  private String record(Path work, String message) throws GitFailure {
    Path file;
    try {
      file = Files.createTempFile("refloat-message", ".txt");
      Files.writeString(file, message);
    } catch (IOException e) {
      throw new GitFailure("The commit message cannot be written", "Check free space in /tmp.");
    }
    try {
      git.must(
          work,
          COMMIT,
          "What git or its hook said has to be put right first; nothing was changed.",
          "commit",
          "--quiet",
          "--cleanup=whitespace",
          "-F",
          file.toString());
      return git.must(work, LOCAL, "", "rev-parse", "HEAD").strip();
    } finally {
      file.toFile().delete();
    }
  }

  /// The branch appears with its commit, or not at all.
  private void publish(String branch, String id) throws GitFailure {
    git.must(
        root,
        LOCAL,
        "Another run may have made the branch: look at it, then repeat.",
        "update-ref",
        "-m",
        "refloat: commit",
        "refs/heads/" + branch,
        id,
        id.length() == NOBODY.length() ? NOBODY : "0".repeat(id.length()));
  }

  private String remote() throws GitFailure {
    String own = git.run(root, LOCAL, "config", "branch." + branch() + ".remote").out().strip();
    List<String> all = git.run(root, LOCAL, "remote").out().lines().toList();
    if (!own.isEmpty() && all.contains(own)) {
      return own;
    }
    if (all.contains("origin")) {
      return "origin";
    }
    if (all.size() == 1) {
      return all.getFirst();
    }
    throw new GitFailure(
        all.isEmpty()
            ? "This clone has no remote"
            : "This clone has several remotes and no upstream",
        "Push the branch by hand.");
  }

  @Override
  public void push(Commit commit, String branch) throws GitFailure {
    valid(branch);
    String remote = remote();
    git.must(
        root,
        REMOTE,
        "The commit is on the branch "
            + commit.branch()
            + ": push it by hand, or pull and run it again when the remote has moved.",
        "push",
        "--quiet",
        remote,
        commit.id() + ":refs/heads/" + branch);
  }

  @Override
  public void discard(Commit commit) throws GitFailure {
    String branch = commit.branch();
    Optional<String> tip = tip(branch);
    if (tip.isPresent() && !tip.get().equals(commit.id())) {
      throw new GitFailure(
          "Somebody has committed on " + branch + " since", "Decide by hand what is to stay.");
    }
    if (branch().equals(branch)) {
      throw new GitFailure(
          "The branch " + branch + " is checked out", "Check out another one, then repeat.");
    }
    for (String remote : git.run(root, LOCAL, "remote").out().lines().toList()) {
      String known = "refs/remotes/" + remote + "/" + branch;
      if (git.run(root, LOCAL, "rev-parse", "--verify", "-q", known).ok()) {
        String there =
            git.must(
                    root,
                    REMOTE,
                    "Check the connection, then repeat.",
                    "ls-remote",
                    "--heads",
                    remote,
                    "refs/heads/" + branch)
                .strip();
        if (there.startsWith(commit.id())) {
          git.must(
              root,
              REMOTE,
              "Delete the branch at the remote by hand.",
              "push",
              "--quiet",
              "--force-with-lease=refs/heads/" + branch + ":" + commit.id(),
              remote,
              ":refs/heads/" + branch);
        } else if (!there.isEmpty()) {
          throw new GitFailure(
              "Somebody has pushed to " + branch + " since", "Decide by hand what is to stay.");
        }
      }
    }
    if (tip.isPresent()) {
      git.must(
          root,
          LOCAL,
          "Delete the branch by hand.",
          "update-ref",
          "-d",
          "refs/heads/" + branch,
          commit.id());
    }
  }

  @Override
  public Commit revert(Commit commit, String branch, String message) throws GitFailure {
    valid(branch);
    String head =
        git.must(root, LOCAL, "Check out a branch.", "rev-parse", "--verify", "HEAD").strip();
    Optional<String> tip = tip(branch);
    if (tip.isPresent()) {
      String parents =
          git.must(root, LOCAL, "", "rev-list", "--parents", "-n", "1", tip.get()).strip();
      if (parents.equals(tip.get() + " " + head)) {
        return new Commit(tip.get(), branch, commit.paths());
      }
      throw taken(branch);
    }
    Path work = workingTree(branch, head);
    try {
      git.must(
          work,
          COMMIT,
          "The files have changed since: take the change back by hand.",
          "revert",
          "--no-commit",
          commit.id());
      String id = record(work, message);
      publish(branch, id);
      return new Commit(id, branch, commit.paths());
    } finally {
      remove(work);
    }
  }
}
