package dev.refloat.standin;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// `status.history` while it is worked on, newest first.
final class History {
  private static final int LONGEST = 5;

  private final List<Snapshot> all = new ArrayList<>();

  History(Json list) {
    list.list().forEach(s -> all.add(new Snapshot(s)));
    sort();
  }

  private void sort() {
    all.sort(Comparator.comparingInt(Snapshot::version).reversed());
  }

  Optional<Snapshot> latest() {
    return all.stream().findFirst();
  }

  /// The newest release before the latest that was good.
  Optional<Snapshot> previous(boolean ignoreTests) {
    return all.stream().skip(1).filter(s -> good(s, ignoreTests)).findFirst();
  }

  private static boolean good(Snapshot s, boolean ignoreTests) {
    return (s.status().equals("deployed") || s.status().equals("superseded"))
        && (ignoreTests || !s.failedTest());
  }

  Optional<Snapshot> version(int version) {
    return all.stream().filter(s -> s.version() == version).findFirst();
  }

  /// Adds a snapshot, or puts it in the place of the one of its version.
  void put(Snapshot snapshot) {
    all.removeIf(s -> s.version() == snapshot.version());
    all.add(snapshot);
    sort();
  }

  void clear() {
    all.clear();
  }

  /// Forgets what is older than the last good release before the latest.
  void truncate(boolean ignoreTests) {
    for (int i = 1; i < all.size(); i++) {
      if (good(all.get(i), ignoreTests)) {
        all.subList(i + 1, all.size()).clear();
        return;
      }
    }
    truncateToLongest();
  }

  void truncateToLongest() {
    if (all.size() > LONGEST) {
      all.subList(LONGEST, all.size()).clear();
    }
  }

  Json json() {
    return new Json.Arr(all.stream().map(Snapshot::json).toList());
  }
}
