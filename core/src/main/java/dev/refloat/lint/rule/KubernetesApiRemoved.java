package dev.refloat.lint.rule;

import dev.refloat.lint.Check;
import dev.refloat.lint.Declared;
import dev.refloat.lint.Report;
import dev.refloat.lint.RuleInfo;
import dev.refloat.lint.Scene;
import dev.refloat.lint.Severity;
import dev.refloat.model.FieldEdit;
import dev.refloat.model.Json;
import java.util.List;

/// An API version that Kubernetes removed. From the deprecated API migration guide of Kubernetes.
final class KubernetesApiRemoved implements Check {
  private static final RuleInfo INFO =
      new RuleInfo(
          "kubernetes-api-removed",
          "Declared objects have an API version that Kubernetes still serves",
          Severity.WARNING,
          List.of("gitops-blocked"),
          RuleInfo.Needs.REPOSITORY);

  @Override
  public RuleInfo info() {
    return INFO;
  }

  @Override
  public void check(Scene scene, Report report) {
    for (Declared d : scene.cluster().objects()) {
      RemovedApis.of(d.ref().apiVersion(), d.ref().kind()).ifPresent(r -> say(d, r, report));
    }
  }

  private static void say(Declared d, RemovedApis.Removed removed, Report report) {
    Report.Draft draft = report.at(d, "apiVersion");
    if (removed.compatible()) {
      draft.fix(
          "Write apiVersion: " + removed.instead(),
          FieldEdit.set(new Json.Str(removed.instead()), "apiVersion"));
    }
    draft.say(
        d.ref().display()
            + " has apiVersion "
            + d.ref().apiVersion()
            + ", which Kubernetes "
            + removed.since()
            + " and newer do not serve: its Kustomization fails",
        removed.instead().isEmpty()
            ? "Take it out: there is no successor"
            : "Write apiVersion: "
                + removed.instead()
                + (removed.compatible() ? "" : " and adapt the fields that changed"));
  }
}
