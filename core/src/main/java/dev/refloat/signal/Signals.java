package dev.refloat.signal;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The signals of one release, by kind, in the order they were found: the most telling first.
public final class Signals {
  private final Map<SignalKind, List<Signal>> byKind = new EnumMap<>(SignalKind.class);

  public Signals(List<Signal> all) {
    all.forEach(s -> byKind.computeIfAbsent(s.kind(), _ -> new ArrayList<>()).add(s));
  }

  public List<Signal> of(SignalKind kind) {
    return byKind.getOrDefault(kind, List.of());
  }

  /// The release's own signal.
  public Signal release() {
    return of(SignalKind.RELEASE).getFirst();
  }

  public List<Signal> all() {
    return byKind.values().stream().flatMap(List::stream).toList();
  }
}
