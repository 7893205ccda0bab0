package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import dev.refloat.model.ObjectRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A release renders objects of a kind that another release defines, and does not wait for it.
/// Where another Kustomization brings the other release, the order may come from there.
final class DefinitionNotAwaited implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "definition-not-awaited",
          "A release depends on the release that defines its custom kinds",
          Severity.WARNING,
          List.of("crd-missing"),
          RuleInfo.Needs.CHARTS);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<String, Declared> definedBy = new HashMap<>();
    Renderings.each(
        scene,
        (release, r) ->
            Stream.concat(r.crds().stream(), Renderings.objects(r))
                .filter(o -> o.kind().equals("CustomResourceDefinition"))
                .forEach(
                    d ->
                        definedBy.putIfAbsent(
                            d.spec("group").text() + "/" + d.spec("names", "kind").text(),
                            release)));
    scene.cluster().all("apiextensions.k8s.io", "CustomResourceDefinition").stream()
        .map(Declared::object)
        .forEach(
            d -> definedBy.remove(d.spec("group").text() + "/" + d.spec("names", "kind").text()));
    if (!definedBy.isEmpty()) {
      Renderings.each(scene, (release, r) -> check(scene, release, r, definedBy, report));
    }
  }

  private static void check(
      Scene scene,
      Declared release,
      Rendered rendering,
      Map<String, Declared> definedBy,
      Report report) {
    Set<ObjectRef> told = new HashSet<>();
    TreeSet<String> kinds = new TreeSet<>();
    Renderings.objects(rendering).forEach(o -> kinds.add(o.ref().group() + "/" + o.kind()));
    for (String kind : kinds) {
      Declared other = definedBy.get(kind);
      if (other != null
          && !other.ref().equals(release.ref())
          && other.by().equals(release.by())
          && !waits(scene, release, other.ref(), new HashSet<>())
          && told.add(other.ref())) {
        say(release, rendering, other, kind.substring(kind.indexOf('/') + 1), report);
      }
    }
  }

  private static boolean waits(
      Scene scene, Declared release, ObjectRef other, Set<ObjectRef> seen) {
    if (!seen.add(release.ref())) {
      return false;
    }
    for (Release.Reference ref : Release.dependencies(release, "HelmRelease")) {
      if (ref.name().equals(other.name()) && ref.namespace().equals(other.namespace())) {
        return true;
      }
      Optional<Declared> next =
          scene.cluster().find(Release.GROUP, "HelmRelease", ref.namespace(), ref.name());
      if (next.isPresent() && waits(scene, next.get(), other, seen)) {
        return true;
      }
    }
    return false;
  }

  private static void say(
      Declared release, Rendered rendering, Declared other, String kind, Report report) {
    List<Json> items = release.object().spec("dependsOn").list();
    Json.Builder item = Json.builder().put("name", other.ref().name());
    if (!other.ref().namespace().equals(release.ref().namespace())) {
      item.put("namespace", other.ref().namespace());
    }
    report
        .at(release, "spec", "dependsOn")
        .related(other.positions().of(), "defines the kind")
        .fix(
            "Wait for HelmRelease " + other.ref().path(),
            new FieldEdit(
                List.of(
                    new FieldEdit.Key("spec"),
                    new FieldEdit.Key("dependsOn"),
                    new FieldEdit.Index(items.size())),
                item.build()))
        .say(
            Renderings.theChart(rendering.chart())
                + " renders objects of kind "
                + kind
                + ", which HelmRelease "
                + other.ref().path()
                + " defines, and does not wait for it: on a new cluster the release fails until the"
                + " kind is there",
            "Add HelmRelease " + other.ref().path() + " to spec.dependsOn");
  }
}
