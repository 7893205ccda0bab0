package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Cluster;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.List;

/// A change of a field that Kubernetes does not let change, in an object that Flux applies itself.
/// What charts render is [ImmutableFieldChanged]'s.
final class DeclaredObjectImmutable implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "declared-object-immutable",
          "A change of a declared object leaves immutable fields alone",
          Severity.ERROR,
          List.of("gitops-blocked"),
          RuleInfo.Needs.BASE);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Scene.Pair p : scene.pairs()) {
      if (!p.now().encrypted()) {
        for (String field : ImmutableFieldChanged.changed(p.before().object(), p.now().object())) {
          say(scene.cluster(), p.before(), p.now(), field, report);
        }
      }
    }
  }

  private static void say(
      Cluster cluster, Declared before, Declared d, String field, Report report) {
    boolean inSpec = before.object().spec(field).exists() || d.object().spec(field).exists();
    List<FieldEdit.Step> path = inSpec ? Release.keys("spec", field) : Release.keys(field);
    boolean recreated =
        d.by().flatMap(cluster::find).map(k -> k.object().spec("force").isTrue()).orElse(false)
            || d.object()
                .annotation("kustomize.toolkit.fluxcd.io/force")
                .orElse("")
                .equalsIgnoreCase("enabled");
    boolean holdsData =
        d.ref().kind().equals("PersistentVolumeClaim") || d.ref().kind().equals("StatefulSet");
    report
        .at(d, path)
        .as(recreated && !holdsData ? Severity.INFO : Severity.ERROR)
        .related(before.positions().of(path), "before")
        .say(
            new FieldEdit(path, Json.Null.NULL).field()
                + " of "
                + d.ref().display()
                + " cannot be changed: "
                + (recreated
                    ? "its Kustomization deletes the object and makes it anew"
                    : "its Kustomization fails"),
            recreated
                ? "Make sure that nothing is lost with the object"
                : "Keep the old value, or give the object another name");
  }
}
