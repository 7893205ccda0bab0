package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Rendering;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.ObjectRef;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// An object whose kind the chart of a release defines, and that may be applied before that release
/// is there. In one Kustomization with it the two wait for each other: kustomize-controller tries
/// all objects before it applies any of them.
final class DefinitionOrder implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "definition-order",
          "Objects of a kind that a chart defines come after its release",
          Severity.WARNING,
          List.of("crd-missing", "gitops-blocked"),
          RuleInfo.Needs.CHARTS);

  private static final String KUSTOMIZE = "kustomize.toolkit.fluxcd.io";

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Map<String, Declared> defining = defining(scene);
    if (defining.isEmpty()) {
      return;
    }
    declared(scene.cluster(), defining, report);
    Renderings.each(
        scene,
        (release, rendered) -> rendered(scene.cluster(), release, rendered, defining, report));
  }

  /// The release that brings a kind; kinds that the repository defines itself are left out.
  private static Map<String, Declared> defining(Scene scene) {
    Map<String, Declared> out = new HashMap<>();
    Renderings.each(
        scene,
        (release, r) ->
            Stream.concat(r.crds().stream(), r.manifests().stream())
                .filter(o -> o.kind().equals("CustomResourceDefinition"))
                .forEach(o -> out.putIfAbsent(defined(o), release)));
    for (Declared d : scene.cluster().all("apiextensions.k8s.io", "CustomResourceDefinition")) {
      out.remove(defined(d.object()));
    }
    return out;
  }

  private static String defined(Resource definition) {
    return definition.spec("group").text() + "/" + definition.spec("names", "kind").text();
  }

  private static String kind(ObjectRef ref) {
    return ref.group() + "/" + ref.kind();
  }

  private static void declared(Cluster cluster, Map<String, Declared> defining, Report report) {
    Set<String> told = new HashSet<>();
    for (Declared d : cluster.objects()) {
      Declared release = defining.get(kind(d.ref()));
      if (release == null
          || d.by().isEmpty()
          || !d.by().equals(release.by())
          || !told.add(d.by() + " " + kind(d.ref()))) {
        continue;
      }
      report
          .at(d)
          .prevents("gitops-blocked")
          .related(release.positions().of(), "its chart defines " + d.ref().kind())
          .say(
              "Kustomization "
                  + d.by().get().path()
                  + " applies "
                  + d.ref().display()
                  + " together with HelmRelease "
                  + release.ref().path()
                  + ", whose chart defines that kind: on a new cluster it applies neither",
              "Move it to a Kustomization of its own that depends on " + d.by().get().path());
    }
  }

  private static void rendered(
      Cluster cluster,
      Declared release,
      Rendering.Rendered rendered,
      Map<String, Declared> defining,
      Report report) {
    Set<ObjectRef> told = new HashSet<>();
    for (Resource o : rendered.manifests()) {
      Declared other = defining.get(kind(o.ref()));
      if (other == null
          || other.ref().equals(release.ref())
          || !told.add(other.ref())
          || waits(cluster, Release.GROUP, "HelmRelease", release, other.ref())
          || kustomizationWaits(cluster, release, other)) {
        continue;
      }
      report
          .at(release, "spec", "dependsOn")
          .as(Severity.INFO)
          .prevents("crd-missing")
          .related(other.positions().of(), "its chart defines " + o.kind())
          .say(
              release.ref().display()
                  + " renders "
                  + o.ref().display()
                  + ", a kind that the chart of "
                  + other.ref().path()
                  + " defines, and does not wait for it: on a new cluster the first installs fail",
              "Name " + other.ref().path() + " in dependsOn");
    }
  }

  private static boolean kustomizationWaits(Cluster cluster, Declared release, Declared other) {
    Optional<Declared> first = release.by().flatMap(cluster::find);
    return first.isPresent()
        && other.by().isPresent()
        && waits(cluster, KUSTOMIZE, "Kustomization", first.get(), other.by().get());
  }

  /// Whether one object waits for another, directly or by others.
  private static boolean waits(
      Cluster cluster, String group, String kind, Declared from, ObjectRef to) {
    Set<ObjectRef> seen = new HashSet<>();
    List<Declared> open = new ArrayList<>(List.of(from));
    while (!open.isEmpty()) {
      Declared here = open.removeLast();
      for (Release.Reference ref : Release.dependencies(here, kind)) {
        if (ref.namespace().equals(to.namespace()) && ref.name().equals(to.name())) {
          return true;
        }
        cluster
            .find(group, kind, ref.namespace(), ref.name())
            .filter(d -> seen.add(d.ref()))
            .ifPresent(open::add);
      }
    }
    return false;
  }
}
