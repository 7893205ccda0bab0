package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A change after which an object would have to be made anew, because Kubernetes does not let its
/// field change (validation of Kubernetes 1.36).
final class ImmutableFieldChanged implements Check {
  private static final Set<String> STATEFUL_MAY_CHANGE =
      Set.of(
          "replicas",
          "ordinals",
          "template",
          "updateStrategy",
          "persistentVolumeClaimRetentionPolicy",
          "minReadySeconds",
          "revisionHistoryLimit");

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "podManagementPolicy", "OrderedReady",
          "volumeMode", "Filesystem",
          "reclaimPolicy", "Delete",
          "volumeBindingMode", "Immediate",
          "completionMode", "NonIndexed",
          "type", "Opaque");

  private static final RuleInfo INFO =
      new RuleInfo(
          "immutable-field-changed",
          "A change leaves immutable fields alone",
          Severity.ERROR,
          List.of("immutable-field"),
          RuleInfo.Needs.BASE);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Renderings.each(
        scene,
        (release, after) -> {
          if (scene.baseRendering(release).orElse(null) instanceof Rendered before
              && !release.object().spec("upgrade", "force").isTrue()) {
            check(scene, release, before, after, report);
          }
        });
  }

  private static void check(
      Scene scene, Declared release, Rendered before, Rendered after, Report report) {
    Map<String, Resource> old = new HashMap<>();
    before.manifests().forEach(o -> old.put(key(o), o));
    for (Resource o : after.manifests()) {
      Resource was = old.get(key(o));
      if (was == null) {
        continue;
      }
      Set<String> fields = changed(was, o);
      if (!fields.isEmpty()) {
        cause(scene, release, was, o, before, after, report)
            .say(
                "This change alters "
                    + String.join(", ", fields)
                    + " of "
                    + o.ref().display()
                    + ", which Kubernetes does not let change: the upgrade fails",
                "Take the change back, or give the object another name; data of a StatefulSet or a"
                    + " claim has to be moved by hand");
      }
    }
  }

  private static String key(Resource o) {
    return String.join("\0", o.ref().group(), o.kind(), o.namespace(), o.name());
  }

  /// The fields below `spec`, else of the object itself, that Kubernetes refuses to change.
  static Set<String> changed(Resource before, Resource after) {
    TreeSet<String> out = new TreeSet<>();
    Json was = before.root().get("spec");
    Json is = after.root().get("spec");
    switch (after.kind()) {
      case "Deployment", "ReplicaSet", "DaemonSet" -> compare(was, is, out, "selector");
      case "StatefulSet" -> {
        Set<String> all = new HashSet<>(keys(was));
        all.addAll(keys(is));
        all.removeAll(STATEFUL_MAY_CHANGE);
        all.forEach(f -> compare(was, is, out, f));
      }
      case "Job" -> compare(was, is, out, "selector", "template", "completions", "completionMode");
      case "PersistentVolumeClaim" -> {
        compare(was, is, out, "accessModes", "storageClassName", "volumeMode", "volumeName");
        compare(was, is, out, "selector", "dataSource");
      }
      case "Service" -> {
        String ip = was.get("clusterIP").text();
        if (!ip.isEmpty() && is.get("clusterIP").exists()) {
          compare(was, is, out, "clusterIP");
        }
      }
      case "RoleBinding", "ClusterRoleBinding" ->
          compare(before.root(), after.root(), out, "roleRef");
      case "StorageClass" ->
          compare(
              before.root(),
              after.root(),
              out,
              "provisioner",
              "parameters",
              "reclaimPolicy",
              "volumeBindingMode");
      case "IngressClass" -> compare(was, is, out, "controller");
      case "PriorityClass" -> compare(before.root(), after.root(), out, "value");
      case "ConfigMap", "Secret" -> {
        if (before.root().get("immutable").isTrue()) {
          compare(before.root(), after.root(), out, "data", "stringData", "binaryData");
        }
        if (after.kind().equals("Secret")) {
          compare(before.root(), after.root(), out, "type");
        }
      }
      default -> {}
    }
    return out;
  }

  private static List<String> keys(Json object) {
    return object instanceof Json.Obj o ? o.keys() : List.of();
  }

  private static void compare(Json before, Json after, Set<String> out, String... fields) {
    for (String f : fields) {
      if (!same(whole(f, before.get(f)), whole(f, after.get(f)))) {
        out.add(f);
      }
    }
  }

  /// The field as the API server fills it in: to write down a default changes nothing.
  private static Json whole(String field, Json value) {
    if (!value.exists()) {
      String given = DEFAULTS.getOrDefault(field, "");
      return given.isEmpty() ? value : new Json.Str(given);
    }
    if (!field.equals("volumeClaimTemplates")) {
      return value;
    }
    List<Json> claims = new ArrayList<>();
    for (Json claim : value.list()) {
      Json spec = claim.get("spec");
      claims.add(
          Json.builder()
              .put("metadata", claim.get("metadata"))
              .put(
                  "spec",
                  spec instanceof Json.Obj o
                      ? o.with("volumeMode", whole("volumeMode", o.get("volumeMode")))
                      : spec)
              .build());
    }
    return new Json.Arr(claims);
  }

  /// Whatever the order of the keys.
  private static boolean same(Json a, Json b) {
    if (a instanceof Json.Obj x && b instanceof Json.Obj y) {
      return Set.copyOf(x.keys()).equals(Set.copyOf(y.keys()))
          && x.keys().stream().allMatch(k -> same(x.get(k), y.get(k)));
    }
    if (a instanceof Json.Arr(var x) && b instanceof Json.Arr(var y)) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        if (!same(x.get(i), y.get(i))) {
          return false;
        }
      }
      return x.size() == y.size();
    }
    return a.exists() ? a.equals(b) : !b.exists();
  }

  /// The changed value that shows in the object, else any changed one, else the chart's version.
  private static Report.Draft cause(
      Scene scene,
      Declared release,
      Resource was,
      Resource is,
      Rendered before,
      Rendered after,
      Report report) {
    List<List<String>> changed = new ArrayList<>();
    changes(before.values(), after.values(), new ArrayList<>(), changed);
    String texts = was.root() + " " + is.root();
    Optional<List<String>> shown =
        changed.stream()
            .filter(
                p ->
                    texts.contains(leaf(after.values(), p).text("\0"))
                        || texts.contains(leaf(before.values(), p).text("\0")))
            .findFirst();
    if (shown.isPresent()) {
      return Renderings.atValue(scene, report, release, shown.get());
    }
    boolean chart = !before.chart().version().equals(after.chart().version());
    if (chart && release.object().spec("chart").exists()) {
      return report.at(release, "spec", "chart", "spec", "version");
    }
    return changed.isEmpty()
        ? Renderings.chart(report, release)
        : Renderings.atValue(scene, report, release, changed.getFirst());
  }

  private static Json leaf(Json tree, List<String> path) {
    return tree.at(path.toArray(String[]::new));
  }

  private static void changes(Json before, Json after, List<String> path, List<List<String>> out) {
    if (before instanceof Json.Obj || after instanceof Json.Obj) {
      Set<String> all = new TreeSet<>(keys(before));
      all.addAll(keys(after));
      for (String key : all) {
        path.add(key);
        changes(before.get(key), after.get(key), path, out);
        path.removeLast();
      }
    } else if (!same(before, after)) {
      out.add(List.copyOf(path));
    }
  }
}
