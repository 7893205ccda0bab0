package dev.refloat.wiring;

import dev.refloat.adapter.chart.ChartFolders;
import dev.refloat.adapter.git.RepositoryReader;
import dev.refloat.cli.Backend;
import dev.refloat.cli.CommandException;
import dev.refloat.lint.Settings;
import dev.refloat.lint.Sources;
import dev.refloat.model.ObjectRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The files of other sources, where `.refloat.yaml` says that they are. Settings come with a
/// repository, which may not be one's own: outside of it they may name clones only.
final class SourceCopies {
  private final Map<Settings.Copy, ChartFolders> copies = new LinkedHashMap<>();

  /// @throws CommandException when the settings name what is no folder, or not to be read
  SourceCopies(Backend.Kept kept) {
    for (Settings.Copy copy : kept.settings().sources()) {
      copies.put(copy, open(kept.root(), copy));
    }
  }

  /// Nothing when the settings do not name the source.
  Optional<ChartFolders> find(ObjectRef source) {
    return copies.entrySet().stream()
        .filter(e -> e.getKey().is(source))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static ChartFolders open(Path settings, Settings.Copy copy) {
    String what = "the copy of " + copy.kind() + " " + copy.name() + " at " + copy.path();
    try {
      Path root = settings.toRealPath();
      Path folder = root.resolve(copy.path()).toRealPath();
      if (!Files.isDirectory(folder)) {
        throw new CommandException(
            what + " is no folder", null, "correct sources in .refloat.yaml");
      }
      if (!folder.startsWith(root) && !Files.exists(folder.resolve(".git"))) {
        throw new CommandException(
            what + " is not read",
            "outside of the repository, settings may only name clones of git",
            "clone it there, or copy it into the repository");
      }
      return folders(RepositoryReader.files(folder));
    } catch (IOException e) {
      throw new CommandException(
          what + " cannot be read", e.toString(), "correct sources in .refloat.yaml", e);
    }
  }

  static ChartFolders folders(Sources sources) {
    return new ChartFolders() {
      @Override
      public Optional<Map<String, byte[]>> files(String folder) {
        return sources.folder(folder);
      }

      @Override
      public Optional<byte[]> file(String path) {
        return sources.file(path);
      }
    };
  }
}
