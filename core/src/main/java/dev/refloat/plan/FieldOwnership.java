package dev.refloat.plan;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who owns which field of an object, from `metadata.managedFields`, and the JSON patch that
/// removes what one manager alone owns.
///
/// A path is a list of the members of `fieldsV1` as the API server writes them: `f:spec`,
/// `k:{"name":"app"}` for an item of a list with keys, `v:"x"` for an item of a set. An apply of
/// nothing gives up only what was applied; what a manager updated (`kubectl edit`, `set`, `patch`)
/// stays until somebody removes the field itself (seen with Kubernetes 1.37).
public final class FieldOwnership {

  private static final int DEEPEST = 60;
  private static final Pattern PAIR =
      Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\":(\"(?:[^\"\\\\]|\\\\.)*\"|[^,}\\s]+)");

  /// What tools note on every object, and what is meant to be set from outside: not wrong, and not
  /// to be removed.
  private static final Pattern MEANT =
      Pattern.compile(
          "^f:metadata$|^f:status$|^f:replicas$|^f:kubectl\\.kubernetes\\.io/restartedAt$"
              + "|^f:deployment\\.kubernetes\\.io/revision$");

  private FieldOwnership() {}

  /// The fields that an Update-manager alone owns and that the release does not declare, outermost
  /// first: where it owns a whole item or object, only that.
  ///
  /// @param declared the object as the newest Helm revision declares it
  public static List<List<String>> removable(
      Resource object, String manager, Optional<Resource> declared) {
    Set<List<String>> theirs = new LinkedHashSet<>();
    Set<List<String>> others = new LinkedHashSet<>();
    for (Json entry : object.meta("managedFields").list()) {
      boolean mine =
          entry.get("manager").text().equals(manager)
              && entry.get("operation").text().equals("Update")
              && entry.get("subresource").text().isEmpty();
      members(entry.get("fieldsV1"), List.of(), mine ? theirs : others, 0);
    }
    List<List<String>> out = new ArrayList<>();
    for (List<String> path : theirs) {
      if (out.stream().anyMatch(known -> startsWith(path, known))
          || path.stream().anyMatch(step -> MEANT.matcher(step).find())
          || others.stream().anyMatch(other -> startsWith(other, path))
          || !declaredNot(declared, path)) {
        continue;
      }
      out.add(path);
    }
    return out;
  }

  private static boolean declaredNot(Optional<Resource> declared, List<String> path) {
    return declared.isEmpty() || find(declared.get().root(), path).isEmpty();
  }

  /// The JSON patch that removes fields from the object as it is now; fields that are gone, or that
  /// another manager owns by now, are left out. It fails with a conflict when the object has
  /// changed in between.
  ///
  /// @return nothing when nothing is left to remove
  public static Optional<Json> removal(Resource now, String manager, List<List<String>> fields) {
    List<List<String>> still = removable(now, manager, Optional.empty());
    // a set of pointers in reverse order: items of a list are removed from its end
    Map<List<Object>, String> pointers = new TreeMap<>(FieldOwnership::backwards);
    for (List<String> field : fields) {
      boolean owned = still.stream().anyMatch(s -> startsWith(field, s) || startsWith(s, field));
      if (owned) {
        find(now.root(), field).ifPresent(p -> pointers.put(p, pointer(p)));
      }
    }
    if (pointers.isEmpty()) {
      return Optional.empty();
    }
    List<Json> operations = new ArrayList<>();
    operations.add(
        Json.builder()
            .put("op", "replace")
            .put("path", "/metadata/resourceVersion")
            .put("value", now.meta("resourceVersion"))
            .build());
    for (String pointer : pointers.values()) {
      operations.add(Json.builder().put("op", "remove").put("path", pointer).build());
    }
    return Optional.of(new Json.Arr(operations));
  }

  /// The JSON patch that takes a manager's Update entry away and leaves its fields.
  public static Optional<Json> forgetting(Resource now, String manager) {
    List<Json> entries = now.meta("managedFields").list();
    for (int i = 0; i < entries.size(); i++) {
      Json m = entries.get(i);
      if (m.get("manager").text().equals(manager)
          && m.get("operation").text().equals("Update")
          && m.get("subresource").text().isEmpty()) {
        return Optional.of(
            new Json.Arr(
                List.of(
                    Json.builder()
                        .put("op", "replace")
                        .put("path", "/metadata/resourceVersion")
                        .put("value", now.meta("resourceVersion"))
                        .build(),
                    Json.builder()
                        .put("op", "remove")
                        .put("path", "/metadata/managedFields/" + i)
                        .build())));
      }
    }
    return Optional.empty();
  }

  /// Whether the manager still is the only owner of one of the fields.
  static boolean owns(Resource now, String manager, List<List<String>> fields) {
    return removal(now, manager, fields).isPresent();
  }

  /// Whether a manager has an entry of an operation outside of subresources.
  public static boolean has(Resource object, String manager, String operation) {
    return object.meta("managedFields").list().stream()
        .anyMatch(
            m ->
                m.get("manager").text().equals(manager)
                    && m.get("operation").text().equals(operation)
                    && m.get("subresource").text().isEmpty());
  }

  /// As people write it: `spec.template.spec.containers[{"name":"app"}].env`.
  public static String display(List<String> path) {
    StringBuilder out = new StringBuilder();
    for (String step : path) {
      String name = step.substring(2);
      if (step.startsWith("f:")) {
        out.append(out.isEmpty() ? "" : ".").append(name);
      } else {
        out.append('[').append(name).append(']');
      }
    }
    return out.toString();
  }

  private static void members(Json node, List<String> path, Set<List<String>> out, int depth) {
    if (!(node instanceof Json.Obj o) || depth > DEEPEST) {
      return;
    }
    if (!path.isEmpty() && (o.size() == 0 || o.get(".").exists())) {
      out.add(path);
    }
    for (String key : o.keys()) {
      if (key.length() > 2 && key.charAt(1) == ':') {
        List<String> deeper = new ArrayList<>(path);
        deeper.add(key);
        members(o.get(key), List.copyOf(deeper), out, depth + 1);
      }
    }
  }

  private static boolean startsWith(List<String> path, List<String> prefix) {
    return path.size() >= prefix.size() && path.subList(0, prefix.size()).equals(prefix);
  }

  /// Where a path is in a tree: names and indexes.
  private static Optional<List<Object>> find(Json root, List<String> path) {
    Json here = root;
    List<Object> out = new ArrayList<>();
    for (String step : path) {
      if (step.startsWith("f:")) {
        Json next = here.get(step.substring(2));
        if (next instanceof Json.Missing) {
          return Optional.empty();
        }
        out.add(step.substring(2));
        here = next;
        continue;
      }
      int index = index(here.list(), step);
      if (index < 0) {
        return Optional.empty();
      }
      out.add(index);
      here = here.list().get(index);
    }
    return Optional.of(out);
  }

  private static int index(List<Json> items, String step) {
    String text = step.substring(2);
    for (int i = 0; i < items.size(); i++) {
      Json item = items.get(i);
      boolean match =
          switch (step.charAt(0)) {
            case 'k' -> hasKeys(item, text);
            case 'v' -> item.scalar().map(unquoted(text)::equals).orElse(false);
            case 'i' -> text.equals(Integer.toString(i));
            default -> false;
          };
      if (match) {
        return i;
      }
    }
    return -1;
  }

  private static boolean hasKeys(Json item, String keys) {
    Matcher m = PAIR.matcher(keys);
    boolean any = false;
    while (m.find()) {
      any = true;
      String key = unquoted('"' + m.group(1) + '"');
      String is = item.get(key).text();
      String wanted = unquoted(m.group(2));
      // a manifest leaves out what the API server defaults
      if (!is.equals(wanted) && !(is.isEmpty() && key.equals("protocol"))) {
        return false;
      }
    }
    return any;
  }

  private static String unquoted(String json) {
    if (!json.startsWith("\"") || json.length() < 2) {
      return json;
    }
    return json.substring(1, json.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\");
  }

  private static String pointer(List<Object> path) {
    StringBuilder out = new StringBuilder();
    for (Object step : path) {
      out.append('/').append(step.toString().replace("~", "~0").replace("/", "~1"));
    }
    return out.toString();
  }

  private static int backwards(List<Object> a, List<Object> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order =
          a.get(i) instanceof Integer x && b.get(i) instanceof Integer y
              ? y.compareTo(x)
              : b.get(i).toString().compareTo(a.get(i).toString());
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(b.size(), a.size());
  }
}
