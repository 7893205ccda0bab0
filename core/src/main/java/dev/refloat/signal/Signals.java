package dev.refloat.signal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The signals of one release, by kind, in the order they were found: the most telling first.
///
/// Read when they are asked for: of a healthy release most kinds never are, and most releases are
/// healthy. For one thread at a time.
public final class Signals {
  private final Map<SignalKind, List<Signal>> byKind = new EnumMap<>(SignalKind.class);
  private final Set<SignalKind> unread = EnumSet.noneOf(SignalKind.class);
  private final Reader reader;

  /// Reads signals out of evidence.
  interface Reader {
    /// Adds the signals of a kind, and of the kinds that are read together with it.
    ///
    /// @param known what was read before, and may be asked for more
    /// @return the kinds that are read now
    Collection<SignalKind> read(SignalKind kind, Signals known, List<Signal> out);
  }

  /// Signals that are all at hand.
  public Signals(List<Signal> all) {
    this.reader = (_, _, _) -> List.of();
    all.forEach(this::put);
  }

  /// Signals that are read when they are asked for.
  Signals(Reader reader) {
    this.reader = reader;
    unread.addAll(EnumSet.allOf(SignalKind.class));
  }

  private void put(Signal s) {
    byKind.computeIfAbsent(s.kind(), _ -> new ArrayList<>()).add(s);
  }

  public List<Signal> of(SignalKind kind) {
    if (unread.contains(kind)) {
      List<Signal> found = new ArrayList<>();
      unread.removeAll(reader.read(kind, this, found));
      unread.remove(kind);
      found.forEach(this::put);
    }
    return byKind.getOrDefault(kind, List.of());
  }

  /// The release's own signal.
  public Signal release() {
    return of(SignalKind.RELEASE).getFirst();
  }

  public List<Signal> all() {
    List<Signal> all = new ArrayList<>();
    for (SignalKind kind : SignalKind.values()) {
      all.addAll(of(kind));
    }
    return List.copyOf(all);
  }
}
