package dev.refloat.plan;

import dev.refloat.evidence.Kind;
import dev.refloat.model.Json;
import dev.refloat.model.Quantity;
import dev.refloat.model.Resource;
import dev.refloat.model.Risk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A StatefulSet's claim templates cannot be changed. The set is deleted without its pods and
/// claims, Flux creates it with the new templates, and it takes its pods and claims over.
final class StatefulSets {

  private StatefulSets() {}

  static Draft replace(Situation s, String namespace, String name) {
    Optional<Resource> found = s.object("StatefulSet", namespace, name);
    if (found.isEmpty()) {
      return Draft.refused("StatefulSet " + name + " was not read", "check that it exists");
    }
    Resource set = found.get();
    List<Step> steps = new ArrayList<>();
    switch (Moves.delete(
        s, set, "orphan", "Its claim templates cannot be changed; its pods and claims stay")) {
      case Draft.Steps(var more) -> steps.addAll(more);
      case Draft.Refused refused -> {
        return refused;
      }
    }
    steps.addAll(expansions(s, set));
    steps.addAll(FluxSteps.request(s, false, !s.view().spent()));
    List<Expectation.Identity> pods =
        s.evidence().ownedBy(set.uid()).stream()
            .filter(o -> o.kind().equals("Pod"))
            .map(o -> new Expectation.Identity(o.ref(), o.uid()))
            .toList();
    if (!pods.isEmpty() && !templateChanges(s, set)) {
      steps.add(kept(set.ref(), "pods-kept-" + set.name(), pods, "the pods went on running"));
    }
    return new Draft.Steps(steps);
  }

  /// Whether the new set has other pods as well, so that its controller replaces them.
  private static boolean templateChanges(Situation s, Resource set) {
    return s.newestRecord().stream()
        .flatMap(r -> r.manifest().stream())
        .filter(o -> o.kind().equals("StatefulSet") && o.name().equals(set.name()))
        .flatMap(o -> Difference.between(o.spec("template"), set.spec("template")).stream())
        .anyMatch(c -> c.before().exists());
  }

  static Step kept(
      dev.refloat.model.ObjectRef of, String id, List<Expectation.Identity> objects, String what) {
    return new Step(
        id,
        "See that " + what,
        "Adopted, and not made anew",
        Risk.SAFE,
        new Effect.Watch(of),
        List.of(),
        new Expectation.Kept(objects),
        FluxSteps.SHORT,
        new Undo.Nothing("nothing is done"),
        objects.stream()
            .map(
                o ->
                    "kubectl get "
                        + o.object().kind().toLowerCase(java.util.Locale.ROOT)
                        + " "
                        + o.object().name()
                        + Moves.namespaceFlag(o.object())
                        + " -o jsonpath='{.metadata.uid}' # "
                        + o.uid())
            .toList());
  }

  /// Existing claims keep their size; where the new template asks for more and the class allows it,
  /// they are expanded, so that set and claims say the same.
  private static List<Step> expansions(Situation s, Resource set) {
    List<Step> steps = new ArrayList<>();
    for (Json template : wantedTemplates(s, set)) {
      String prefix = template.at("metadata", "name").text() + "-" + set.name() + "-";
      String wanted = template.at("spec", "resources", "requests", "storage").text();
      for (Resource claim : s.evidence().in(set.namespace(), Kind.PERSISTENT_VOLUME_CLAIM)) {
        String has = claim.spec("resources", "requests", "storage").text();
        if (!claim.name().startsWith(prefix)
            || wanted.isEmpty()
            || Quantity.bytes(wanted) <= Quantity.bytes(has)) {
          continue;
        }
        boolean expandable =
            s.evidence()
                .find(Kind.STORAGE_CLASS, "", claim.spec("storageClassName").text())
                .map(c -> c.at("allowVolumeExpansion").isTrue())
                .orElse(false);
        if (expandable) {
          steps.add(expand(claim, has, wanted));
        }
      }
    }
    return steps;
  }

  private static List<Json> wantedTemplates(Situation s, Resource set) {
    return s.newestRecord()
        .flatMap(
            r ->
                r.manifest().stream()
                    .filter(o -> o.kind().equals("StatefulSet") && o.name().equals(set.name()))
                    .findFirst())
        .map(o -> o.spec("volumeClaimTemplates").list())
        .orElse(List.of());
  }

  private static Step expand(Resource claim, String has, String wanted) {
    Json bigger = size(wanted);
    return new Step(
        "expand-" + claim.name(),
        "Expand claim " + claim.ref().path() + " from " + has + " to " + wanted,
        "The new template asks for it and its class allows it; a volume cannot shrink again",
        Risk.DESTRUCTIVE,
        new Effect.Patch(claim.ref(), claim.uid(), bigger, Json.emptyObject()),
        List.of(new Guard.SameObject(claim.ref(), claim.uid())),
        new Expectation.FieldIs(claim.ref(), "spec.resources.requests.storage", wanted),
        Duration.ofMinutes(5),
        new Undo.Impossible("volumes cannot be made smaller"),
        List.of(
            "kubectl patch pvc "
                + claim.name()
                + " -n "
                + claim.namespace()
                + " -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\""
                + wanted
                + "\"}}}}'"));
  }

  private static Json size(String storage) {
    return Json.builder()
        .put(
            "spec",
            Json.builder()
                .put(
                    "resources",
                    Json.builder()
                        .put("requests", Json.builder().put("storage", storage).build())
                        .build())
                .build())
        .build();
  }
}
