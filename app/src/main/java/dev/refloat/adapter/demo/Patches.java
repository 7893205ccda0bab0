package dev.refloat.adapter.demo;

import dev.refloat.adapter.json.JsonTrees;
import dev.refloat.adapter.json.MalformedInput;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The patches that the API server takes, as far as the demonstration needs them: JSON merge patch
/// (RFC 7396), JSON patch (RFC 6902) with add, remove, replace and test, and server-side apply with
/// lists replaced as a whole.
final class Patches {

  private Patches() {}

  static Json merge(Json target, Json patch) {
    if (!(patch instanceof Json.Obj changes)) {
      return patch;
    }
    Json.Obj[] out = {target instanceof Json.Obj o ? o : Json.emptyObject()};
    changes.forEach(
        (key, value) ->
            out[0] =
                value == Json.Null.NULL
                    ? out[0].without(key)
                    : out[0].with(key, merge(out[0].get(key), value)));
    return out[0];
  }

  /// kubectl sends strategic patches for kinds of Kubernetes; without lists they are merge patches.
  static Json strategic(Json target, Json patch) throws Refused {
    if (hasList(patch)) {
      throw new Refused(
          415,
          "UnsupportedMediaType",
          "this stand-in for an API server takes no strategic merge patch with lists;"
              + " use --type=merge or --type=json");
    }
    return merge(target, patch);
  }

  private static boolean hasList(Json patch) {
    boolean[] found = {patch instanceof Json.Arr};
    if (patch instanceof Json.Obj o) {
      o.forEach((_, value) -> found[0] |= hasList(value));
    }
    return found[0];
  }

  static Json operations(Json target, Json operations) throws Refused {
    Json now = target;
    for (Json op : operations.list()) {
      List<String> path = new ArrayList<>();
      for (String part : op.get("path").text().substring(1).split("/", -1)) {
        path.add(part.replace("~1", "/").replace("~0", "~"));
      }
      now = operate(now, op, path, 0);
    }
    return now;
  }

  private static Json operate(Json node, Json op, List<String> path, int depth) throws Refused {
    String key = path.get(depth);
    boolean last = depth == path.size() - 1;
    String what = op.get("op").text();
    if (node instanceof Json.Arr(var items)) {
      boolean end = key.equals("-");
      int at = end ? items.size() : key.matches("\\d{1,6}") ? Integer.parseInt(key) : -1;
      if (at < 0 || at > items.size() || (at == items.size() && !(last && what.equals("add")))) {
        throw Refused.invalid("the path " + op.get("path").text() + " is not there");
      }
      List<Json> out = new ArrayList<>(items);
      if (!last) {
        out.set(at, operate(items.get(at), op, path, depth + 1));
      } else {
        switch (what) {
          case "add" -> out.add(at, op.get("value"));
          case "remove" -> out.remove(at);
          case "replace" -> out.set(at, op.get("value"));
          default -> test(items.get(at), op);
        }
      }
      return new Json.Arr(out);
    }
    if (!(node instanceof Json.Obj o) || (!o.get(key).exists() && !(last && what.equals("add")))) {
      throw Refused.invalid("the path " + op.get("path").text() + " is not there");
    }
    if (!last) {
      return o.with(key, operate(o.get(key), op, path, depth + 1));
    }
    return switch (what) {
      case "add", "replace" -> o.with(key, op.get("value"));
      case "remove" -> o.without(key);
      default -> {
        test(o.get(key), op);
        yield o;
      }
    };
  }

  private static void test(Json there, Json op) throws Refused {
    if (!op.get("op").text().equals("test")) {
      throw Refused.invalid("this stand-in knows no operation " + op.get("op").text());
    }
    if (!there.equals(op.get("value"))) {
      throw Refused.invalid("the test of " + op.get("path").text() + " failed");
    }
  }

  /// A server-side apply: what the manager applied before and does not any more goes, unless
  /// another manager has it too; what it applies now is merged.
  static Json apply(Json target, Json content, String manager) {
    Json.Obj whole = target instanceof Json.Obj o ? o : Json.emptyObject();
    List<Json> entries = whole.at("metadata", "managedFields").list();
    Json before = Json.emptyObject();
    Json others = Json.emptyObject();
    List<Json> rest = new ArrayList<>();
    for (Json entry : entries) {
      if (entry.get("manager").text().equals(manager)
          && entry.get("operation").text().equals("Apply")) {
        before = entry.get("fieldsV1");
      } else {
        rest.add(entry);
        others = merge(others, entry.get("fieldsV1"));
      }
    }
    Json declared = fields(declared(content));
    Json out = merge(release(whole, before, merge(others, declared)), content);
    if (declared instanceof Json.Obj d && d.size() > 0) {
      rest.add(
          Json.builder()
              .put("manager", manager)
              .put("operation", "Apply")
              .put("apiVersion", content.get("apiVersion").text())
              .put("fieldsType", "FieldsV1")
              .put("fieldsV1", declared)
              .build());
    }
    return out instanceof Json.Obj o
        ? o.with(
            "metadata", ((Json.Obj) o.get("metadata")).with("managedFields", new Json.Arr(rest)))
        : out;
  }

  /// Without what names the object.
  private static Json declared(Json content) {
    if (!(content instanceof Json.Obj o)) {
      return content;
    }
    Json.Obj out = o.without("apiVersion").without("kind");
    return o.get("metadata") instanceof Json.Obj meta
        ? out.with("metadata", meta.without("name").without("namespace").without("uid"))
        : out;
  }

  private static Json fields(Json content) {
    Json.Builder out = Json.builder();
    if (content instanceof Json.Obj o) {
      o.forEach(
          (key, value) -> {
            Json below = fields(value);
            boolean empty = value instanceof Json.Obj v && v.size() == 0;
            if (!(empty && key.equals("metadata"))) {
              out.put("f:" + key, below);
            }
          });
    }
    return out.build();
  }

  /// Removes the fields of one manager that no other has.
  private static Json release(Json node, Json mine, Json others) {
    if (!(mine instanceof Json.Obj fields)) {
      return node;
    }
    Json[] out = {node};
    fields.forEach(
        (key, below) -> {
          boolean shared = others.get(key).exists();
          if (key.startsWith("f:") && out[0] instanceof Json.Obj o) {
            String name = key.substring(2);
            out[0] =
                shared
                    ? o.get(name).exists()
                        ? o.with(name, release(o.get(name), below, others.get(key)))
                        : o
                    : o.without(name);
          } else if (key.startsWith("k:") && out[0] instanceof Json.Arr(var items)) {
            int at = item(items, key.substring(2)).orElse(-1);
            if (at >= 0) {
              List<Json> changed = new ArrayList<>(items);
              if (shared) {
                changed.set(at, release(items.get(at), below, others.get(key)));
              } else {
                changed.remove(at);
              }
              out[0] = new Json.Arr(changed);
            }
          }
        });
    return out[0];
  }

  private static Optional<Integer> item(List<Json> items, String key) {
    Map<String, String> wanted;
    try {
      wanted = JsonTrees.read("a key of managedFields", key).strings();
    } catch (MalformedInput e) {
      return Optional.empty();
    }
    for (int i = 0; i < items.size(); i++) {
      Map<String, String> has = items.get(i).strings();
      if (wanted.entrySet().stream().allMatch(w -> w.getValue().equals(has.get(w.getKey())))) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }
}
