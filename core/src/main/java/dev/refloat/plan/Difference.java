package dev.refloat.plan;

import dev.refloat.evidence.HelmRecord;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import dev.refloat.redact.Redactor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is different between two Helm revisions of a release: chart, values, manifest. Nothing of
/// what it shows is secret: values stand by name only, and data of Secrets is masked.
final class Difference {

  private static final int MOST_SHOWN = 12;
  private static final int LONGEST = 60;

  private Difference() {}

  /// One value that differs.
  ///
  /// @param path names from the top
  /// @param before in the first tree, or missing
  /// @param after in the second tree, or missing
  record Change(List<String> path, Json before, Json after) {

    String dotted() {
      return String.join(".", path);
    }

    /// Whether its name or the look of its values says that it must not be shown or stored.
    boolean secret() {
      return masked(before) || masked(after);
    }

    private boolean masked(Json value) {
      if (!value.exists()) {
        return false;
      }
      Json tree = value;
      for (int i = path.size() - 1; i >= 0; i--) {
        tree = Json.builder().put(path.get(i), tree).build();
      }
      return !Redactor.byLook().json(tree).equals(tree);
    }
  }

  /// The differing values of two trees; arrays and scalars as a whole, objects field by field.
  static List<Change> between(Json before, Json after) {
    List<Change> out = new ArrayList<>();
    walk(before, after, List.of(), out);
    return out;
  }

  private static void walk(Json a, Json b, List<String> path, List<Change> out) {
    if (a instanceof Json.Obj x && b instanceof Json.Obj y) {
      Set<String> keys = new LinkedHashSet<>(x.keys());
      keys.addAll(y.keys());
      for (String key : keys) {
        List<String> deeper = new ArrayList<>(path);
        deeper.add(key);
        walk(x.get(key), y.get(key), List.copyOf(deeper), out);
      }
    } else if (!same(a, b)) {
      out.add(new Change(path, a, b));
    }
  }

  private static boolean same(Json a, Json b) {
    if (!a.exists() && !b.exists()) {
      return true;
    }
    if (a instanceof Json.Arr(var x) && b instanceof Json.Arr(var y)) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!between(x.get(i), y.get(i)).isEmpty()) {
          return false;
        }
      }
      return true;
    }
    return a.equals(b);
  }

  /// In words, for a plan.
  static String words(HelmRecord from, HelmRecord to) {
    List<String> parts = new ArrayList<>();
    if (from.chartName().equals(to.chartName()) && from.chartVersion().equals(to.chartVersion())) {
      parts.add("the chart stays " + to.chartName() + " " + to.chartVersion());
    } else {
      parts.add(
          "the chart goes from "
              + from.chartName()
              + " "
              + from.chartVersion()
              + " to "
              + to.chartName()
              + " "
              + to.chartVersion());
    }
    List<Change> values = between(from.values(), to.values());
    parts.add(
        values.isEmpty()
            ? "the values stay"
            : "values that change: " + shown(values.stream().map(Change::dotted).toList()));
    List<String> manifest = manifest(from, to);
    parts.add(manifest.isEmpty() ? "the manifest stays" : "in the manifest: " + shown(manifest));
    return String.join("; ", parts);
  }

  private static List<String> manifest(HelmRecord from, HelmRecord to) {
    Map<String, Resource> before = named(from);
    Map<String, Resource> after = named(to);
    List<String> out = new ArrayList<>();
    before.keySet().stream().filter(k -> !after.containsKey(k)).forEach(k -> out.add(k + " goes"));
    after.forEach(
        (name, object) -> {
          Resource old = before.get(name);
          if (old == null) {
            out.add(name + " comes");
            return;
          }
          for (Change c : between(old.root(), object.root())) {
            boolean noise = c.path().contains("labels") || c.path().contains("annotations");
            if (!noise) {
              out.add(name + " " + value(object, c));
            }
          }
        });
    return out;
  }

  private static String value(Resource object, Change c) {
    boolean hidden =
        object.kind().equals("Secret")
            || c.secret()
            || c.before().scalar().isEmpty()
            || c.after().scalar().isEmpty();
    return hidden ? c.dotted() : c.dotted() + " " + cut(c.before()) + " -> " + cut(c.after());
  }

  private static String cut(Json value) {
    String text = value.text();
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  private static Map<String, Resource> named(HelmRecord record) {
    Map<String, Resource> out = new LinkedHashMap<>();
    record.manifest().forEach(o -> out.put(o.kind() + " " + o.name(), o));
    return out;
  }

  private static String shown(List<String> items) {
    String text = String.join(", ", items.stream().limit(MOST_SHOWN).toList());
    return items.size() > MOST_SHOWN
        ? text + " and " + (items.size() - MOST_SHOWN) + " more"
        : text;
  }
}
