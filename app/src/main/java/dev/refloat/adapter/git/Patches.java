package dev.refloat.adapter.git;

import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What patches of kustomize do to an object that has no schema, as custom resources have none.
final class Patches {
  private static final String DIRECTIVE = "$patch";

  private Patches() {}

  /// A patch that cannot be followed or that kustomize itself refuses.
  static final class Unclear extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Unclear(String message) {
      super(message);
    }
  }

  /// A strategic merge patch: objects are merged, null removes. Lists are replaced, but those of
  /// Kubernetes' own kinds that have a merge key.
  static Json merge(Json object, Json patch) {
    return merge(object, patch, Kinds.ofKubernetes(patch), "");
  }

  private static Json merge(Json object, Json patch, boolean typed, String field) {
    if (typed && patch instanceof Json.Arr(var items) && object instanceof Json.Arr(var before)) {
      Optional<String> key = mergeKey(field, items);
      if (key.isPresent()) {
        return items(before, items, key.get());
      }
    }
    if (!(patch instanceof Json.Obj p)) {
      return patch;
    }
    String directive = p.get(DIRECTIVE).text();
    if (directive.equals("delete")) {
      return Json.Missing.MISSING;
    }
    Json.Obj out =
        object instanceof Json.Obj o && !directive.equals("replace") ? o : Json.emptyObject();
    for (String key : p.keys()) {
      if (key.equals(DIRECTIVE)) {
        continue;
      }
      Json value = p.get(key);
      Json merged =
          value instanceof Json.Null
              ? Json.Missing.MISSING
              : merge(out.get(key), value, typed, key);
      out = merged instanceof Json.Missing ? out.without(key) : out.with(key, merged);
    }
    return out;
  }

  /// The field that tells items of a list apart (`x-kubernetes-patch-merge-key` of Kubernetes' own
  /// OpenAPI document).
  private static Optional<String> mergeKey(String field, List<Json> items) {
    return switch (field) {
      case "containers",
          "initContainers",
          "ephemeralContainers",
          "env",
          "volumes",
          "imagePullSecrets",
          "secrets" ->
          Optional.of("name");
      case "volumeMounts" -> Optional.of("mountPath");
      case "volumeDevices" -> Optional.of("devicePath");
      case "hostAliases" -> Optional.of("ip");
      case "topologySpreadConstraints" -> Optional.of("topologyKey");
      case "ports" ->
          Optional.of(
              items.stream().anyMatch(i -> i.get("containerPort").exists())
                  ? "containerPort"
                  : "port");
      default -> Optional.empty();
    };
  }

  /// What the patch has comes first, as kustomize puts it.
  private static Json items(List<Json> before, List<Json> patch, String key) {
    List<Json> out = new ArrayList<>();
    List<Json> rest = new ArrayList<>(before);
    for (Json item : patch) {
      Json old = Json.Missing.MISSING;
      for (Json candidate : rest) {
        if (candidate.get(key).exists() && candidate.get(key).equals(item.get(key))) {
          old = candidate;
        }
      }
      rest.remove(old);
      Json merged = merge(old, item, true, "");
      if (!(merged instanceof Json.Missing)) {
        out.add(merged);
      }
    }
    out.addAll(rest);
    return new Json.Arr(out);
  }

  /// Whether a strategic merge patch has directives, which an edit could not foresee.
  static boolean hasDirectives(Json patch) {
    return switch (patch) {
      case Json.Obj o ->
          o.keys().stream().anyMatch(k -> k.startsWith("$") || hasDirectives(o.get(k)));
      case Json.Arr(var items) -> items.stream().anyMatch(Patches::hasDirectives);
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> false;
    };
  }

  /// A JSON patch (RFC 6902).
  static Json operate(Json object, Json operations) throws Unclear {
    Json out = object;
    for (Json op : operations.list()) {
      List<String> path = pointer(op.get("path").text());
      switch (op.get("op").text()) {
        case "add" -> out = place(out, path, 0, op.get("value"), true);
        case "replace" -> out = place(out, path, 0, op.get("value"), false);
        case "remove" -> out = place(out, path, 0, Json.Missing.MISSING, false);
        case "copy" -> out = place(out, path, 0, get(out, pointer(op.get("from").text())), true);
        case "move" -> {
          List<String> from = pointer(op.get("from").text());
          Json moved = get(out, from);
          out = place(place(out, from, 0, Json.Missing.MISSING, false), path, 0, moved, true);
        }
        case "test" -> {
          if (!get(out, path).equals(op.get("value"))) {
            throw new Unclear("its test of " + op.get("path").text() + " fails");
          }
        }
        default -> throw new Unclear("it has an operation that RFC 6902 does not know");
      }
    }
    return out;
  }

  /// The parts of a JSON pointer.
  static List<String> pointer(String text) throws Unclear {
    if (!text.startsWith("/")) {
      throw new Unclear("its path " + text + " does not begin with /");
    }
    List<String> out = new ArrayList<>();
    for (String part : text.substring(1).split("/", -1)) {
      out.add(part.replace("~1", "/").replace("~0", "~"));
    }
    return out;
  }

  /// A JSON pointer.
  static String pointer(List<FieldEdit.Step> path) {
    StringBuilder out = new StringBuilder();
    for (FieldEdit.Step step : path) {
      out.append('/')
          .append(
              switch (step) {
                case FieldEdit.Key(var name) -> name.replace("~", "~0").replace("/", "~1");
                case FieldEdit.Index(var at) -> Integer.toString(at);
              });
    }
    return out.toString();
  }

  private static Json get(Json tree, List<String> path) throws Unclear {
    Json here = tree;
    for (String part : path) {
      here =
          here instanceof Json.Arr(var items)
              ? items.get(index(part, items.size() - 1))
              : here.get(part);
    }
    if (here instanceof Json.Missing) {
      throw new Unclear("its path /" + String.join("/", path) + " does not exist");
    }
    return here;
  }

  private static int index(String part, int most) throws Unclear {
    try {
      int at = Integer.parseInt(part);
      if (at >= 0 && at <= most) {
        return at;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Unclear("its index " + part + " is not in the list");
  }

  private static Json place(Json here, List<String> path, int depth, Json value, boolean add)
      throws Unclear {
    String part = path.get(depth);
    boolean last = depth == path.size() - 1;
    if (here instanceof Json.Arr(var items)) {
      List<Json> out = new ArrayList<>(items);
      if (last && add) {
        out.add(part.equals("-") ? items.size() : index(part, items.size()), value);
      } else {
        int at = index(part, items.size() - 1);
        if (last && value instanceof Json.Missing) {
          out.remove(at);
        } else {
          out.set(at, last ? value : place(items.get(at), path, depth + 1, value, add));
        }
      }
      return new Json.Arr(out);
    }
    if (!(here instanceof Json.Obj o) || (o.get(part) instanceof Json.Missing && !(last && add))) {
      throw new Unclear("its path /" + String.join("/", path) + " does not exist");
    }
    if (last) {
      return value instanceof Json.Missing ? o.without(part) : o.with(part, value);
    }
    return o.with(part, place(o.get(part), path, depth + 1, value, add));
  }

  /// Which place in a strategic merge patch decides a field; nothing when it leaves the field
  /// alone.
  static Optional<FieldEdit> decides(Json patch, FieldEdit edit) throws Unclear {
    Json here = patch;
    for (FieldEdit.Step step : edit.path()) {
      if (here instanceof Json.Obj o && o.keys().stream().anyMatch(k -> k.startsWith("$"))) {
        throw new Unclear("it has a $patch directive above " + edit.field());
      }
      switch (step) {
        case FieldEdit.Key(var name) -> {
          if (here instanceof Json.Missing) {
            return Optional.empty();
          }
          if (!(here instanceof Json.Obj)) {
            throw new Unclear("it replaces what is above " + edit.field());
          }
          here = here.get(name);
        }
        case FieldEdit.Index(var at) -> {
          if (here instanceof Json.Missing) {
            return Optional.empty();
          }
          if (!(here instanceof Json.Arr(var items))) {
            throw new Unclear("it replaces what is above " + edit.field());
          }
          // The patch brings the whole list.
          here = at < items.size() ? items.get(at) : Json.Null.NULL;
        }
      }
    }
    return here instanceof Json.Missing ? Optional.empty() : Optional.of(edit);
  }

  /// Which place in a JSON patch decides a field; nothing when it leaves the field alone.
  static Optional<FieldEdit> decidesOperation(Json operations, FieldEdit edit) throws Unclear {
    List<Json> list = operations.list();
    String wanted = pointer(edit.path());
    for (int i = list.size() - 1; i >= 0; i--) {
      Json op = list.get(i);
      String path = op.get("path").text();
      String kind = op.get("op").text();
      if (kind.equals("test") || path.endsWith("/-")) {
        continue;
      }
      boolean above = wanted.equals(path) || wanted.startsWith(path + "/");
      if (path.startsWith(wanted + "/")) {
        throw new Unclear("it changes something inside of " + edit.field());
      }
      if (!above) {
        continue;
      }
      if (!kind.equals("add") && !kind.equals("replace")) {
        throw new Unclear("its operation `" + kind + "` decides " + edit.field());
      }
      int depth = pointer(path).size();
      List<FieldEdit.Step> rest = edit.path().subList(depth, edit.path().size());
      if (edit.removes() && rest.isEmpty()) {
        throw new Unclear("its operation `" + kind + "` sets " + edit.field());
      }
      if (!rest.isEmpty()
          && !edit.removes()
          && new FieldEdit(rest, edit.value()).in(op.get("value")) instanceof Json.Missing
          && !(op.get("value") instanceof Json.Obj)) {
        throw new Unclear("its operation `" + kind + "` replaces what is above " + edit.field());
      }
      List<FieldEdit.Step> at = new ArrayList<>();
      at.add(new FieldEdit.Index(i));
      at.add(new FieldEdit.Key("value"));
      at.addAll(rest);
      return Optional.of(new FieldEdit(at, edit.value()));
    }
    return Optional.empty();
  }
}
