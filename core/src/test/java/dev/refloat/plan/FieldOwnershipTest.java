package dev.refloat.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.refloat.model.Json;
import dev.refloat.model.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FieldOwnershipTest {

  private static final Map<String, Object> LEAF = Map.of();
  private static final String ITEM = "k:{\"name\":\"web\"}";

  @Test
  void removesTheWholeListThatKubectlSetMade() {
    Resource r =
        deployment(
            List.of(flux(), update("kubectl-set", env())),
            Map.of("name", "web", "image", "a", "env", List.of(Map.of("name", "X", "value", "1"))));

    List<List<String>> fields = FieldOwnership.removable(r, "kubectl-set", Optional.empty());

    assertThat(fields.stream().map(FieldOwnership::display))
        .containsExactly("spec.containers[{\"name\":\"web\"}].env");
    assertThat(pointers(r, "kubectl-set", fields)).containsExactly("/spec/containers/1/env");
  }

  @Test
  void leavesWhatAnotherManagerOwnsBelow() {
    // helm-controller owns a variable of the same list: only the other one goes
    Map<String, Object> theirs =
        Map.of("f:env", Map.of(key("Y"), Map.of(".", LEAF, "f:name", LEAF)));
    Resource r =
        deployment(
            List.of(
                entry("helm-controller", "Apply", Map.of("f:spec", containers(theirs))),
                update("kubectl-set", env())),
            Map.of(
                "name",
                "web",
                "env",
                List.of(Map.of("name", "Y"), Map.of("name", "X", "value", "1"))));

    List<List<String>> fields = FieldOwnership.removable(r, "kubectl-set", Optional.empty());

    assertThat(pointers(r, "kubectl-set", fields)).containsExactly("/spec/containers/1/env/1");
  }

  @Test
  void leavesWhatTheReleaseDeclares() {
    // kubectl set image takes the field away from helm-controller; without an image the object is
    // not valid, and the next upgrade sets it again
    Resource r =
        deployment(
            List.of(update("kubectl-set", Map.of("f:image", LEAF))),
            Map.of("name", "web", "image", "b"));
    Resource declared = deployment(List.of(), Map.of("name", "web", "image", "a"));

    assertThat(FieldOwnership.removable(r, "kubectl-set", Optional.of(declared))).isEmpty();
  }

  @Test
  void leavesReplicasAndRestarts() {
    Map<String, Object> fields =
        Map.of(
            "f:spec",
            Map.of(
                "f:replicas",
                LEAF,
                "f:template",
                Map.of(
                    "f:metadata",
                    Map.of("f:annotations", Map.of("f:kubectl.kubernetes.io/restartedAt", LEAF)))));
    Resource r = deployment(List.of(entry("kubectl", "Update", fields)), Map.of("name", "web"));

    assertThat(FieldOwnership.removable(r, "kubectl", Optional.empty())).isEmpty();
  }

  @Test
  void leavesWhatWasAppliedToTheEmptyApply() {
    Resource r =
        deployment(
            List.of(entry("helm", "Apply", Map.of("f:spec", containers(env())))),
            Map.of("name", "web", "env", List.of(Map.of("name", "X"))));

    assertThat(FieldOwnership.removable(r, "helm", Optional.empty())).isEmpty();
    assertThat(FieldOwnership.has(r, "helm", "Apply")).isTrue();
    assertThat(FieldOwnership.has(r, "helm", "Update")).isFalse();
  }

  @Test
  void removesItemsFromTheEndOfAListAndHoldsTheVersion() {
    Map<String, Object> two =
        Map.of(
            "f:env",
            Map.of(
                key("X"), Map.of(".", LEAF, "f:name", LEAF),
                key("Z"), Map.of(".", LEAF, "f:name", LEAF)));
    Map<String, Object> theirs = Map.of("f:env", Map.of(key("Y"), Map.of(".", LEAF)));
    Resource r =
        deployment(
            List.of(
                entry("helm-controller", "Apply", Map.of("f:spec", containers(theirs))),
                update("kubectl-edit", two)),
            Map.of(
                "name",
                "web",
                "env",
                List.of(Map.of("name", "X"), Map.of("name", "Y"), Map.of("name", "Z"))));
    List<List<String>> fields = FieldOwnership.removable(r, "kubectl-edit", Optional.empty());

    assertThat(pointers(r, "kubectl-edit", fields))
        .containsExactly("/spec/containers/1/env/2", "/spec/containers/1/env/0");
    assertThat(
            FieldOwnership.removal(r, "kubectl-edit", fields)
                .orElseThrow()
                .list()
                .getFirst()
                .get("path")
                .text())
        .isEqualTo("/metadata/resourceVersion");
  }

  @Test
  void hasNothingToDoASecondTime() {
    Resource before =
        deployment(
            List.of(update("kubectl-set", env())),
            Map.of("name", "web", "env", List.of(Map.of("name", "X"))));
    List<List<String>> fields = FieldOwnership.removable(before, "kubectl-set", Optional.empty());
    Resource after = deployment(List.of(flux()), Map.of("name", "web"));

    assertThat(FieldOwnership.removal(after, "kubectl-set", fields)).isEmpty();
    assertThat(FieldOwnership.owns(after, "kubectl-set", fields)).isFalse();
  }

  @Test
  void forgetsItsOwnUpdatesAndLeavesOthers() {
    Resource r = deployment(List.of(flux(), update(Marks.MANAGER, env())), Map.of("name", "web"));

    assertThat(FieldOwnership.forgetting(r, Marks.MANAGER).orElseThrow().list())
        .extracting(o -> o.get("path").text())
        .containsExactly("/metadata/resourceVersion", "/metadata/managedFields/1");
    assertThat(FieldOwnership.forgetting(deployment(List.of(flux()), Map.of()), Marks.MANAGER))
        .isEmpty();
  }

  @Test
  void escapesPointers() {
    Map<String, Object> fields =
        Map.of("f:spec", Map.of("f:nodeSelector", Map.of("f:a/b~c", LEAF)));
    Resource r =
        Resource.of(
            Json.from(
                World.object(
                    "apps/v1",
                    "Deployment",
                    "web",
                    Map.of("managedFields", List.of(entry("kubectl-edit", "Update", fields))),
                    Map.of("spec", Map.of("nodeSelector", Map.of("a/b~c", "x", "d", "y"))))));

    assertThat(
            pointers(
                r, "kubectl-edit", FieldOwnership.removable(r, "kubectl-edit", Optional.empty())))
        .containsExactly("/spec/nodeSelector/a~1b~0c");
  }

  private static List<String> pointers(Resource r, String manager, List<List<String>> fields) {
    return FieldOwnership.removal(r, manager, fields).orElseThrow().list().stream()
        .filter(o -> o.get("op").text().equals("remove"))
        .map(o -> o.get("path").text())
        .toList();
  }

  private static String key(String variable) {
    return "k:{\"name\":\"" + variable + "\"}";
  }

  private static Map<String, Object> env() {
    return Map.of(
        "f:env", Map.of(".", LEAF, key("X"), Map.of(".", LEAF, "f:name", LEAF, "f:value", LEAF)));
  }

  private static Map<String, Object> containers(Map<String, Object> of) {
    return Map.of("f:containers", Map.of(ITEM, of));
  }

  private static Map<String, Object> update(String manager, Map<String, Object> ofContainer) {
    return entry(manager, "Update", Map.of("f:spec", containers(ofContainer)));
  }

  private static Map<String, Object> flux() {
    return entry(
        "helm-controller",
        "Apply",
        Map.of("f:spec", containers(Map.of(".", LEAF, "f:name", LEAF, "f:image", LEAF))));
  }

  private static Map<String, Object> entry(
      String manager, String operation, Map<String, Object> fields) {
    return Map.of(
        "manager", manager, "operation", operation, "fieldsType", "FieldsV1", "fieldsV1", fields);
  }

  private static Resource deployment(List<Object> managed, Map<String, Object> container) {
    return Resource.of(
        Json.from(
            World.object(
                "apps/v1",
                "Deployment",
                "web",
                Map.of("managedFields", managed, "resourceVersion", "7"),
                Map.of("spec", Map.of("containers", List.of(Map.of("name", "side"), container))))));
  }
}
