package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Kinds;
import dev.refloat.lint.Rendering.Rendered;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A chart renders objects of a kind that nothing in the repository defines. The definition may be
/// in the cluster for another reason, so this is no error.
final class DefinitionMissing implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "definition-missing",
          "What charts render is of kinds that Kubernetes or something in the repository defines",
          Severity.WARNING,
          List.of("crd-missing"),
          RuleInfo.Needs.CHARTS);

  private static final int MANY = 4;

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    Set<String> defined = new HashSet<>();
    scene.cluster().all("apiextensions.k8s.io", "CustomResourceDefinition").stream()
        .map(Declared::object)
        .forEach(d -> defined.add(definedBy(d)));
    Renderings.eachHere(
        scene,
        (_, r) ->
            Stream.concat(r.crds().stream(), Renderings.objects(r))
                .filter(o -> o.kind().equals("CustomResourceDefinition"))
                .forEach(d -> defined.add(definedBy(d))));
    boolean all = scene.cluster().releases().stream().allMatch(r -> scene.rendering(r).isPresent());
    Map<String, List<Use>> uses = new TreeMap<>();
    Renderings.eachHere(
        scene,
        (release, r) -> {
          Map<String, Resource> missing = missing(r, defined);
          if (all) {
            missing.forEach(
                (kind, object) ->
                    uses.computeIfAbsent(kind, _ -> new ArrayList<>())
                        .add(new Use(release, r, object)));
          } else if (!missing.isEmpty()) {
            report.notChecked(
                release,
                "who defines "
                    + String.join(", ", missing.keySet())
                    + " is told when the whole repository is linted");
          }
        });
    boolean complete = Renderings.complete(scene);
    uses.values().forEach(of -> say(of, complete, report));
  }

  /// Where a kind is used.
  private record Use(Declared release, Rendered rendering, Resource object) {}

  /// What many charts use is likely defined by a chart that could not be rendered: that is said
  /// once.
  private static void say(List<Use> uses, boolean complete, Report report) {
    String looked =
        complete
            ? "nothing in the repository defines"
            : "nothing in the repository, as far as its charts could be rendered, defines";
    if (complete || uses.size() < MANY) {
      uses.forEach(u -> say(u, looked, "", report));
    } else {
      say(
          uses.getFirst(),
          looked,
          "; " + (uses.size() - 1) + " other releases render that kind too",
          report);
    }
  }

  private static String definedBy(Resource definition) {
    return definition.spec("group").text() + "/" + definition.spec("names", "kind").text();
  }

  private static Map<String, Resource> missing(Rendered rendering, Set<String> defined) {
    Map<String, Resource> missing = new TreeMap<>();
    Renderings.objects(rendering)
        .filter(o -> !Kinds.builtInGroup(o.ref().group()) && !isFlux(o.ref().group()))
        .filter(o -> !defined.contains(o.ref().group() + "/" + o.kind()))
        .forEach(o -> missing.putIfAbsent(o.ref().group() + "/" + o.kind(), o));
    return missing;
  }

  private static void say(Use use, String looked, String others, Report report) {
    Resource object = use.object();
    Renderings.chart(report, use.release())
        .say(
            Renderings.theChart(use.rendering().chart())
                + " renders "
                + object.ref().display()
                + " of "
                + object.ref().apiVersion()
                + ", and "
                + looked
                + " that kind: the release fails where the cluster does not have it"
                + others,
            "Add the release or the CustomResourceDefinitions that define "
                + object.kind()
                + " and name it in dependsOn, or switch the object off in the values");
  }

  /// Who runs Flux has its kinds.
  private static boolean isFlux(String group) {
    return group.endsWith(".fluxcd.io") || group.equals("fluxcd.controlplane.io");
  }
}
