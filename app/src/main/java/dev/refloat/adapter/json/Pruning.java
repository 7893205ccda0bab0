package dev.refloat.adapter.json;

import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Paths of fields that are skipped while parsing, so that they cost no memory. Arrays are
/// transparent: a path through an array means the field of each of its items.
public final class Pruning {

  /// Nothing is skipped.
  public static final Pruning NOTHING = new Pruning(false, Map.of());

  private static final Pruning CUT = new Pruning(true, Map.of());

  private final boolean cut;
  private final Map<String, Pruning> below;

  private Pruning(boolean cut, Map<String, Pruning> below) {
    this.cut = cut;
    this.below = below;
  }

  /// Skips one more field, named by its path from the root: `without("metadata", "managedFields")`.
  public Pruning without(String... path) {
    return path.length == 0 ? this : without(path, 0);
  }

  private Pruning without(String[] path, int from) {
    if (cut || from == path.length) {
      return CUT;
    }
    Map<String, Pruning> more = new HashMap<>(below);
    more.put(path[from], below.getOrDefault(path[from], NOTHING).without(path, from + 1));
    return new Pruning(false, Map.copyOf(more));
  }

  boolean cut() {
    return cut;
  }

  /// What to skip below a field; null when nothing is.
  @Nullable Pruning below(String field) {
    return below.get(field);
  }

  /// The same tree without the skipped fields. For trees that were built before it was known what
  /// to
  /// skip.
  public Json apply(Json tree) {
    if (below.isEmpty()) {
      return tree;
    }
    return switch (tree) {
      case Json.Obj o -> {
        Json.Builder b = Json.builder();
        o.forEach(
            (k, v) -> {
              Pruning p = below.get(k);
              if (p == null) {
                b.put(k, v);
              } else if (!p.cut) {
                b.put(k, p.apply(v));
              }
            });
        yield b.build();
      }
      case Json.Arr(var items) -> {
        List<Json> kept = new ArrayList<>(items.size());
        items.forEach(i -> kept.add(apply(i)));
        yield new Json.Arr(kept);
      }
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> tree;
    };
  }
}
