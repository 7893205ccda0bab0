package dev.refloat.wiring;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.settings.BaselineFile;
import dev.refloat.adapter.settings.LearntFile;
import dev.refloat.adapter.settings.SettingsFile;
import dev.refloat.adapter.settings.UnusableFile;
import dev.refloat.adapter.yaml.YamlText;
import dev.refloat.cli.Backend;
import dev.refloat.cli.CommandException;
import dev.refloat.lint.Baseline;
import dev.refloat.lint.Learnt;
import dev.refloat.lint.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// The files of one repository, in the folder that has `.refloat.yaml`, else in that of Git.
final class KeptFiles implements Backend.Kept {
  /// What people and `refloat learn` write is far smaller.
  private static final long MOST_BYTES = 16 << 20;

  private static final String LEARNT_HEAD =
      "# Written by `refloat learn`: how long the actions of each release took, and which versions"
          + " were Ready.\n";

  private final Path root;
  private final Optional<Path> settings;
  private final Optional<Path> baseline;
  private final Supplier<List<String>> rules;

  /// @param rules ids of all rules, asked for when a file names some
  KeptFiles(
      Path path, Optional<Path> settings, Optional<Path> baseline, Supplier<List<String>> rules) {
    this.root = root(path);
    this.settings = settings;
    this.baseline = baseline;
    this.rules = rules;
  }

  private static Path root(Path path) {
    Path here = path.toAbsolutePath().normalize();
    if (!Files.isDirectory(here)) {
      here = here.getParent() == null ? here : here.getParent();
    }
    for (Path p = here; p != null; p = p.getParent()) {
      if (Files.exists(p.resolve(SettingsFile.NAME)) || Files.exists(p.resolve(".git"))) {
        return p;
      }
    }
    return here;
  }

  @Override
  public Settings settings() {
    return read(
        settings,
        SettingsFile.NAME,
        Settings.NONE,
        (file, text) -> new SettingsFile(rules.get()).read(file, text));
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public Baseline baseline() {
    return read(baseline, BaselineFile.NAME, Baseline.EMPTY, BaselineFile::read);
  }

  @Override
  public Learnt learnt() {
    return read(Optional.empty(), LearntFile.NAME, Learnt.NOTHING, LearntFile::read);
  }

  @Override
  public Path write(Baseline known) {
    return write(
        baseline.orElse(root.resolve(BaselineFile.NAME)),
        JsonText.pretty(BaselineFile.tree(known)) + "\n");
  }

  @Override
  public Path write(Learnt learnt) {
    return write(
        root.resolve(LearntFile.NAME), LEARNT_HEAD + YamlText.write(LearntFile.tree(learnt)));
  }

  /// @param named by the user: it must be there
  private <T> T read(
      Optional<Path> named, String name, T none, BiFunction<String, byte[], T> reader) {
    Path file = named.orElse(root.resolve(name));
    String shown = named.map(Path::toString).orElse(name);
    if (named.isEmpty() && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return none;
    }
    try {
      if (named.isEmpty() && !file.toRealPath().startsWith(root.toRealPath())) {
        throw new CommandException(
            shown + " is a link out of the repository",
            "what it points to is none of Refloat's business",
            "put a file in its place");
      }
      if (!Files.exists(file)) {
        throw new CommandException(shown + " does not exist", null, "name a file that does");
      }
      if (!Files.isRegularFile(file)) {
        throw new CommandException(shown + " is no file", null, "put a file in its place");
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new CommandException(
            shown + " is larger than " + (MOST_BYTES >> 20) + " MiB", null, "split or shorten it");
      }
      return reader.apply(shown, Files.readAllBytes(file));
    } catch (UnusableFile e) {
      throw new CommandException(
          shown + " cannot be used", String.join("\n", e.problems()), "correct these places", e);
    } catch (IOException e) {
      throw new CommandException(
          shown + " cannot be read",
          e.getClass().getSimpleName() + ": " + e.getMessage(),
          "name a file that exists and that you may read",
          e);
    }
  }

  private static Path write(Path file, String text) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.writeString(file, text);
      return file;
    } catch (IOException e) {
      throw new CommandException(
          file + " cannot be written",
          e.getClass().getSimpleName() + ": " + e.getMessage(),
          "check that you may write there",
          e);
    }
  }
}
