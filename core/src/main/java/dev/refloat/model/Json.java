package dev.refloat.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/// An immutable JSON value. Navigation never fails: a step into nothing is [Missing], so that half
/// written objects are input like any other.
public sealed interface Json {

  /// A JSON object. Keys and values lie in two arrays: small objects are what clusters are made of,
  /// and
  /// ten thousand releases have millions of them. A repeated key keeps its last value, as
  /// Kubernetes does.
  final class Obj implements Json {
    static final Obj EMPTY = new Obj(new String[0], new Json[0]);
    private final String[] keys;
    private final Json[] values;

    private Obj(String[] keys, Json[] values) {
      this.keys = keys;
      this.values = values;
    }

    /// The fields in their order of appearance.
    public void forEach(BiConsumer<String, Json> each) {
      for (int i = 0; i < keys.length; i++) {
        each.accept(keys[i], values[i]);
      }
    }

    public int size() {
      return keys.length;
    }

    public List<String> keys() {
      return Collections.unmodifiableList(Arrays.asList(keys));
    }

    @Override
    public Json get(String key) {
      for (int i = keys.length - 1; i >= 0; i--) {
        if (keys[i].equals(key)) {
          return values[i];
        }
      }
      return Missing.MISSING;
    }

    /// A copy with one field set (at its place when it exists, else at the end).
    public Obj with(String key, Json value) {
      Builder b = builder();
      boolean[] done = {false};
      forEach(
          (k, v) -> {
            if (k.equals(key)) {
              done[0] = true;
              b.put(k, value);
            } else {
              b.put(k, v);
            }
          });
      return done[0] ? b.build() : b.put(key, value).build();
    }

    /// A copy without one field.
    public Obj without(String key) {
      Builder b = builder();
      forEach(
          (k, v) -> {
            if (!k.equals(key)) {
              b.put(k, v);
            }
          });
      return b.build();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Obj o
          && Arrays.equals(keys, o.keys)
          && Arrays.equals(values, o.values);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(keys) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      StringBuilder s = new StringBuilder("{");
      forEach(
          (k, v) ->
              s.append(s.length() > 1 ? "," : "").append('"').append(k).append("\":").append(v));
      return s.append('}').toString();
    }
  }

  /// A JSON array.
  record Arr(List<Json> items) implements Json {
    static final Arr EMPTY = new Arr(List.of());

    public Arr {
      items = List.copyOf(items);
    }
  }

  /// A JSON string.
  record Str(String value) implements Json {}

  /// A JSON number, kept as it was written: quantities and versions must not be rounded.
  record Num(String digits) implements Json {
    public static Num of(long value) {
      return new Num(Long.toString(value));
    }
  }

  /// A JSON boolean.
  enum Bool implements Json {
    TRUE,
    FALSE
  }

  /// A JSON null that was written.
  enum Null implements Json {
    NULL
  }

  /// Nothing was there.
  enum Missing implements Json {
    MISSING
  }

  static Obj emptyObject() {
    return Obj.EMPTY;
  }

  static Arr emptyArray() {
    return Arr.EMPTY;
  }

  static Builder builder() {
    return new Builder();
  }

  static Json of(boolean value) {
    return value ? Bool.TRUE : Bool.FALSE;
  }

  /// A tree from plain Java values: maps, lists, strings, numbers, booleans, null and [Json].
  static Json from(@org.jspecify.annotations.Nullable Object value) {
    return switch (value) {
      case null -> Null.NULL;
      case Json j -> j;
      case Map<?, ?> m -> {
        Builder b = builder();
        m.forEach((k, v) -> b.put(String.valueOf(k), from(v)));
        yield b.build();
      }
      case Iterable<?> l -> {
        List<Json> items = new ArrayList<>();
        for (Object o : l) {
          items.add(from(o));
        }
        yield new Arr(items);
      }
      case Boolean b -> of(b);
      case Number n -> new Num(n.toString());
      default -> new Str(value.toString());
    };
  }

  /// The field, or [Missing].
  default Json get(String key) {
    return Missing.MISSING;
  }

  /// Follows object fields one by one.
  default Json at(String... path) {
    Json here = this;
    for (String key : path) {
      here = here.get(key);
    }
    return here;
  }

  /// The items of an array; nothing for anything else.
  default List<Json> list() {
    return this instanceof Arr(var items) ? items : List.of();
  }

  default boolean exists() {
    return !(this instanceof Missing) && !(this instanceof Null);
  }

  /// The scalar as text: strings bare, numbers as written. Empty for objects, arrays and nothing.
  default Optional<String> scalar() {
    return switch (this) {
      case Str(var s) -> Optional.of(s);
      case Num(var d) -> Optional.of(d);
      case Bool b -> Optional.of(b == Bool.TRUE ? "true" : "false");
      case Obj _, Arr _, Null _, Missing _ -> Optional.empty();
    };
  }

  /// The scalar as text, or an empty string.
  default String text() {
    return this instanceof Str(var s) ? s : scalar().orElse("");
  }

  /// The scalar as text, or the given one.
  default String text(String otherwise) {
    return this instanceof Str(var s) ? s : scalar().orElse(otherwise);
  }

  default boolean isTrue() {
    return this == Bool.TRUE;
  }

  default OptionalLong integer() {
    try {
      return scalar()
          .map(s -> OptionalLong.of(Long.parseLong(s.trim())))
          .orElse(OptionalLong.empty());
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  default long integer(long otherwise) {
    return integer().orElse(otherwise);
  }

  /// The string fields of an object, as labels and annotations are.
  default Map<String, String> strings() {
    if (!(this instanceof Obj o) || o.size() == 0) {
      return Map.of();
    }
    Map<String, String> out = new java.util.LinkedHashMap<>();
    o.forEach((k, v) -> v.scalar().ifPresent(s -> out.put(k, s)));
    return Collections.unmodifiableMap(out);
  }

  /// Collects the fields of an [Obj].
  final class Builder {
    private String[] keys = new String[8];
    private Json[] values = new Json[8];
    private int size;

    private Builder() {}

    public Builder put(String key, Json value) {
      if (size == keys.length) {
        keys = Arrays.copyOf(keys, size * 2);
        values = Arrays.copyOf(values, size * 2);
      }
      keys[size] = Objects.requireNonNull(key);
      values[size++] = Objects.requireNonNull(value);
      return this;
    }

    public Builder put(String key, String value) {
      return put(key, new Str(value));
    }

    public Builder put(String key, long value) {
      return put(key, Num.of(value));
    }

    public Builder put(String key, boolean value) {
      return put(key, of(value));
    }

    public Builder put(String key, Iterator<? extends Json> items) {
      List<Json> list = new ArrayList<>();
      items.forEachRemaining(list::add);
      return put(key, new Arr(list));
    }

    public boolean isEmpty() {
      return size == 0;
    }

    /// Forgets the fields, so that a reader of millions of objects can use one builder for all.
    public Builder clear() {
      Arrays.fill(keys, 0, size, null);
      Arrays.fill(values, 0, size, null);
      size = 0;
      return this;
    }

    public Obj build() {
      return size == 0
          ? Obj.EMPTY
          : new Obj(Arrays.copyOf(keys, size), Arrays.copyOf(values, size));
    }
  }
}
