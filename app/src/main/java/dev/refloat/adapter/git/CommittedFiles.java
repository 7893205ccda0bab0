package dev.refloat.adapter.git;

import dev.refloat.port.GitFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The files of a commit, without a working tree. The program git writes them into an archive,
/// which
/// is gone when the program ends.
final class CommittedFiles implements SourceTree.Store {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int MAX_ENTRIES = 500_000;

  private final ZipFile archive;
  private final Set<String> folders = new HashSet<>();
  private final List<String> yaml = new ArrayList<>();

  private CommittedFiles(ZipFile archive) {
    this.archive = archive;
    archive.stream()
        .limit(MAX_ENTRIES)
        .filter(e -> !e.isDirectory())
        .map(ZipEntry::getName)
        .forEach(
            name -> {
              for (String f = SourceTree.folderOf(name); folders.add(f) && !f.isEmpty(); ) {
                f = SourceTree.folderOf(f);
              }
              if (name.endsWith(".yaml") || name.endsWith(".yml")) {
                yaml.add(name);
              }
            });
    Collections.sort(yaml);
  }

  /// The files of the commit at which the working tree's branch and a revision part.
  static CommittedFiles of(Path root, String revision) throws GitFailure {
    return at(root, parting(root, revision));
  }

  /// The files of a commit.
  static CommittedFiles at(Path root, String commit) throws GitFailure {
    try {
      Path file = Files.createTempFile("refloat-base", ".zip");
      try {
        new GitProgram("git")
            .must(
                root,
                LIMIT,
                "Check free space and the repository with `git fsck`.",
                "archive",
                "--format=zip",
                "-1",
                "--output=" + file,
                commit);
        return new CommittedFiles(new ZipFile(file.toFile()));
      } finally {
        if (!file.toFile().delete()) {
          file.toFile().deleteOnExit();
        }
      }
    } catch (IOException e) {
      throw new GitFailure(
          "The files of " + commit + " cannot be read", "Check free space for temporary files.");
    }
  }

  /// The commit at which the checked out branch and a revision part; the revision when they have
  /// nothing in common.
  static String parting(Path root, String revision) throws GitFailure {
    GitProgram git = new GitProgram("git");
    String commit =
        git.must(
                root,
                LIMIT,
                "Name a branch, tag or commit that this clone has; in CI, fetch it first"
                    + " (`fetch-depth: 0`).",
                "rev-parse",
                "--verify",
                "--end-of-options",
                revision + "^{commit}")
            .strip();
    GitProgram.Result parting = git.run(root, LIMIT, "merge-base", commit, "HEAD");
    return parting.ok() ? parting.out().strip() : commit;
  }

  /// The files that differ between a revision and the working tree, new ones included.
  static Set<String> changed(Path root, String revision) throws GitFailure {
    GitProgram git = new GitProgram("git");
    String next = "See what `git status` says.";
    Set<String> out = new HashSet<>();
    for (String list :
        List.of(
            git.must(
                root,
                LIMIT,
                next,
                "diff",
                "--name-only",
                "--no-renames",
                "-z",
                parting(root, revision),
                "--"),
            git.must(root, LIMIT, next, "ls-files", "--others", "--exclude-standard", "-z"))) {
      for (String file : list.split("\0", -1)) {
        if (!file.isEmpty()) {
          out.add(file);
        }
      }
    }
    return out;
  }

  @Override
  public boolean isFolder(String path) {
    return folders.contains(path);
  }

  @Override
  public Optional<Path> onDisk(String folder) {
    return Optional.empty();
  }

  @Override
  public boolean isFile(String path) {
    ZipEntry entry = archive.getEntry(path);
    return entry != null && !entry.isDirectory();
  }

  @Override
  public Optional<byte[]> bytes(String path, int most) throws IOException {
    ZipEntry entry = archive.getEntry(path);
    if (entry == null || entry.isDirectory()) {
      return Optional.empty();
    }
    try (InputStream in = archive.getInputStream(entry)) {
      return Optional.of(in.readNBytes(most));
    }
  }

  @Override
  public List<String> yaml() {
    return yaml;
  }

  @Override
  public List<String> below(String folder, int most) {
    String prefix = folder.isEmpty() ? "" : folder + "/";
    return archive.stream()
        .filter(e -> !e.isDirectory() && e.getName().startsWith(prefix))
        .map(ZipEntry::getName)
        .limit(most + 1L)
        .sorted()
        .toList();
  }
}
