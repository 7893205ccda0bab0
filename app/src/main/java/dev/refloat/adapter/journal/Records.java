package dev.refloat.adapter.journal;

import dev.refloat.adapter.json.JsonText;
import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.model.Json;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Records of the core as JSON and back. A journal is read by the version that wrote it or by a
/// newer one; what is missing in it is an error, never a default.
final class Records {

  /// Names the type of a value whose declared type is sealed.
  private static final String TYPE = "type";

  private Records() {}

  static Json write(Object value) {
    return switch (value) {
      case String s -> Json.from(s);
      case Boolean b -> Json.of(b);
      case Integer i -> Json.Num.of(i);
      case Long l -> Json.Num.of(l);
      case Instant t -> Json.from(t.toString());
      case Duration d -> Json.from(d.toString());
      // before the enums: what is missing is one. Its own text: a tree may hold what looks like one
      // of these records
      case Json.Missing _ -> Json.from("");
      case Json j -> Json.from(JsonText.compact(j));
      case Enum<?> e -> Json.from(e.name());
      case Optional<?> o -> new Json.Arr(o.map(Records::write).stream().toList());
      case List<?> l -> new Json.Arr(l.stream().map(Records::write).toList());
      case Record r -> record(r);
      default -> throw new IllegalArgumentException("not a record's part: " + value.getClass());
    };
  }

  private static Json record(Record r) {
    Json.Builder b = Json.builder().put(TYPE, r.getClass().getSimpleName());
    for (RecordComponent c : r.getClass().getRecordComponents()) {
      try {
        b.put(c.getName(), write(c.getAccessor().invoke(r)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + c, e);
      }
    }
    return b.build();
  }

  /// @throws Unreadable when the tree is not such a record
  static <T> T read(Json tree, Class<T> type) throws Unreadable {
    return type.cast(value(tree, type, type.getSimpleName()));
  }

  private static Object value(Json tree, Type type, String where) throws Unreadable {
    if (type instanceof ParameterizedType p) {
      Type item = p.getActualTypeArguments()[0];
      List<Object> items = new ArrayList<>();
      for (Json j : tree.list()) {
        items.add(value(j, item, where + "[" + items.size() + "]"));
      }
      return p.getRawType() == Optional.class ? items.stream().findFirst() : List.copyOf(items);
    }
    if (!(type instanceof Class<?> c)) {
      throw new Unreadable(where + ": " + type);
    }
    try {
      if (c == String.class) {
        return text(tree, where);
      }
      if (c == int.class || c == Integer.class) {
        return Integer.parseInt(text(tree, where));
      }
      if (c == long.class || c == Long.class) {
        return Long.parseLong(text(tree, where));
      }
      if (c == boolean.class || c == Boolean.class) {
        return tree.isTrue();
      }
      if (c == Instant.class) {
        return Instant.parse(text(tree, where));
      }
      if (c == Duration.class) {
        return Duration.parse(text(tree, where));
      }
      if (c.isEnum()) {
        for (Object constant : c.getEnumConstants()) {
          if (constant instanceof Enum<?> e && e.name().equals(text(tree, where))) {
            return e;
          }
        }
        throw new Unreadable(where + ": '" + tree.text() + "' is not one of " + c.getSimpleName());
      }
      if (c == Json.class) {
        String text = text(tree, where);
        return text.isEmpty() ? Json.Missing.MISSING : JsonTrees.read(where, text);
      }
    } catch (RuntimeException | MalformedInput e) {
      throw new Unreadable(where + ": " + e.getMessage());
    }
    if (c.isSealed()) {
      String name = tree.get(TYPE).text();
      for (Class<?> permitted : c.getPermittedSubclasses()) {
        if (permitted.getSimpleName().equals(name)) {
          return value(tree, permitted, where + "." + name);
        }
      }
      throw new Unreadable(where + ": '" + name + "' is not a " + c.getSimpleName());
    }
    if (c.isRecord()) {
      return construct(tree, c, where);
    }
    throw new Unreadable(where + ": " + c);
  }

  private static String text(Json tree, String where) throws Unreadable {
    return tree.scalar().orElseThrow(() -> new Unreadable(where + " is missing"));
  }

  private static Object construct(Json tree, Class<?> type, String where) throws Unreadable {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] =
          value(
              tree.get(components[i].getName()),
              components[i].getGenericType(),
              where + "." + components[i].getName());
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new Unreadable(where + ": " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new Unreadable(where + ": " + e);
    }
  }

  /// A tree that is not what it should be: of another version, cut off, or changed by hand.
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }
}
