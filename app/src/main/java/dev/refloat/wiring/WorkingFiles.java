package dev.refloat.wiring;

import dev.refloat.adapter.git.RepositoryFixes;
import dev.refloat.adapter.git.RepositoryReader;
import dev.refloat.cli.Backend;
import dev.refloat.cli.CommandException;
import dev.refloat.lint.Finding;
import dev.refloat.lint.Repository;
import dev.refloat.port.GitFailure;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Repositories on disk, for `lint` and `fix`.
final class WorkingFiles {
  private WorkingFiles() {}

  static Repository read(List<Path> paths) {
    try {
      return RepositoryReader.read(paths);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  static Repository read(List<Path> paths, String revision) {
    try {
      return RepositoryReader.read(paths, revision);
    } catch (IOException e) {
      throw unreadable(e);
    } catch (GitFailure e) {
      throw failed(revision, e);
    }
  }

  static Set<String> changed(List<Path> paths, String revision) {
    try {
      return RepositoryReader.changed(paths, revision);
    } catch (IOException e) {
      throw unreadable(e);
    } catch (GitFailure e) {
      throw failed(revision, e);
    }
  }

  static List<Backend.Mending> mend(List<Path> paths, List<Finding> findings) {
    try {
      return RepositoryFixes.of(paths, findings).stream().<Backend.Mending>map(Edits::new).toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private record Edits(RepositoryFixes.Edits edits) implements Backend.Mending {
    @Override
    public String diff() {
      return edits.diff();
    }

    @Override
    public List<Finding> done() {
      return edits.done();
    }

    @Override
    public List<Backend.NotMended> refused() {
      return edits.refused().stream()
          .map(r -> new Backend.NotMended(r.finding(), r.reason()))
          .toList();
    }

    @Override
    public void write() {
      try {
        RepositoryFixes.write(edits);
      } catch (IOException e) {
        throw new CommandException(
            "the fixes cannot be written",
            e.getMessage(),
            "look at `git diff`, then run it again",
            e);
      }
    }
  }

  private static CommandException unreadable(IOException e) {
    return e instanceof NoSuchFileException missing
        ? new CommandException(
            "there is no " + missing.getFile(), null, "name a file or folder of the repository", e)
        : new CommandException(
            "the repository cannot be read", e.getMessage(), "check its permissions", e);
  }

  private static CommandException failed(String revision, GitFailure e) {
    return new CommandException("cannot compare with " + revision, e.getMessage(), null, e);
  }
}
