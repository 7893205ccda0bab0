package dev.refloat.wiring;

import dev.refloat.adapter.journal.RecoveryFolder;
import dev.refloat.cli.Backend;
import dev.refloat.cli.CommandException;
import dev.refloat.port.BackupStore;
import dev.refloat.recovery.Entry;
import dev.refloat.recovery.Journal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Journals and backups in the user's state folder.
final class RecoveriesOnDisk implements Backend.Recoveries {
  private final RecoveryFolder folder;

  RecoveriesOnDisk(RecoveryFolder folder) {
    this.folder = folder;
  }

  /// `REFLOAT_STATE`, else the place that the system has for such things.
  static Path place(Map<String, String> env) {
    String own = env.getOrDefault("REFLOAT_STATE", "");
    if (!own.isEmpty()) {
      return Path.of(own).resolve("recoveries");
    }
    String state = env.getOrDefault("XDG_STATE_HOME", "");
    if (!state.isEmpty()) {
      return Path.of(state, "refloat", "recoveries");
    }
    String local = env.getOrDefault("LOCALAPPDATA", "");
    if (!local.isEmpty()) {
      return Path.of(local, "refloat", "recoveries");
    }
    String home = env.getOrDefault("HOME", System.getProperty("user.home", "."));
    return Path.of(home, ".local", "state", "refloat", "recoveries");
  }

  private static <T> T guarded(Supplier<T> work) {
    try {
      return work.get();
    } catch (RecoveryFolder.Unusable e) {
      throw new CommandException(
          e.why(), null, "set REFLOAT_STATE to a folder of yours with room in it", e);
    }
  }

  @Override
  public Backend.Lock lock(String id) {
    return guarded(() -> folder.lock(id))::close;
  }

  @Override
  public void append(String id, Entry entry) {
    guarded(
        () -> {
          folder.append(id, entry);
          return id;
        });
  }

  @Override
  public Journal read(String id) {
    return guarded(() -> folder.read(id));
  }

  @Override
  public List<String> ids() {
    return guarded(folder::ids);
  }

  @Override
  public BackupStore backups() {
    return folder;
  }

  @Override
  public String place() {
    return folder.path().toString();
  }
}
