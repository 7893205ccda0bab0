package dev.refloat.lint;

import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What a change does to the objects of a release. Values of Secrets are never told, and neither is
/// text that came out of one.
public final class ManifestChanges {
  private static final String MASK = "***";
  private static final int SHORTEST_SECRET = 4;

  private ManifestChanges() {}

  /// What becomes of an object.
  public sealed interface Change {
    ObjectRef object();
  }

  public record Added(ObjectRef object) implements Change {}

  public record Removed(ObjectRef object) implements Change {}

  public record Changed(ObjectRef object, List<Field> fields) implements Change {
    public Changed {
      fields = List.copyOf(fields);
    }
  }

  /// One field.
  ///
  /// @param path as people write it
  /// @param before missing when it was not there
  /// @param after missing when it is gone
  public record Field(String path, Json before, Json after) {}

  /// What becomes of every object.
  ///
  /// @param secret texts to be masked
  public static List<Change> between(
      List<Resource> before, List<Resource> after, Set<String> secret) {
    Map<String, Resource> old = byKey(before);
    Map<String, Resource> now = byKey(after);
    List<Change> out = new ArrayList<>();
    now.forEach(
        (key, object) -> {
          Resource was = old.get(key);
          if (was == null) {
            out.add(new Added(object.ref()));
            return;
          }
          List<Field> fields = new ArrayList<>();
          compare(was.root(), object.root(), "", object.kind().equals("Secret"), secret, fields);
          if (!fields.isEmpty()) {
            out.add(new Changed(object.ref(), fields));
          }
        });
    old.forEach(
        (key, object) -> {
          if (!now.containsKey(key)) {
            out.add(new Removed(object.ref()));
          }
        });
    return out;
  }

  private static Map<String, Resource> byKey(List<Resource> objects) {
    Map<String, Resource> out = new LinkedHashMap<>();
    for (Resource o : objects) {
      out.put(String.join("\0", o.ref().group(), o.kind(), o.namespace(), o.name()), o);
    }
    return out;
  }

  private static void compare(
      Json before, Json after, String path, boolean hidden, Set<String> secret, List<Field> out) {
    if (before.equals(after)) {
      return;
    }
    if (before instanceof Json.Obj x && after instanceof Json.Obj y) {
      Set<String> keys = new TreeSet<>(x.keys());
      keys.addAll(y.keys());
      for (String key : keys) {
        String step = key.matches("[A-Za-z0-9_-]+") ? key : '"' + key + '"';
        String below = path.isEmpty() ? step : path + "." + step;
        compare(x.get(key), y.get(key), below, hidden, secret, out);
      }
      return;
    }
    if (before instanceof Json.Arr(var x) && after instanceof Json.Arr(var y)) {
      for (int i = 0; i < Math.max(x.size(), y.size()); i++) {
        compare(
            i < x.size() ? x.get(i) : Json.Missing.MISSING,
            i < y.size() ? y.get(i) : Json.Missing.MISSING,
            path + "[" + i + "]",
            hidden,
            secret,
            out);
      }
      return;
    }
    boolean data = hidden && (path.startsWith("data.") || path.startsWith("stringData."));
    out.add(
        new Field(
            path,
            data ? hide(before) : masked(before, secret),
            data ? hide(after) : masked(after, secret)));
  }

  private static Json hide(Json value) {
    return value instanceof Json.Missing ? value : new Json.Str(MASK);
  }

  /// The object as it may be shown.
  public static Json masked(Resource object, Set<String> secret) {
    Json shown = masked(object.root(), secret);
    if (!object.kind().equals("Secret") || !(shown instanceof Json.Obj o)) {
      return shown;
    }
    for (String field : List.of("data", "stringData")) {
      if (o.get(field) instanceof Json.Obj data) {
        Json.Builder hidden = Json.builder();
        data.forEach((key, _) -> hidden.put(key, MASK));
        o = o.with(field, hidden.build());
      }
    }
    return o;
  }

  private static Json masked(Json tree, Set<String> secret) {
    if (secret.isEmpty()) {
      return tree;
    }
    return switch (tree) {
      case Json.Obj o -> {
        Json.Builder out = Json.builder();
        o.forEach((k, v) -> out.put(k, masked(v, secret)));
        yield out.build();
      }
      case Json.Arr(var items) -> new Json.Arr(items.stream().map(i -> masked(i, secret)).toList());
      case Json.Str(var s) -> new Json.Str(text(s, secret));
      case Json.Num(var digits) ->
          secret.contains(digits) && digits.length() >= SHORTEST_SECRET ? new Json.Str(MASK) : tree;
      case Json.Bool _, Json.Null _, Json.Missing _ -> tree;
    };
  }

  private static String text(String text, Set<String> secret) {
    String out = text;
    for (String s : secret) {
      if (s.length() >= SHORTEST_SECRET) {
        out = out.replace(s, MASK);
      }
    }
    return out;
  }
}
