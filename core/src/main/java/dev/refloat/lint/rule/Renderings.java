package dev.refloat.lint.rule;

import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Rendering.Failed;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.Scene;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// The renderings of a scene, and where their values are written. Releases that were not rendered
/// are passed over: that they were not is told once, and not by every rule.
final class Renderings {
  private static final int SHORTEST_VALUE = 3;
  private static final int LONGEST_LINE = 300;

  private Renderings() {}

  static void each(Scene scene, BiConsumer<Declared, Rendered> each) {
    for (Declared release : scene.cluster().releases()) {
      if (scene.rendering(release).orElse(null) instanceof Rendered r) {
        each.accept(release, r);
      }
    }
  }

  /// Those that go to this cluster, and not by `spec.kubeConfig` to another.
  static void eachHere(Scene scene, BiConsumer<Declared, Rendered> each) {
    each(
        scene,
        (release, r) -> {
          if (!release.object().spec("kubeConfig").exists()) {
            each.accept(release, r);
          }
        });
  }

  static void eachFailed(Scene scene, EnumSet<Failed.At> at, BiConsumer<Declared, Failed> each) {
    for (Declared release : scene.cluster().releases()) {
      if (scene.rendering(release).orElse(null) instanceof Failed f && at.contains(f.at())) {
        each.accept(release, f);
      }
    }
  }

  /// Whether every release of the cluster was rendered.
  static boolean complete(Scene scene) {
    return scene.cluster().releases().stream()
        .allMatch(r -> scene.rendering(r).orElse(null) instanceof Rendered);
  }

  /// Manifests and hooks.
  static Stream<Resource> objects(Rendered rendering) {
    return Stream.concat(rendering.manifests().stream(), rendering.hooks().stream());
  }

  /// Where a value is set: inline, in a ConfigMap of the repository, else where it could be.
  static Report.Draft atValue(Scene scene, Report report, Declared release, List<String> path) {
    Json inline = release.object().spec("values");
    if (depth(inline, path) == path.size() && !path.isEmpty()) {
      return report.at(release, steps(inline, path, "spec", "values"));
    }
    List<Json> references = release.object().spec("valuesFrom").list();
    for (int i = references.size() - 1; i >= 0; i--) {
      Json ref = references.get(i);
      if (ref.get("kind").text().equals("ConfigMap")) {
        String key = ref.get("valuesKey").text("values.yaml");
        Optional<Declared> map =
            scene
                .cluster()
                .find("", "ConfigMap", release.object().namespace(), ref.get("name").text());
        if (map.isPresent()
            && !path.isEmpty()
            && names(map.get().object().at("data", key).text(), path.getLast())) {
          return report.at(map.get(), "data", key);
        }
      }
    }
    int known = depth(inline, path);
    return inline.exists()
        ? report.at(release, steps(inline, path.subList(0, known), "spec", "values"))
        : chart(report, release);
  }

  private static boolean names(String yaml, String key) {
    return yaml.lines().anyMatch(l -> l.strip().startsWith(key + ":"));
  }

  /// Where a release names its chart.
  static Report.Draft chart(Report report, Declared release) {
    return release.object().spec("chartRef").exists()
        ? report.at(release, "spec", "chartRef", "name")
        : report.at(release, "spec", "chart", "spec", "chart");
  }

  /// How many steps of a path are there.
  private static int depth(Json tree, List<String> path) {
    Json here = tree;
    int depth = 0;
    for (String part : path) {
      here = step(here, part);
      if (here instanceof Json.Missing) {
        return depth;
      }
      depth++;
    }
    return depth;
  }

  private static Json step(Json here, String part) {
    if (here instanceof Json.Arr(var items)) {
      return part.matches("[0-9]{1,6}") && Integer.parseInt(part) < items.size()
          ? items.get(Integer.parseInt(part))
          : Json.Missing.MISSING;
    }
    return here.get(part);
  }

  private static List<FieldEdit.Step> steps(Json tree, List<String> path, String... above) {
    List<FieldEdit.Step> out = new ArrayList<>();
    for (String a : above) {
      out.add(new FieldEdit.Key(a));
    }
    Json here = tree;
    for (String part : path) {
      out.add(
          here instanceof Json.Arr
              ? new FieldEdit.Index(Integer.parseInt(part))
              : new FieldEdit.Key(part));
      here = step(here, part);
    }
    return out;
  }

  /// The path of the value that a rendered text most likely comes from: the longest that is a part
  /// of it. Empty when there is none.
  static List<String> valueOf(Json values, String text) {
    List<String> best = new ArrayList<>();
    int[] length = {SHORTEST_VALUE - 1};
    longest(values, text, new ArrayList<>(), best, length);
    return best;
  }

  private static void longest(
      Json tree, String text, List<String> path, List<String> best, int[] length) {
    switch (tree) {
      case Json.Obj o ->
          o.forEach(
              (k, v) -> {
                path.add(k);
                longest(v, text, path, best, length);
                path.removeLast();
              });
      case Json.Arr(var items) -> {
        for (int i = 0; i < items.size(); i++) {
          path.add(Integer.toString(i));
          longest(items.get(i), text, path, best, length);
          path.removeLast();
        }
      }
      case Json.Str(var s) when s.length() > length[0] && text.contains(s) -> {
        length[0] = s.length();
        best.clear();
        best.addAll(path);
      }
      case Json.Num(var s) when s.length() > length[0] && text.contains(s) -> {
        length[0] = s.length();
        best.clear();
        best.addAll(path);
      }
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  /// The path of the value that a field of a rendered object most likely comes from: one of the
  /// same
  /// name with the same content, or one that is a part of its text; else that of the nearest field
  /// above it. Empty when there is none.
  static List<String> valueOf(Json values, Json object, List<FieldEdit.Step> field) {
    for (int depth = field.size(); depth > 0; depth--) {
      List<FieldEdit.Step> at = field.subList(0, depth);
      Json value = new FieldEdit(at, Json.Null.NULL).in(object);
      if (!(at.getLast() instanceof FieldEdit.Key(var name)) || !value.exists()) {
        continue;
      }
      List<String> best = likest(values, name, value, at);
      if (best.isEmpty() && depth == field.size()) {
        best.addAll(value.scalar().map(text -> valueOf(values, text)).orElse(List.of()));
        if (best.isEmpty() && value instanceof Json.Num) {
          sameNumber(values, value, new ArrayList<>(), best);
        }
        if (best.isEmpty()) {
          best.addAll(within(values, value, at));
        }
      }
      if (!best.isEmpty()) {
        field.subList(depth, field.size()).forEach(s -> best.add(stepName(s)));
        return best;
      }
    }
    return List.of();
  }

  /// The value that a field inside of a refused object or list comes from.
  private static List<String> within(Json values, Json tree, List<FieldEdit.Step> at) {
    switch (tree) {
      case Json.Obj o -> {
        for (String key : o.keys()) {
          List<FieldEdit.Step> below = new ArrayList<>(at);
          below.add(new FieldEdit.Key(key));
          List<String> found =
              o.get(key).scalar().isPresent()
                  ? likest(values, key, o.get(key), below)
                  : within(values, o.get(key), below);
          if (!found.isEmpty()) {
            return found;
          }
        }
      }
      case Json.Arr(var items) -> {
        for (Json item : items) {
          List<String> found = within(values, item, at);
          if (!found.isEmpty()) {
            return found;
          }
        }
      }
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
    return List.of();
  }

  private static List<String> likest(
      Json values, String name, Json value, List<FieldEdit.Step> field) {
    List<String> best = new ArrayList<>();
    same(values, name, value, new ArrayList<>(), field, best, new int[] {0});
    return best;
  }

  private static String stepName(FieldEdit.Step step) {
    return switch (step) {
      case FieldEdit.Key(var name) -> name;
      case FieldEdit.Index(var at) -> Integer.toString(at);
    };
  }

  /// Looks for the value that is most like a field: by the names on its way.
  private static void same(
      Json tree,
      String name,
      Json value,
      List<String> path,
      List<FieldEdit.Step> field,
      List<String> best,
      int[] likeness) {
    switch (tree) {
      case Json.Obj o ->
          o.forEach(
              (k, v) -> {
                path.add(k);
                if (alike(k, name) && equal(v, value)) {
                  int like = 1 + (k.equals(name) ? 1 : 0) + shared(path, field);
                  if (like > likeness[0]) {
                    likeness[0] = like;
                    best.clear();
                    best.addAll(path);
                  }
                }
                same(v, name, value, path, field, best, likeness);
                path.removeLast();
              });
      case Json.Arr(var items) -> {
        for (int i = 0; i < items.size(); i++) {
          path.add(Integer.toString(i));
          same(items.get(i), name, value, path, field, best, likeness);
          path.removeLast();
        }
      }
      case Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  private static void sameNumber(Json tree, Json number, List<String> path, List<String> best) {
    switch (tree) {
      case Json.Obj o ->
          o.forEach(
              (k, v) -> {
                path.add(k);
                sameNumber(v, number, path, best);
                path.removeLast();
              });
      case Json.Num n
          when best.isEmpty() && n.digits().length() >= SHORTEST_VALUE && equal(n, number) ->
          best.addAll(path);
      case Json.Arr _, Json.Str _, Json.Num _, Json.Bool _, Json.Null _, Json.Missing _ -> {}
    }
  }

  /// `replicaCount` becomes `replicas`.
  private static boolean alike(String key, String name) {
    String a = key.toLowerCase(Locale.ROOT);
    String b = name.toLowerCase(Locale.ROOT).replaceFirst("s$", "");
    return a.contains(b) || b.contains(a);
  }

  private static boolean equal(Json a, Json b) {
    if (a instanceof Json.Num(var left) && b instanceof Json.Num(var right)) {
      // Helm writes 1500000 as 1.5e+06.
      return Double.parseDouble(left) == Double.parseDouble(right);
    }
    return a.equals(b) || (a.scalar().isPresent() && a.scalar().equals(b.scalar()));
  }

  private static int shared(List<String> path, List<FieldEdit.Step> field) {
    return (int)
        field.stream()
            .filter(s -> s instanceof FieldEdit.Key(var name) && path.contains(name))
            .count();
  }

  /// The first lines of what a program said, as one sentence.
  static String sentence(String text) {
    String line = text.strip().replaceAll("\\s+", " ").replaceFirst("[.\\s]+$", "");
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
  }

  /// How a chart is called at the beginning of messages.
  static String theChart(Rendering.Chart chart) {
    return "Chart " + chart.name() + " " + chart.version();
  }

  /// How a chart is called in messages.
  static String chart(Rendering.Chart chart) {
    return "chart " + chart.name() + " " + chart.version();
  }
}
